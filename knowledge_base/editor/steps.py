"""The steps of an article's life on its page: each asks what it needs to know, then does it.

Each returns what to tell the editor, and raises what `editor_deeds` does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from knowledge_base.editor.article_form import ArticleForm
from knowledge_base.editor.deeds import Deeds
from knowledge_base.editor.dialogs import ask_note, ask_time
from knowledge_base.editor.meeting import Stand
from knowledge_base.editor.side import SidePanels
from knowledge_base.models import Article
from knowledge_base.review.gate import Passed
from server.local_time import LocalTime

STAYS = "Nothing was changed."


class Stays(Exception):
    """Somebody thought better of it; nothing was stored."""


class Steps:
    """`saved` stores what stands on the page, and gives the article."""

    def __init__(
        self,
        app: Any,
        form: ArticleForm,
        stand: Stand,
        side: SidePanels,
        deeds: Deeds,
        saved: Callable[[], Awaitable[Article]],
        times: LocalTime,
    ) -> None:
        self._app = app
        self._form = form
        self._stand = stand
        self._side = side
        self._deeds = deeds
        self._saved = saved
        self._times = times

    async def submit(self) -> str:
        article = await self._saved()
        note = await ask_note(
            "Ask for review", "Whoever reviews it sees this in its history.",
            "What to look at (optional)", "Ask for review",
        )  # fmt: skip
        if note is None:
            return STAYS
        self._stand.article = await self._deeds.submit(article, note)
        return "Waiting for review."

    async def send_back(self) -> str:
        article = await self._saved()
        note = await ask_note(
            "Return with a note", "The article is a draft again.",
            "What should change", "Return", needed=True,
        )  # fmt: skip
        if note is None:
            return STAYS
        self._stand.article = await self._deeds.send_back(article, note)
        return "Returned."

    async def publish(self) -> str:
        article = await self._saved()
        passed = await self._gate(article)
        if isinstance(passed, str):
            return passed
        published = await self._deeds.publish(article, passed)
        self._stand.article = published
        live = await self._app.knowledge.wait_for_revision(published.revision)
        return "Published. It answers now." if live else "Published. It answers in a moment."

    async def schedule(self) -> str:
        article = await self._saved()
        at = await ask_time(
            "Publish at a set time",
            f"Version {article.newest} will answer from then on; what you save later will not.",
            "Set the time",
            self._app.clock.now(),
            self._times,
        )
        if at is None:
            return STAYS
        passed = await self._gate(article)
        if isinstance(passed, str):
            return passed
        self._stand.article = await self._deeds.schedule(article, at, passed)
        return f"Version {article.newest} will answer from {self._times.show(at)}."

    async def _gate(self, article: Article) -> Passed | str | None:
        """What publishing changes, asked before; a text when it stops here."""
        return await self._side.before_publishing(article, self._form.draft())

    async def unschedule(self) -> str:
        if self._stand.article is None:
            return STAYS
        self._stand.keep(await self._deeds.unschedule(self._stand.article))
        return "It is not published by itself any more."

    async def archive(self) -> str:
        article = self._stand.article
        if article is None:
            return STAYS
        note = await ask_note(
            "Archive this article", "It answers no more; saving it makes it a draft again.",
            "Why (optional)", "Archive",
        )  # fmt: skip
        if note is None:
            return STAYS
        passed = await self._side.before_archiving(article)
        if isinstance(passed, str):
            return passed
        archived = await self._deeds.archive(article, note, passed)
        self._stand.keep(archived)
        await self._app.knowledge.wait_for_revision(archived.revision)
        return "Archived."

    async def reviewed(self, days: int) -> str:
        if self._stand.article is None:
            return STAYS
        read = await self._deeds.reviewed(self._stand.article, days)
        self._stand.keep(read)
        self._form.filing.adopt(read)
        return f"Read. It comes up again on {read.review_by}."

"""Two editors at one article: notice it early, show both texts, go on from the other's version."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from knowledge_base import catalogue
from knowledge_base.editor.article_form import ArticleForm
from knowledge_base.editor.conflict import ConflictPanel, clash
from knowledge_base.models import Article, ArticleVersion
from server.errors import HandrailError


@dataclass
class Stand:
    """What the words in the form were made from; the next save names its version."""

    article: Article | None = None
    base: ArticleVersion | None = None

    def keep(self, article: Article) -> None:
        """Take an article after a step that no version was named for.

        Somebody may have saved meanwhile: the form's words are still made from `base`, and the next save
        must say so, or it would pass over theirs.
        """
        if self.base is not None:
            article.newest = self.base.number
        self.article = article


class Meeting:
    """`taken` is called when the form goes on from the other's version, `save` to save over it."""

    def __init__(
        self,
        app: Any,
        form: ArticleForm,
        stand: Stand,
        taken: Callable[[], None],
        save: Callable[[], Awaitable[None]],
    ) -> None:
        self._app = app
        self._form = form
        self._stand = stand
        self._taken = taken
        self._save = save
        self._theirs: Article | None = None
        self._told = 0
        self._panel = ConflictPanel(self._take, self._save_over)

    def place(self) -> None:
        """Draw the place, empty, where both texts will be shown."""
        self._panel.place()

    def end(self) -> None:
        """The form's words are stored: there is nothing to show any more."""
        self._panel.clear()

    async def show(self) -> None:
        """Show what the other saved beside what stands in the form.

        Raises:
            Invalid: what stands in the form can't be stored, nor compared.
        """
        if self._stand.article is None or self._stand.base is None:
            return
        async with self._app.database.read() as db:
            self._theirs = await catalogue.get(db, self._stand.article.id)
            theirs = await catalogue.version(db, self._theirs.id, self._theirs.newest)
        self._told = theirs.number
        self._panel.show(await clash(self._stand.base, theirs, self._form.draft()))

    async def look(self) -> None:
        """Say early that somebody else saved, before the work is done twice; once for each version."""
        if self._stand.article is None:
            return
        known = max(self._stand.article.newest, self._told)
        with contextlib.suppress(HandrailError):
            async with self._app.database.read() as db:
                newest = (await catalogue.get(db, self._stand.article.id)).newest
            if newest > known:
                await self.show()

    def _take(self, theirs: ArticleVersion, parts: frozenset[str]) -> None:
        """Go on from their version: these parts as they wrote them, the others as they stand in the form."""
        self._form.fill(theirs, parts)
        self._adopt(theirs)
        self._panel.clear()
        self._taken()
        ui.notify(f"You go on from version {theirs.number}. Save to keep it.")

    async def _save_over(self, theirs: ArticleVersion) -> None:
        self._adopt(theirs)
        await self._save()

    def _adopt(self, theirs: ArticleVersion) -> None:
        if self._theirs is not None:
            self._form.filing.adopt(self._theirs)
            self._stand.article, self._stand.base = self._theirs, theirs

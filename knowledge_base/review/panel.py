"""Beside the form, while an editor types: what publishing would do. It says nothing when there is nothing."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol
from uuid import UUID

from nicegui import background_tasks, ui

from knowledge_base.drafts import Draft, read_draft
from knowledge_base.models import Article
from knowledge_base.review import gate, refile
from knowledge_base.review.contradictions import Contradiction, Side
from knowledge_base.review.desk import Desk, Impact
from knowledge_base.review.diff_dialog import ask
from knowledge_base.review.duplicates import Duplicate
from knowledge_base.review.publish_diff import Diff
from knowledge_base.review.takes import Moved
from server.auth import Staff
from server.errors import HandrailError, Invalid

STYLE = '<link rel="stylesheet" href="/staff/articles-assets/review.css">'
#: After the last key, before anything is worked out (seconds).
PAUSE = 0.6
SHORTEST_TITLE = 4
SHOWN = 4
PARTS = ("context", "action", "outcome")


class Form(Protocol):
    """What of the article's form is read."""

    @property
    def title(self) -> str: ...

    def words(self) -> dict[str, Any]: ...

    def draft(self) -> Draft: ...


class ImpactPanel:
    """Drawn where it is made. `article_id` is set once the article exists; `passed` after `before_…`."""

    def __init__(self, app: Any, form: Form, article_id: UUID | None = None) -> None:
        self.article_id = article_id
        self.passed: gate.Passed | None = None
        self._app = app
        self._form = form
        self._latest = 0
        ui.add_head_html(STYLE)
        self._box = ui.element("div").props('role=status aria-live=polite aria-label="Warnings"')
        self._box.style("width: 100%")
        self.changed()

    def changed(self) -> None:
        """Look again, once the typing rests."""
        self._latest += 1
        background_tasks.create(self._look(self._latest), name="article impact")

    async def before_publishing(
        self, app: Any, article: Article, draft: Draft, staff: Staff
    ) -> str | None:
        """Show what changes, and ask; None: go on, and call ``passed.record`` in the same transaction.

        The draft is stored as the article's newest version by now.

        Raises:
            NotFound, Unavailable: as `gate.check_publish`.
        """
        diff = await gate.check_publish(app, article.id, article.newest)
        return await self._ask(diff, "Publish", draft.title, article, article.newest, staff)

    async def before_archiving(self, app: Any, article: Article, staff: Staff) -> str | None:
        """The same before archiving."""
        diff = await gate.check_archive(app, article.id)
        return await self._ask(diff, "Archive", article.slug, article, None, staff)

    async def before_saving(
        self, app: Any, article: Article, draft: Draft, staff: Staff
    ) -> str | None:
        """The same before saving what changes the filing, which holds at once; asks only when a golden question
        loses its answer."""
        self.passed = None
        diff = await refile.check_filing(app, article.id, draft, golden_only=True)
        if diff is None or not diff.regressions:
            return None
        return await self._ask(diff, "Save", draft.title, article, None, staff)

    async def _ask(
        self,
        diff: Diff,
        verb: str,
        title: str,
        article: Article,
        version: int | None,
        staff: Staff,
    ) -> str | None:
        self.passed = None
        reason = ""
        if diff.changes:
            answer = await ask(diff, verb, title, lead=gate.is_lead(staff))
            if answer is None:
                return "Nothing was changed."
            reason = answer
        self.passed = gate.let_pass(diff, article.id, version, staff, reason)
        return None

    async def _look(self, number: int) -> None:
        await asyncio.sleep(PAUSE)
        if number != self._latest or self._box.is_deleted:
            return
        impact = None
        draft, has_body = self._draft()
        if draft is not None:
            try:
                desk = Desk.of(self._app)
                impact = await desk.impact(draft, self.article_id, has_body=has_body)
            except HandrailError:
                impact = None  # the index is starting; the next key asks again
        if number == self._latest and not self._box.is_deleted:
            self._box.clear()
            with self._box:
                _show(impact)

    def _draft(self) -> tuple[Draft | None, bool]:
        """What stands in the form, also where it has no body yet; None when there is too little."""
        if len(self._form.title) < SHORTEST_TITLE:
            return None, False
        words = self._form.words()
        has_body = any(words[part] for part in PARTS)
        try:
            if has_body:
                return self._form.draft(), True
            title, questions = self._form.title, words["questions"]
            return read_draft({"title": title, "questions": questions, "context": title}), False
        except Invalid:
            return None, has_body


def _show(impact: Impact | None) -> None:
    if impact is None:
        return
    moves = [one for one in impact.takes.moves if impact.draft in (one.giver, one.taker)]
    if not (impact.duplicates or impact.contradictions or moves):
        return
    with ui.element("section").classes("kb-panel").props('aria-label="What publishing would do"'):
        with ui.element("h2"):
            ui.label("What publishing would do")
        for duplicate in impact.duplicates[:SHOWN]:
            _duplicate(duplicate)
        for contradiction in impact.contradictions[:SHOWN]:
            _contradiction(contradiction)
        for move in moves[: 2 * SHOWN]:
            _move(move, impact)
        ui.label(f"Tried on {impact.takes.asked:,} past questions.").classes("kb-muted").style(
            "margin-top: 10px"
        )


def _duplicate(found: Duplicate) -> None:
    with ui.element("div").classes("kb-found"):
        ui.label(f"Another article says much of this already ({found.near:.0%} alike):")
        ui.link(found.article.title, f"/staff/articles/{found.article.slug}")
        if found.pairs:
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label(f"{len(found.pairs)} sentences that match").classes("kb-says")
                for pair in found.pairs:
                    with ui.element("div").classes("kb-sides"):
                        for text in (pair.draft.text, pair.other.text):
                            ui.label(text).classes("kb-side")


def _contradiction(found: Contradiction) -> None:
    with ui.element("div").classes("kb-found"):
        said = "a “not”" if found.about == "not" else found.about
        ui.label(f"These two can't both be true ({said}):")
        with ui.element("div").classes("kb-sides"):
            for side in (found.draft, found.other):
                with ui.element("div").classes("kb-side"):
                    _marked(side)
                    if side.article is None:
                        ui.label(f"This article, {side.sentence.part}").classes("kb-muted")
                    else:
                        ui.link(side.article.title, f"/staff/articles/{side.article.slug}")


def _marked(side: Side) -> None:
    """The sentence, with what differs marked."""
    text, at = side.sentence.text, 0
    with ui.element("div").classes("kb-text"):
        for start, end in side.marks:
            if text[at:start]:
                ui.label(text[at:start])
            with ui.element("mark"):
                ui.label(text[start:end])
            at = end
        if text[at:]:
            ui.label(text[at:])


def _move(move: Moved, impact: Impact) -> None:
    gains = move.taker == impact.draft
    other = impact.articles.get((move.giver if gains else move.taker) or UUID(int=0))
    questions = "1 past question" if move.count == 1 else f"{move.count} past questions"
    with ui.element("div").classes("kb-found"):
        if other is None:
            said = (
                f"Would take {questions} that no article answers now."
                if gains
                else f"Would leave {questions} without an article."
            )
            ui.label(said)
        else:
            ui.label(
                f"Would {'take' if gains else 'leave'} {questions} {'from' if gains else 'to'}"
            )
            ui.link(other.title, f"/staff/articles/{other.slug}")
        with ui.element("details"):
            with ui.element("summary"):
                ui.label("Show which").classes("kb-says")
            for example in move.examples:
                ui.label(f"“{example}”").classes("kb-muted")

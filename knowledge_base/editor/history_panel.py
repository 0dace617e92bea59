"""An article's versions and steps on its page: compare any two, put an old one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from nicegui import ui

from knowledge_base import catalogue, history
from knowledge_base.editor import compare
from knowledge_base.editor.article_panel import ArticlePanel
from knowledge_base.editor.diff_view import diff_view
from knowledge_base.models import Article, ArticleEvent, ArticleVersion
from server.local_time import LocalTime

SHOWN = 12
MOST = 100
_STEPS = {
    "submitted": "sent for review",
    "returned": "returned",
    "published": "published",
    "scheduled": "scheduled",
    "unscheduled": "taken off the timetable",
    "archived": "archived",
    "expired": "expired",
    "overridden": "went against the golden questions",
    "reviewed": "read again",
}


class HistoryPanel(ArticlePanel):
    """`restore` gets a version to put into the form."""

    def __init__(
        self, app: Any, times: LocalTime, restore: Callable[[ArticleVersion], None]
    ) -> None:
        super().__init__(app)
        self._times = times
        self._restore = restore
        self._all = False

    async def _draw(self, article: Article) -> None:
        async with self._app.database.read() as db:
            versions = await catalogue.versions(db, article.id, limit=MOST)
            steps = await history.of(db, article.id, limit=MOST)
        with ui.element("section").classes("kb-panel").props("aria-label=History"):
            with ui.element("div").classes("kb-bar"):
                with ui.element("h2").style("flex: 1"):
                    ui.label("History")
                if len(versions) > 1:
                    button = ui.button("Compare", on_click=lambda: self._compare(versions))
                    button.props('flat dense aria-label="Compare two versions"')
            lines: list[ArticleVersion | ArticleEvent] = [*versions, *steps]
            lines.sort(key=_moment, reverse=True)
            with ui.element("ol").classes("kb-history"):
                for line in lines if self._all else lines[:SHOWN]:
                    with ui.element("li"):
                        if isinstance(line, ArticleVersion):
                            self._version(article, line, versions)
                        else:
                            self._step(line)
            if len(lines) > SHOWN and not self._all:
                ui.button(f"Show all {len(lines)}", on_click=self._show_all).props("flat dense")

    def _show_all(self) -> None:
        self._all = True
        self._body.refresh()

    def _version(
        self, article: Article, version: ArticleVersion, versions: list[ArticleVersion]
    ) -> None:
        marks = [f"Version {version.number} by {version.author}"]
        if article.published == version.number:
            marks.append("answers")
        if article.scheduled == version.number:
            marks.append("scheduled")
        with ui.element("div").classes("kb-step"):
            with ui.element("div").style("flex: 1 1 10rem"):
                ui.label(" · ".join(marks))
                ui.label(self._times.show(version.created_at)).classes("kb-muted")
            number = version.number
            if any(one.number == number - 1 for one in versions):
                ui.button("Changes", on_click=lambda: self._compare(versions, number)).props(
                    f'flat dense aria-label="What changed in version {number}"'
                )
            if number != article.newest:
                ui.button("Restore", on_click=lambda: self._restore(version)).props(
                    f'flat dense aria-label="Restore version {number}"'
                )

    def _step(self, event: ArticleEvent) -> None:
        version = f" version {event.version}" if event.version is not None else ""
        ui.label(f"{event.by}: {_STEPS.get(event.what, event.what)}{version}")
        note = self._times.in_text(event.note) if event.what == "scheduled" else event.note
        if note:
            ui.label(f"“{note}”" if event.by != history.CLOCK else note)
        ui.label(self._times.show(event.at)).classes("kb-muted")

    async def _compare(self, versions: list[ArticleVersion], number: int | None = None) -> None:
        numbers = [one.number for one in versions]
        new = number or numbers[0]
        with ui.dialog() as dialog, ui.card().classes("kb-dialog kb-wide-dialog"):
            with ui.element("h2"):
                ui.label("What changed")
            with ui.element("div").classes("kb-bar"):
                older = ui.select(numbers, value=new - 1, label="From version")
                newer = ui.select(numbers, value=new, label="To version")
                for choice in (older, newer):
                    choice.props("outlined dense").style("min-width: 9rem")
                    choice.on_value_change(lambda: shown.refresh())

            @ui.refreshable
            async def shown() -> None:
                pair = int(older.value or new), int(newer.value or new)
                by_number = {one.number: one for one in versions}
                changes = await compare.in_thread(by_number[pair[0]], by_number[pair[1]])
                with ui.element("div").props("role=region aria-label=Differences tabindex=0"):
                    diff_view(changes)

            await shown()
            ui.button("Close", on_click=dialog.close).props("flat autofocus")
        await dialog
        dialog.delete()


async def versions_of(app: Any, article_id: UUID, *numbers: int) -> list[ArticleVersion]:
    """Some versions of an article.

    Raises:
        NotFound: one of them does not exist.
    """
    async with app.database.read() as db:
        return [await catalogue.version(db, article_id, number) for number in numbers]


def _moment(line: ArticleVersion | ArticleEvent) -> tuple[datetime, bool]:
    if isinstance(line, ArticleVersion):
        return line.created_at, False
    return line.at, True

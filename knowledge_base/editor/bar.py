"""The head of the editor's page: title, state, and the buttons that fit the state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from nicegui import ui

from knowledge_base.models import Article, Status
from server.local_time import LocalTime

PERIODS = {90: "3 months", 180: "6 months", 365: "a year"}
#: Goes back to the list as it was filtered, when one came from there.
_BACK = """(event) => {
    if (document.referrer.startsWith(location.origin + "/staff/articles?")) {
        event.preventDefault(); history.back();
    }
}"""


class EditorBar:
    """`deeds` maps names (save, submit, return, publish, schedule, unschedule, archive) to handlers;
    `reviewed` gets the days until the next reading."""

    def __init__(
        self,
        deeds: dict[str, Callable[[], Any]],
        reviewed: Callable[[int], Any],
        times: LocalTime,
    ) -> None:
        self._deeds = deeds
        self._times = times
        self._reviewed = reviewed

    def draw(self) -> None:
        back = ui.link("‹ All articles", "/staff/articles")
        back.on("click", js_handler=_BACK)
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                self._heading = ui.label()
            self._status = ui.label().props("role=status")
        self._note = ui.label().classes("kb-muted")
        with ui.element("div").classes("kb-bar"):
            self._button("save", "Save draft", "outline")
            self._submit = self._button("submit", "Ask for review", "outline")
            self._return = self._button("return", "Return with a note", "outline")
            self._button("publish", "Publish", "")
            self._schedule = self._button("schedule", "Publish at…", "outline")
            self._unschedule = self._button("unschedule", "Drop the set time", "flat")
            self._archive = self._button("archive", "Archive", "flat")
            with (
                ui.button("Reviewed").props("flat icon-right=expand_more") as self._read,
                ui.menu(),
            ):
                for days, name in PERIODS.items():
                    ui.menu_item(
                        f"Still right, read again in {name}",
                        on_click=lambda _, days=days: self._reviewed(days),
                    )

    def refresh(self, article: Article | None, title: str, *, dirty: bool, today: date) -> None:
        status = article.status if article else "new"
        self._heading.text = title or "New article"
        self._status.text = status
        self._status.classes(replace=f"kb-status kb-{status if article else 'draft'}")
        self._note.text = " · ".join(_notes(article, self._times, dirty=dirty, today=today))
        alive = article is not None and article.status != Status.ARCHIVED
        scheduled = article is not None and article.scheduled is not None
        in_review = status == Status.REVIEW
        self._submit.set_visibility(not in_review)
        self._return.set_visibility(in_review)
        self._unschedule.set_visibility(scheduled)
        self._archive.set_visibility(alive)
        self._read.set_visibility(alive)

    def _button(self, name: str, label: str, props: str) -> ui.button:
        return ui.button(label, on_click=self._deeds[name]).props(props)


def _notes(article: Article | None, times: LocalTime, *, dirty: bool, today: date) -> list[str]:
    notes = ["not saved"] if dirty else []
    if article is None:
        return notes
    if article.published is not None and article.published != article.newest:
        notes.append(f"version {article.published} answers, {article.newest} is a draft")
    if article.scheduled is not None and article.publish_at is not None:
        at = times.show(article.publish_at)
        notes.append(f"version {article.scheduled} will answer from {at}")
    if article.expires_at is not None:
        notes.append(f"expires {times.show(article.expires_at)}")
    if article.review_by is not None:
        due = "was to be read again by" if article.review_by <= today else "read again by"
        notes.append(f"{due} {article.review_by.isoformat()}")
    return notes

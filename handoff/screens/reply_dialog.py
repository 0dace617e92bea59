"""One canned reply, to write or to change, and how a customer would read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from nicegui import ui

from handoff import words
from handoff.hours import OpeningHours
from handoff.library import canned, variables
from handoff.library.facts import BY_MINUTES
from handoff.library.inputs import TEXT_LIMIT, WEEK_MINUTES, ReplyChange
from handoff.library.models import CannedReply
from handoff.library.sample import CUSTOMER, sample
from handoff.screens import fields
from handoff.teams.inputs import checked
from handoff.teams.languages import LANGUAGES
from server.auth import Staff
from understanding.vague_times import ADVICE, vague_times


class Preview:
    """A text with its blanks filled for a sample customer, and what is wrong with it; drawn again as one types."""

    def __init__(self, app: Any, staff: Staff, hours: OpeningHours) -> None:
        self._app = app
        self._staff = staff
        self._hours = hours
        with ui.element("div").classes("desk-preview").props('role=group aria-label="Preview"'):
            ui.label(f"What {CUSTOMER}, would read").classes("desk-muted")
            self._text = ui.label().classes("desk-preview-text").props("dir=auto")
        self._hint = ui.label().classes("desk-hint").props("role=status")

    def show(self, text: str, minutes: int | None) -> None:
        known = sample(self._staff.name, self._app.clock.now(), self._hours, minutes)
        self._text.text = variables.fill(text, known).text or "…"
        self._hint.text = " ".join(_problems(text))
        self._hint.set_visibility(bool(self._hint.text))


def _problems(text: str) -> list[str]:
    problems = []
    if wrong := variables.unknown(text):
        problems.append(f"No variable: {', '.join(wrong)}.")
    if vague := vague_times(text):
        said = ", ".join(dict.fromkeys(f"“{one.words}”" for one in vague))
        problems.append(f"{said}: {ADVICE} {{by}}, {{opens}} and {{due}} are exact.")
    return problems


class ReplyDialog:
    """The form's state; `reply` is None for a new one. `done` hears whether anything changed."""

    def __init__(
        self,
        app: Any,
        staff: Staff,
        reply: CannedReply | None,
        topics: Collection[str],
        hours: OpeningHours,
        done: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._app = app
        self._staff = staff
        self._reply = reply
        self._topics = topics
        self._hours = hours
        self._done = done

    def show(self) -> None:
        reply = self._reply
        with ui.card().classes("desk-dialog"):
            fields.heading(f"Edit {reply.title}" if reply else "New reply", "h2")
            self._title = ui.input("Title", value=reply.title if reply else "").props(
                "maxlength=80 autofocus"
            )
            self._title.classes("desk-field")
            self._text = ui.textarea("Text", value=reply.text if reply else "").props(
                f"maxlength={TEXT_LIMIT} autogrow debounce=250 dir=auto"
            )
            self._text.classes("desk-field")
            self._blanks()
            self._view = Preview(self._app, self._staff, self._hours)
            with ui.element("div").classes("desk-pair"):
                shortcut = (reply.shortcut if reply else None) or ""
                self._shortcut = ui.input("Shortcut, typed after /", value=shortcut).props(
                    "maxlength=24 prefix=/"
                )
                self._language = fields.one_of(
                    LANGUAGES, reply.language if reply else "en", "Language", search=True
                )
            self._reasons = fields.some_of(
                fields.REASONS, reply.reasons if reply else (), "Suggest it when (empty: always)"
            )
            self._intents = fields.some_of(
                {one: words.humanise(one) for one in self._topics},
                reply.intents if reply else (),
                "Suggest it for the topics (empty: all)",
                new=True,
            )
            self._minutes = fields.number(
                "{by} is so many minutes ahead",
                (reply.minutes if reply else None) or BY_MINUTES,
                1,
                WEEK_MINUTES,
            )
            self._minutes.on_value_change(self._preview)
            self._text.on_value_change(self._preview)
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Save reply", on_click=self._save).props("unelevated no-caps")
                ui.button("Close", on_click=lambda: self._done(False)).props("flat no-caps")
        self._preview()

    def _blanks(self) -> None:
        with ui.element("details").classes("desk-muted"):
            with ui.element("summary"):
                ui.label("Blanks that fill themselves").style("display: inline")
            with ui.element("div").classes("desk-blanks"):
                for name, means in variables.VARIABLES.items():
                    self._blank(name, means)

    def _blank(self, name: str, means: str) -> None:
        def insert() -> None:
            self._text.value = f"{self._text.value or ''}{{{name}}}"

        button = ui.button(f"{{{name}}}", on_click=insert).props("outline dense no-caps")
        fields.named(button, f"Add {name}: {means}")
        ui.label(means)

    def _preview(self) -> None:
        self._view.show(str(self._text.value or ""), self._ahead())

    def _ahead(self) -> int:
        return fields.whole(self._minutes.value, BY_MINUTES)

    async def _save(self) -> None:
        async def store() -> None:
            text = str(self._text.value or "")
            wanted = checked(
                ReplyChange,
                title=self._title.value or "",
                text=text,
                shortcut=str(self._shortcut.value or "").strip("/ ") or None,
                language=self._language.value,
                reasons=self._reasons.value,
                intents=self._intents.value,
                minutes=self._ahead() if "by" in variables.used(text) else None,
                seen=self._reply.at if self._reply else None,
            )
            async with self._app.database.write() as db:
                if self._reply is None:
                    await canned.add(db, self._app.clock, wanted, self._staff)
                else:
                    await canned.change(db, self._app.clock, self._reply.id, wanted, self._staff)

        if await self._complaint.unless(store, "Saved. It is in every chat’s list now."):
            await self._done(True)

"""One macro, to write or to change: its steps in their order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from handoff.hours import OpeningHours
from handoff.library import macros, steps
from handoff.library.inputs import TEXT_LIMIT
from handoff.library.models import Macro
from handoff.models import CloseOutcome, Priority
from handoff.screens import fields
from handoff.screens.reply_dialog import Preview
from handoff.teams.inputs import checked
from handoff.words import humanise
from server.auth import Staff
from server.errors import Invalid

KINDS: dict[str, str] = {
    "reply": "Reply with a text",
    "canned": "Reply with a canned reply",
    "note": "Write a note",
    "tag": "Add tags",
    "topic": "Set the topic",
    "priority": "Set the priority",
    "alarm": "Raise the alarm",
    "to_team": "Transfer to a team",
    "to_person": "Transfer to a colleague",
    "close": "Close the chat",
    "hand_back": "Hand back to the assistant",
}
OUTCOMES = {one.value: humanise(one.value) for one in CloseOutcome}
PRIORITIES = {one.value: humanise(one.value) for one in Priority}
SHORT = 90


@dataclass(frozen=True)
class Offered:
    """What a step may name, by id."""

    replies: Mapping[str, str]
    people: Mapping[str, str]
    teams: Mapping[str, str]
    hours: OpeningHours

    def words(self, step: steps.Step) -> str:
        """A step as a line of the list, with the names of what it names."""
        text = steps.text_of(step)
        if text is not None:
            short = f"{text[:SHORT].rstrip()} …" if len(text) > SHORT else text
            return f"{step.words()}: {short}"
        if isinstance(step, steps.ReplyStep):
            return f"Reply: {self.replies.get(str(step.reply_id), 'one that was archived')}"
        if isinstance(step, steps.TransferStep):
            known = self.people if step.to else self.teams
            name = known.get(str(step.to or step.team), "somebody who is not there any more")
            return f"Transfer to {name}"
        return step.words()


class StepForm:
    """The fields of one step; `kind` is one of KINDS."""

    def __init__(self, kind: str, values: Mapping[str, Any]) -> None:
        self.kind = kind
        self.values = dict(values)

    @classmethod
    def of(cls, step: Mapping[str, Any]) -> StepForm:
        kind = str(step.get("do", ""))
        if kind == "reply" and step.get("reply_id"):
            kind = "canned"
        elif kind == "transfer":
            kind = "to_person" if step.get("to") else "to_team"
        return cls(kind, {key: value for key, value in step.items() if key != "do"})

    def data(self) -> dict[str, Any]:
        """The step as it is validated and stored."""
        do = {"canned": "reply", "to_person": "transfer", "to_team": "transfer"}
        return {"do": do.get(self.kind, self.kind), **self.values}

    def draw(self, offered: Offered, place: int, typed: Callable[[str], None]) -> None:
        match self.kind:
            case "reply" | "note":
                area = ui.textarea("Text").props(
                    f"maxlength={TEXT_LIMIT} autogrow debounce=250 dir=auto"
                )
                self._bind(area, "text", place)
                area.on_value_change(lambda event: typed(str(event.value or "")))
            case "canned":
                self._choice(offered.replies, "reply_id", "Reply", place)
            case "tag":
                tags = fields.some_of({}, self.values.get("tags", ()), "Tags", new=True)
                self._bind(tags, "tags", place, default=[])
            case "topic":
                self._bind(ui.input("Topic").props("maxlength=80"), "topic", place)
            case "priority":
                self._choice(PRIORITIES, "priority", "Priority", place)
                self._bind(ui.input("Why").props("maxlength=300"), "why", place)
            case "alarm":
                self._bind(ui.input("Why").props("maxlength=300"), "why", place)
            case "to_team":
                self._choice(offered.teams, "team", "Team", place)
                self._bind(ui.input("Note for them").props("maxlength=2000"), "note", place)
            case "to_person":
                self._choice(offered.people, "to", "Colleague", place)
                self._bind(ui.input("Note for them").props("maxlength=2000"), "note", place)
            case "close":
                self._choice(OUTCOMES, "outcome", "Outcome", place)

    def _choice(self, options: Mapping[str, str], key: str, label: str, place: int) -> None:
        field = fields.one_of(options, self.values.get(key), label, search=len(options) > 8)
        self.values[key] = field.value
        self._bind(field, key, place)

    def _bind(self, field: Any, key: str, place: int, default: Any = "") -> None:
        field.classes("desk-field")
        fields.named(field, f"Step {place + 1}: {field.props.get('label', key)}")
        field.value = self.values.setdefault(key, default)
        field.bind_value_to(self.values, key)


class MacroDialog:
    """The form's state; `macro` is None for a new one. `done` hears whether anything changed."""

    def __init__(
        self,
        app: Any,
        staff: Staff,
        macro: Macro | None,
        offered: Offered,
        done: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._app = app
        self._staff = staff
        self._macro = macro
        self._offered = offered
        self._done = done
        self._steps = [StepForm.of(step) for step in macro.steps] if macro else []

    def show(self) -> None:
        macro = self._macro
        with ui.card().classes("desk-dialog"):
            fields.heading(f"Edit {macro.title}" if macro else "New macro", "h2")
            self._title = ui.input("Title", value=macro.title if macro else "").props(
                "maxlength=80 autofocus"
            )
            self._title.classes("desk-field")
            self._list = ui.refreshable(self._draw)
            self._list()
            self._preview = Preview(self._app, self._staff, self._offered.hours)
            self._show_first()
            new = ui.select(KINDS, label="Add a step", on_change=self._add).classes("desk-field")
            self._new = new
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Save macro", on_click=self._save).props("unelevated no-caps")
                ui.button("Close", on_click=lambda: self._done(False)).props("flat no-caps")

    def _draw(self) -> None:
        if not self._steps:
            ui.label("No step yet. Add the first one below.").classes("desk-hint")
        with ui.element("ol").classes("desk-step-list"):
            for place, step in enumerate(self._steps):
                with ui.element("li"):
                    self._draw_step(place, step)

    def _draw_step(self, place: int, step: StepForm) -> None:
        name = f"Step {place + 1}"
        with ui.element("div").classes("desk-bar"):
            ui.label(f"{place + 1}. {KINDS.get(step.kind, step.kind)}").classes("desk-step-name")
            with ui.element("div").classes("desk-buttons"):
                up = fields.icon("arrow_upward", f"{name}: up", lambda: self._move(place, -1))
                up.set_enabled(place > 0)
                down = fields.icon("arrow_downward", f"{name}: down", lambda: self._move(place, 1))
                down.set_enabled(place < len(self._steps) - 1)
                fields.icon("delete", f"{name}: remove", lambda: self._remove(place))
        step.draw(self._offered, place, self._typed)

    def _typed(self, text: str) -> None:
        self._preview.show(text, None)

    def _show_first(self) -> None:
        text = next((one.values["text"] for one in self._steps if one.values.get("text")), "")
        self._preview.show(text, None)

    def _add(self, event: Any) -> None:
        if event.value is None:
            return
        self._steps.append(StepForm(str(event.value), {}))
        self._new.value = None
        self._list.refresh()

    def _move(self, place: int, by: int) -> None:
        other = place + by
        if 0 <= other < len(self._steps):
            self._steps[place], self._steps[other] = self._steps[other], self._steps[place]
            way = "up" if by < 0 else "down"
            fields.focus_next(f"Step {other + 1}: {way}", f"Step {other + 1}: remove")
            self._list.refresh()

    def _remove(self, place: int) -> None:
        if place < len(self._steps):
            del self._steps[place]
            fields.focus_next(f"Step {place + 1}: remove", f"Step {place}: remove", "Add a step")
            self._list.refresh()

    async def _save(self) -> None:
        async def store() -> None:
            if not self._steps:
                raise Invalid("Add at least one step.")
            wanted = checked(
                steps.MacroChange,
                title=self._title.value or "",
                steps=[step.data() for step in self._steps],
            )
            async with self._app.database.write() as db:
                if self._macro is None:
                    await macros.add(db, self._app.clock, wanted, self._staff)
                else:
                    await macros.change(db, self._app.clock, self._macro.id, wanted, self._staff)

        if await self._complaint.unless(store, "Saved. It is in every chat’s list now."):
            await self._done(True)

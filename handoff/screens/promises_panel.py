"""What each priority is promised, to change: the rule book "clocks"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from handoff.clocks import book
from handoff.clocks.due import CLOCKS, Promises
from handoff.models import Priority
from handoff.screens import fields
from handoff.teams.inputs import checked
from server.auth import Staff

NAMES = {"first": "First response", "next": "Next response", "resolve": "Resolution"}
YEAR = 366 * 24 * 3600


class PromisesPanel:
    """The form's state."""

    def __init__(
        self, app: Any, staff: Staff, promises: Promises, saved: Callable[[], Awaitable[None]]
    ) -> None:
        self._app = app
        self._staff = staff
        self._held = promises.model_dump(mode="json")
        self._saved = saved
        self._fields: dict[tuple[str, str], ui.number] = {}

    def show(self) -> None:
        with fields.panel("Promises"):
            ui.label(
                "Seconds of staffed time; outside a team’s hours the clocks stand still. "
                "They hold for new requests."
            ).classes("desk-muted")
            head = ("Clock", *(one.value.capitalize() for one in Priority))
            with fields.table(head, "Promised seconds by clock and priority"):
                for clock in CLOCKS:
                    with fields.row(NAMES[clock]):
                        for priority in Priority:
                            with ui.element("td"):
                                self._field(clock, priority.value)
            self._note = ui.input("Why the promises change").props("maxlength=500")
            self._note.classes("desk-field")
            self._complaint = fields.Complaint()
            ui.button("Save promises", on_click=self._save).props("unelevated no-caps")

    def _field(self, clock: str, priority: str) -> None:
        field = ui.number(value=self._held[clock][priority], min=1, max=YEAR, step=1)
        field.props("dense outlined")
        fields.named(field, f"{NAMES[clock]}, {priority}, in seconds")
        self._fields[clock, priority] = field

    async def _save(self) -> None:
        async def store() -> None:
            wanted: dict[str, Any] = {**self._held}
            for clock in CLOCKS:
                wanted[clock] = {
                    one.value: fields.whole(self._fields[clock, one.value].value, 0)
                    for one in Priority
                }
            promises = checked(Promises, **wanted)
            async with self._app.database.write() as db:
                book.write(db, self._app.clock, promises, self._staff, self._note.value or "")

        if await self._complaint.unless(store, "Saved. It holds from the next request on."):
            self._note.value = ""
            await self._saved()

"""`/staff/desk/customers`: whom somebody should write to again, and by which rules customers are told apart."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff.customers import followups
from handoff.customers.followups import Line
from handoff.screens import fields
from handoff.screens.nav import desk_frame
from handoff.screens.segment_rules import SegmentRules
from handoff.teams.setup import takers
from server.auth import Role, Staff
from server.local_time import LocalTime
from server.pages import page_services, require_page

PATH = "/staff/desk/customers"
VISITOR = "Visitor"


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Customers", staff, PATH):
        await CustomersPage(page_services(), staff).show()


class CustomersPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._time = LocalTime()

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Customers")
        self._list = ui.refreshable(self._draw)
        with fields.panel("Follow-ups"):
            self._list()
        if self._staff.may(Role.SUPERVISOR):
            await SegmentRules(self._app, self._staff).show()
        self._dialog = ui.dialog()
        await ui.context.client.connected()
        if await self._time.ask():
            self._list.refresh()

    async def _load(self) -> None:
        now = self._app.clock.now()
        async with self._app.database.read() as db:
            self._open = await followups.listed(db, now)
            self._done = (await followups.listed(db, now, done=True))[:20]
            self._people = {one.id: one.name for one in await takers(db)}

    async def _again(self) -> None:
        self._dialog.close()
        await self._load()
        self._list.refresh()

    def _draw(self) -> None:
        if not self._open:
            ui.label(
                "Nobody waits to hear from us. Whoever closes a chat with “Needs follow-up” puts the customer "
                "here, and so do the rules for customers at risk."
            ).classes("desk-muted")
        else:
            head = ("Customer", "What", "Due", "Owner", "Do")
            with fields.table(head, "Open follow-ups, the earliest first"):
                for line in self._open:
                    self._row(line)
        if self._done:
            with ui.element("details").classes("desk-more desk-open"):
                with ui.element("summary"):
                    ui.label("Done lately").style("display: inline")
                with ui.element("ul"):
                    for line in self._done:
                        with ui.element("li"):
                            ui.label(self._finished(line))

    def _row(self, line: Line) -> None:
        one = line.follow_up
        name = line.customer or VISITOR
        with fields.row(name):
            with ui.element("td"):
                ui.link(one.why, f"/staff/chat/{one.conversation_id}")
            fields.cell(self._time.show(one.due_at), "late" if line.overdue else "")
            fields.cell(
                self._people.get(one.owner_id, "Nobody yet") if one.owner_id else "Nobody yet"
            )
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                if one.owner_id != self._staff.id:
                    take = ui.button("I do it", on_click=lambda: self._take(line))
                    fields.named(take.props("flat dense no-caps"), f"I do it: {name}, {one.why}")
                done = ui.button("Done", on_click=lambda: self._ask(line))
                fields.named(done.props("outline dense no-caps"), f"Done: {name}, {one.why}")

    def _finished(self, line: Line) -> str:
        one = line.follow_up
        at = self._time.show(one.done_at) if one.done_at else ""
        by = self._people.get(one.owner_id, "Somebody") if one.owner_id else "Somebody"
        note = f": {one.done_note}" if one.done_note else ""
        return f"{line.customer or VISITOR}, {one.why} – {by}, {at}{note}"

    async def _take(self, line: Line) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await followups.take(db, line.follow_up.id, self._staff)

        await fields.attempt(store, "It is yours.")
        await self._again()

    def _ask(self, line: Line) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading(f"{line.customer or VISITOR}: done", "h2")
            ui.label(line.follow_up.why)
            note = (
                ui.input("What came of it").props("maxlength=300 autofocus").classes("desk-field")
            )
            complaint = fields.Complaint()

            async def store() -> None:
                async with self._app.database.write() as db:
                    await followups.finish(
                        db, self._app.clock, line.follow_up.id, self._staff, str(note.value or "")
                    )

            async def save() -> None:
                if await complaint.unless(store, "Done."):
                    await self._again()

            with ui.element("div").classes("desk-bar"):
                ui.button("Done", on_click=save).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

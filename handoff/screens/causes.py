"""`/staff/desk/causes`: why cases come again, how often, what is done about it; and the limits of remedies."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from nicegui import ui

from handoff import words
from handoff.cases import book, causes, telling
from handoff.cases.causes import Counted
from handoff.screens import fields
from handoff.screens.case_rules import CaseRulesPanel
from handoff.screens.nav import desk_frame
from handoff.teams.setup import takers
from server.auth import Role, Staff
from server.errors import Invalid
from server.pages import page_services, require_page

PATH = "/staff/desk/causes"
NO_TOPIC = "No topic"


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Root causes", staff, PATH):
        await CausesPage(page_services(), staff).show()


class CausesPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._leads = staff.may(Role.SUPERVISOR)

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Root causes")
        ui.label(
            "Agents name the root cause when they close a chat. Late actions stand first, what is done last."
        ).classes("desk-muted")
        self._list = ui.refreshable(self._draw)
        self._list()
        if self._leads:
            CaseRulesPanel(self._app, self._staff, self._rules, self._remedies).show()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        now = self._app.clock.now()
        async with self._app.database.read() as db:
            self._rules = await book.case_rules(db)
            self._remedies = await book.remedy_rules(db)
            self._lines = await causes.counted(db, now)
            self._missing = await causes.unexplained(
                db, now, after=self._rules.recurs_after, days=self._rules.within_days
            )
            self._untold = await telling.untold(db, now)
            self._people = {str(one.id): one.name for one in await takers(db)}

    async def _again(self) -> None:
        self._dialog.close()
        await self._load()
        self._list.refresh()

    def _draw(self) -> None:
        for one in self._missing:
            ui.label(
                f"{words.humanise(one.topic)}: {one.cases} cases in {self._rules.within_days} days, "
                f"{one.explained} with a root cause. Ask why when the next one is closed."
            ).classes("desk-hint")
        if not self._lines:
            ui.label(
                "No root cause is written down yet. It is asked for when a chat is closed whose topic "
                f"came {self._rules.recurs_after} times in {self._rules.within_days} days."
            ).classes("desk-hint")
            return
        if late := [one for one in self._lines if one.overdue]:
            with fields.panel("Late actions"):
                self._table(late, "Root causes with a late action")
        groups: dict[str, list[Counted]] = {}
        for line in self._lines:
            if not line.overdue:
                name = words.humanise(line.cause.topic) if line.cause.topic else NO_TOPIC
                groups.setdefault(name, []).append(line)
        for name, lines in groups.items():
            with fields.panel(name):
                self._table(lines, f"Root causes of {name}")

    def _table(self, lines: list[Counted], caption: str) -> None:
        head = ["Root cause", "30 days", "90 days", "Action", "Owner", "Until"]
        with fields.table([*head, "Change"] if self._leads else head, caption):
            for line in lines:
                self._row(line)

    def _row(self, line: Counted) -> None:
        cause = line.cause
        with fields.row(cause.text):
            fields.cell(str(line.month))
            fields.cell(str(line.quarter))
            fields.cell(cause.action or "None yet")
            fields.cell(self._people.get(str(cause.action_owner), "Nobody"))
            until = f"{cause.action_due:%d %b %Y}" if cause.action_due else "No day"
            fields.cell("Done" if cause.done_at else until, "late" if line.overdue else "")
            if self._leads:
                with ui.element("td"), ui.element("div").classes("desk-buttons"):
                    edit = ui.button("Edit", on_click=lambda: self._open(line))
                    fields.named(edit.props("outline dense no-caps"), f"Edit {cause.text}")
                    if cause.action and cause.done_at is None:
                        done = ui.button("Done", on_click=lambda: self._done(line))
                        fields.named(done.props("flat dense no-caps"), f"Done: {cause.action}")
                    if untold := self._untold.get(cause.id):
                        tell = ui.button(
                            "Tell customers", on_click=lambda: self._tell(line, untold)
                        )
                        fields.named(
                            tell.props("flat dense no-caps"),
                            f"Tell customers: {cause.text} is mended",
                        )

    async def _done(self, line: Counted) -> None:
        cause = line.cause

        async def store() -> None:
            await self._store(
                line, cause.text, cause.action, cause.action_owner, cause.action_due, done=True
            )

        if await fields.attempt(store, "Done. Its cases are counted on."):
            await self._again()

    def _tell(self, line: Counted, chats: int) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("Tell customers that it is mended", "h2")
            ui.label(
                f"{line.cause.text}: {chats} {'customers' if chats > 1 else 'customer'} of the last "
                f"{telling.LATELY.days} days. They read this once, in their chat and under your name; "
                "who is away and has left an address gets it by mail. Who is in a chat with somebody "
                "now, or waits for one, is left out until later."
            ).classes("desk-muted")
            limit = self._app.settings.message_limit
            text = ui.textarea("What they read", value=telling.SUGGESTED)
            text.props(f"autogrow maxlength={limit} autofocus").classes("desk-field")
            complaint = fields.Complaint()
            told: list[telling.Told] = []

            async def say() -> None:
                told.append(
                    await telling.tell(
                        self._app.database, self._app.clock, line.cause.id, self._staff,
                        str(text.value or ""), limit=limit,
                    )
                )  # fmt: skip

            async def send() -> None:
                if await complaint.unless(say):
                    ui.notify(_told(told[-1]), type="positive")
                    await self._again()

            with ui.element("div").classes("desk-bar"):
                ui.button("Tell them", on_click=send).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

    async def _store(
        self,
        line: Counted,
        text: str,
        action: str,
        owner: UUID | None,
        due: date | None,
        *,
        done: bool,
    ) -> None:
        async with self._app.database.write() as db:
            await causes.change(
                db, line.cause.id, text=text, action=action, owner=owner, due=due, done=done,
                clock=self._app.clock,
            )  # fmt: skip

    def _open(self, line: Counted) -> None:
        cause = line.cause
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("Root cause", "h2")
            text = ui.input("Root cause", value=cause.text).props("maxlength=300 autofocus")
            text.classes("desk-field")
            action = ui.textarea("What is done about it", value=cause.action)
            action.props("autogrow maxlength=500").classes("desk-field")
            owner = fields.one_of(
                {fields.NOTHING: "Nobody"} | self._people, str(cause.action_owner or ""), "Owner"
            )
            due = ui.input("Until", value=cause.action_due.isoformat() if cause.action_due else "")
            due.props("type=date stack-label").classes("desk-field")
            done = ui.checkbox("It is done", value=cause.done_at is not None)
            complaint = fields.Complaint()

            async def store() -> None:
                await self._store(
                    line,
                    str(text.value or ""),
                    str(action.value or ""),
                    UUID(owner.value) if owner.value else None,
                    _day(due.value),
                    done=bool(done.value),
                )

            async def save() -> None:
                if await complaint.unless(store, "Saved."):
                    await self._again()

            with ui.element("div").classes("desk-bar"):
                ui.button("Save", on_click=save).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()


def _told(told: telling.Told) -> str:
    said = f"Told {told.chats} {'customers' if told.chats != 1 else 'customer'}."
    if not told.busy:
        return said
    return f"{said} {told.busy} in a chat with somebody now: tell them later."


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError as error:
        raise Invalid("This is no date.") from error

"""`/staff/desk/replies`: the house's canned replies, to find, write, change and archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from handoff import words
from handoff.library import canned
from handoff.library.models import CannedReply
from handoff.screens import fields
from handoff.screens.nav import desk_frame
from handoff.screens.reply_dialog import ReplyDialog
from handoff.teams import explain
from handoff.teams.languages import LANGUAGES
from server.auth import Role, Staff
from server.pages import page_services, require_page
from understanding.vague_times import vague_times

PATH = "/staff/desk/replies"
SHOWN = 140


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Replies", staff, PATH):
        await RepliesPage(page_services(), staff).show()


class RepliesPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._q = ""

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Replies")
            find = ui.input("Find a reply", on_change=self._find).props(
                "dense outlined clearable debounce=250 maxlength=100"
            )
            find.classes("desk-field")
            ui.button("New reply", icon="add", on_click=lambda: self._edit(None)).props(
                "unelevated no-caps"
            )
        ui.label(
            "In a chat, type / and a few letters, or press Ctrl + K. A reply is put into the box, filled with "
            "what is known; the agent reads it and sends it."
        ).classes("desk-muted")
        self._list = ui.refreshable(self._draw)
        self._list()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._replies = await canned.every(db, q=self._q)
            self._archived = await canned.every(db, archived=True)
            book = await self._app.priorities.now(db)
            roster = await self._app.rosters.now(db)
            self._topics = await explain.topics(db, book, roster)
            self._hours = roster.home.hours

    async def _again(self) -> None:
        await self._load()
        self._list.refresh()

    async def _find(self, event: Any) -> None:
        self._q = str(event.value or "")[:100]
        await self._again()

    def _draw(self) -> None:
        if self._replies:
            head = ("Reply", "Text", "For", "Used", "Change")
            with fields.table(head, "Replies, the most used first"):
                for reply in self._replies:
                    self._row(reply)
        elif self._q:
            ui.label(f"No reply holds “{self._q}”.").classes("desk-hint").props("role=status")
        else:
            ui.label("There are no replies yet. Write the sentence you type most.").classes(
                "desk-hint"
            )
        if self._archived:
            self._draw_archived()

    def _row(self, reply: CannedReply) -> None:
        with fields.row(reply.title):
            vague = ", ".join(f"“{one.words}”" for one in vague_times(reply.text))
            warning = f"Vague: {vague}. Say when." if vague else ""
            short = f"{reply.text[:SHOWN].rstrip()} …" if len(reply.text) > SHOWN else reply.text
            fields.cell(short, warning)
            fields.cell(*self._for(reply))
            fields.cell(f"{reply.uses} ×", f"by {reply.by}")
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                if canned.may_change(reply.by, self._staff):
                    button = ui.button("Edit", on_click=lambda: self._edit(reply)).props(
                        "outline dense no-caps"
                    )
                    fields.named(button, f"Edit {reply.title}")
                    fields.icon("archive", f"Archive {reply.title}", lambda: self._archive(reply))
                else:
                    ui.label("A supervisor may").classes("desk-muted")

    def _for(self, reply: CannedReply) -> tuple[str, str]:
        cases = [
            *(fields.REASONS.get(one, one) for one in reply.reasons),
            *(words.humanise(one) for one in reply.intents),
        ]
        notes = [f"/{reply.shortcut}"] if reply.shortcut else []
        if reply.language != "en":
            notes.append(LANGUAGES.get(reply.language, reply.language))
        return "; ".join(cases) or "Any case", " · ".join(notes)

    def _draw_archived(self) -> None:
        with ui.element("details").classes("desk-more"):
            with ui.element("summary"):
                ui.label(f"{len(self._archived)} archived").style("display: inline")
            with ui.element("ul"):
                for reply in self._archived:
                    with ui.element("li"):
                        ui.label(reply.title)
                        if canned.may_change(reply.by, self._staff):
                            self._restoring(reply)

    def _restoring(self, reply: CannedReply) -> None:
        button = ui.button("Use again", on_click=lambda: self._set_archived(reply.id, False))
        button.props("flat dense no-caps")
        fields.named(button, f"Use {reply.title} again")

    async def _archive(self, reply: CannedReply) -> None:
        fields.focus_next("Find a reply")
        await self._set_archived(reply.id, True)

    async def _set_archived(self, reply_id: UUID, archived: bool) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await canned.set_archived(db, self._app.clock, reply_id, archived, self._staff)

        done = "Archived. It is kept below." if archived else "In use again."
        if await fields.attempt(store, done):
            await self._again()

    def _edit(self, reply: CannedReply | None) -> None:
        self._dialog.clear()
        with self._dialog:
            ReplyDialog(
                self._app, self._staff, reply, self._topics, self._hours, self._done
            ).show()  # fmt: skip
        self._dialog.open()

    async def _done(self, changed: bool) -> None:
        self._dialog.close()
        if changed:
            await self._again()

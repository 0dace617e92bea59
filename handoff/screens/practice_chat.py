"""`/staff/desk/practice/chats/<id>`: one practice chat as its leads see it: copy, score, source; strike, retire,
erase."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui
from pydantic import ValidationError

from handoff.practice import keeping, replay
from handoff.practice.access import require_lead
from handoff.practice.inputs import STRIKE_LIMIT, Strikes
from handoff.screens import fields
from handoff.screens import practice_parts as parts
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.errors import HandrailError
from server.pages import page_services, require_page

PATH = f"{parts.PATH}/chats/{{chat}}"


async def page(chat: UUID) -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    parts.style()
    with desk_frame("Practice chat", staff, parts.PATH):
        await ChatPage(page_services(), staff, chat).show()


class ChatPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff, chat_id: UUID) -> None:
        self._app = app
        self._staff = staff
        self._id = chat_id

    async def show(self) -> None:
        try:
            await self._load()
        except HandrailError as error:
            parts.nothing(str(error))
            return
        parts.back()
        self._page = ui.refreshable(self._draw)
        self._page()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            await require_lead(db, self._app.desk, self._staff)
            self._chat = await keeping.get(db, self._id)

    def _draw(self) -> None:
        chat = self._chat
        with ui.element("div").classes("desk-bar"):
            fields.heading(chat.topic)
            if chat.retired_at is None:
                ui.button("Retire", on_click=self._retire).props("outline no-caps")
            else:
                ui.button("Offer it again", on_click=self._restore).props("outline no-caps")
            ui.button("Erase", on_click=self._ask).props("flat no-caps color=negative")
        if chat.retired_at is not None:
            ui.label("Retired: nobody can begin it any more.").classes("desk-hint practice-intro")
        with fields.panel("How it was handled"):
            by = f"{chat.made_by_name}, {chat.made_at:%d %b %Y}"
            parts.one_score("The lead’s score", f"Score of {by}", chat.scores)
            ui.label(f"“{chat.why}”").classes("practice-why")
            ui.link("The chat it was taken from", f"/staff/chat/{chat.conversation_id}")
            ui.label("Only leads and supervisors see this link.").classes("desk-muted")
        with fields.panel("What agents see"):
            parts.transcript(replay.lines_of(chat), "The masked copy")
            with ui.element("div").classes("desk-bar"):
                field = ui.input("Strike these words").props(f"maxlength={STRIKE_LIMIT}")
                field.classes("desk-grow")
                strike = ui.button("Strike for good", on_click=lambda: self._strike(field.value))
                strike.props("outline no-caps")

    async def _strike(self, typed: object) -> None:
        async def store() -> None:
            try:
                wanted = Strikes(strikes=[str(typed or "")])
            except ValidationError as error:
                raise parts.checked(error, "Type at least two letters to strike.") from error
            async with self._app.database.write() as db:
                await require_lead(db, self._app.desk, self._staff)
                await keeping.strike(db, self._id, wanted.strikes, self._staff)

        await self._do(store, "Struck.")

    async def _retire(self) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await require_lead(db, self._app.desk, self._staff)
                await keeping.retire(db, self._app.clock, self._id)

        await self._do(store, "Retired. What was tried on it is kept.")

    async def _restore(self) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await require_lead(db, self._app.desk, self._staff)
                await keeping.restore(db, self._id)

        await self._do(store, "Offered again.")

    async def _do(self, store: fields.Deed, done: str) -> None:
        if await fields.attempt(store, done):
            await self._load()
            self._page.refresh()

    def _ask(self) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading(f"Erase {self._chat.topic}?", "h2")
            ui.label("It goes with everything that agents tried on it. This can’t be undone.")
            with ui.element("div").classes("desk-bar"):
                ui.button("Erase", on_click=self._erase).props("unelevated no-caps color=negative")
                ui.button("Keep it", on_click=self._dialog.close).props("flat no-caps autofocus")
        self._dialog.open()

    async def _erase(self) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await require_lead(db, self._app.desk, self._staff)
                await keeping.erase(db, self._id, self._staff)

        if await fields.attempt(store, "Erased."):
            ui.navigate.to(parts.PATH)

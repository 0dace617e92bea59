"""`/staff/desk/practice/new`: finished chats that people handled, for a lead to choose one to practise on."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff import words
from handoff.practice import candidates
from handoff.practice.access import require_lead
from handoff.practice.candidates import Candidate
from handoff.screens import fields
from handoff.screens import practice_parts as parts
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.errors import HandrailError
from server.pages import page_services, require_page

PATH = f"{parts.PATH}/new"


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    parts.style()
    with desk_frame("Make a practice chat", staff, parts.PATH):
        await CandidatesPage(page_services(), staff).show()


class CandidatesPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._words = ""
        self._found: list[Candidate] = []

    async def show(self) -> None:
        try:
            await self._load()
        except HandrailError as error:
            parts.nothing(str(error))
            return
        parts.back()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Make a practice chat")
        ui.label(
            "Choose a chat that shows something: one that went well, or one that didn’t. You read its masked "
            "copy before anything is kept."
        ).classes("desk-muted practice-intro")
        with ui.element("div").classes("desk-bar"):
            field = ui.input("Search all chats").props("type=search maxlength=100 clearable")
            field.classes("desk-grow")
            button = ui.button("Search", on_click=lambda: self._search(field.value))
            button.props("outline no-caps")
            # What stands in the field comes with the key: on a page that is still connecting the two could swap.
            field.on(
                "keydown.enter",
                lambda event: self._search(event.args),
                js_handler="(event) => emit(event.target.value)",
            )
        self._complaint = fields.Complaint()
        self._list = ui.refreshable(self._draw)
        self._list()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            await require_lead(db, self._app.desk, self._staff)
            self._found = await candidates.recent(db, self._staff, self._words)

    async def _search(self, typed: object) -> None:
        self._words = str(typed or "").strip()[:100]
        try:
            await self._load()
        except HandrailError as error:
            self._complaint.say(str(error))
            return
        self._complaint.say("")
        self._list.refresh()

    def _draw(self) -> None:
        with fields.panel("Chats to practise on"):
            said = ui.label(self._summary()).classes("desk-muted")
            said.props("role=status")
            with ui.element("ul").classes("practice-list"):
                for one in self._found:
                    with ui.element("li"):
                        self._candidate(one)

    def _summary(self) -> str:
        if self._found:
            return f"{len(self._found)} shown, the newest first"
        if self._words:
            return "Nothing was found. Try fewer or other words."
        return "No chat that a person handled has ended yet, or all are practice chats already."

    def _candidate(self, one: Candidate) -> None:
        topic = words.humanise(one.topic) if one.topic else "No topic"
        rated = f", rated {one.rating} of 5" if one.rating else ""
        with ui.element("div").classes("practice-about"):
            ui.label(topic).classes("practice-topic")
            replies = f"{one.replies} by people"
            ui.label(
                f"{one.messages} messages, {replies}{rated}; ended {one.closed_at:%d %b %Y}"
            ).classes("desk-muted")
        link = ui.link("Read the copy", f"{PATH}/{one.conversation_id}/{one.episode}")
        link.classes("practice-link")
        fields.named(link, f"Read the masked copy: {topic}, ended {one.closed_at:%d %b %Y}")

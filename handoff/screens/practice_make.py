"""`/staff/desk/practice/new/<chat>/<episode>`: a lead reads the masked copy, strikes words, scores, keeps it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui
from pydantic import ValidationError

from handoff.practice.access import require_lead
from handoff.practice.inputs import STRIKE_LIMIT, STRIKES, TOPIC_LIMIT, WHY_LIMIT, NewChat, Source
from handoff.screens import fields
from handoff.screens import practice_parts as parts
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.errors import HandrailError, Invalid
from server.pages import page_services, require_page

PATH = f"{parts.PATH}/new/{{conversation}}/{{episode}}"


async def page(conversation: UUID, episode: int) -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    parts.style()
    with desk_frame("Make a practice chat", staff, parts.PATH):
        await MakingPage(page_services(), staff, conversation, episode).show()


class MakingPage:
    """The page's state for one browser window; what is struck is kept nowhere."""

    def __init__(self, app: Any, staff: Staff, conversation: UUID, episode: int) -> None:
        self._app = app
        self._staff = staff
        self._conversation = conversation
        self._episode = episode
        self._strikes: list[str] = []

    async def show(self) -> None:
        try:
            await self._load()
        except HandrailError as error:
            parts.nothing(str(error))
            return
        ui.link("Choose another chat", f"{parts.PATH}/new").classes("practice-back")
        with ui.element("div").classes("desk-bar"):
            fields.heading("Make a practice chat")
        with fields.panel("1. Read the copy"):
            ui.label(
                "This is all that agents will see. Strike whatever still says who the customer is; a first "
                "name in small letters, a company, a rare illness."
            ).classes("desk-muted")
            self._copy_list = ui.refreshable(self._draw)
            self._copy_list()
        with fields.panel("2. Score how it was handled"):
            topic = ui.input("Topic", value=self._copy.topic).props(f"maxlength={TOPIC_LIMIT}")
            topic.classes("desk-field")
            scores = parts.ScoreFields("How it was handled")
            scores.show()
            why = ui.input("Why, in one line").props(f"maxlength={WHY_LIMIT}")
            why.classes("desk-field")
            complaint = fields.Complaint()

            async def store() -> None:
                given = scores.read()
                try:
                    wanted = NewChat(
                        conversation=self._conversation, episode=self._episode,
                        strikes=self._strikes, topic=topic.value or "", scores=given,
                        why=why.value or "", seen=self._copy.mark,
                    )  # fmt: skip
                except ValidationError as error:
                    raise parts.checked(
                        error, "Give it a topic, and say why in one line."
                    ) from error
                async with self._app.database.read() as db:
                    await require_lead(db, self._app.desk, self._staff)
                await self._app.practice.keep(wanted, self._staff)

            async def keep() -> None:
                if await complaint.unless(store, "Kept. Agents find it on their practice page."):
                    ui.navigate.to(parts.PATH)

            with ui.element("div").classes("desk-bar"):
                ui.button("Keep as practice chat", on_click=keep).props("unelevated no-caps")

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            await require_lead(db, self._app.desk, self._staff)
        self._copy = await self._app.practice.preview(
            self._conversation, self._episode, self._strikes
        )

    def _draw(self) -> None:
        parts.transcript(self._copy.lines, "The masked copy")
        if self._copy.doubtful:
            ui.label("Are these names? Press one to strike it everywhere.").classes("desk-hint")
            with ui.element("div").classes("practice-words"):
                for word in self._copy.doubtful:
                    button = ui.button(word, on_click=lambda w=word: self._strike(w))
                    fields.named(button.props("outline dense no-caps"), f"Strike {word}")
        with ui.element("div").classes("desk-bar"):
            field = ui.input("Strike these words").props(f"maxlength={STRIKE_LIMIT}")
            field.classes("desk-grow")
            field.on("keydown.enter", lambda: self._strike(field.value))
            strike = ui.button("Strike", on_click=lambda: self._strike(field.value))
            strike.props("outline no-caps")
        self._complaint = fields.Complaint()
        if self._strikes:
            ui.label("Struck. Press one to put it back.").classes("desk-muted")
            with ui.element("div").classes("practice-words"):
                for word in self._strikes:
                    button = ui.button(word, icon="undo", on_click=lambda w=word: self._undo(w))
                    fields.named(button.props("flat dense no-caps"), f"Put back {word}")

    async def _strike(self, typed: object) -> None:
        word = " ".join(str(typed or "").split())
        if word.lower() not in {one.lower() for one in self._strikes}:
            await self._change([*self._strikes, word])

    async def _undo(self, word: str) -> None:
        await self._change([one for one in self._strikes if one != word])

    async def _change(self, strikes: list[str]) -> None:
        before = self._strikes
        try:
            read = Source(conversation=self._conversation, episode=self._episode, strikes=strikes)
            self._strikes = read.strikes
            await self._load()
        except ValidationError:
            refused = Invalid(f"Strike up to {STRIKES} words, each of 2 to {STRIKE_LIMIT} letters.")
            self._complaint.say(str(refused))
            return
        except HandrailError as error:
            self._strikes = before
            self._complaint.say(str(error))
            return
        fields.focus_next("Strike these words")
        self._copy_list.refresh()

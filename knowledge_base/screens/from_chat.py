"""`/staff/articles/unanswered/chat/…`: a draft out of a solved chat, each sentence with its source."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from knowledge_base.asked import draft_from_chat
from knowledge_base.asked.chat_sentences import ACTION, CONTEXT, OUTCOME
from knowledge_base.asked.draft_from_chat import ChatDraft, Sentence
from server.auth import Staff
from server.errors import HandrailError

PARTS = {
    CONTEXT: "Context: the customer's problem",
    ACTION: "Action: what the agent said to do",
    OUTCOME: "Outcome: what happens next, and when",
}
FLAGS = {"personal": "a personal detail was masked", "money": "an amount of this one case?"}


class FromChatPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff, conversation_id: str, episode: int) -> None:
        self._app = app
        self._staff = staff
        self._conversation = conversation_id
        self._episode = episode
        self._chosen: set[int] = set()

    async def show(self) -> None:
        ui.link("‹ Asked in vain", "/staff/articles/unanswered")
        with ui.element("div").classes("kb-bar"), ui.element("h1"):
            ui.label("A draft from a solved chat")
        try:
            async with self._app.database.read() as db:
                chat = await draft_from_chat.read(db, _id(self._conversation), self._episode)
        except HandrailError as error:
            ui.label(str(error)).classes("kb-warn").props("role=alert")
            return
        self._chosen = set(chat.taken)
        ui.label(
            "Names, addresses and numbers are masked. Tick what holds for every customer; "
            "you can rewrite it in the editor."
        ).classes("kb-muted")
        for part, title in PARTS.items():
            self._part(title, [one for one in chat.sentences if one.part == part])

        async def make() -> None:
            try:
                async with self._app.database.write() as db:
                    made = await draft_from_chat.create(
                        db, self._app.clock, chat, self._staff.login, frozenset(self._chosen)
                    )
            except HandrailError as error:
                ui.notify(str(error), type="negative")
                return
            ui.navigate.to(f"/staff/articles/{made.slug}")

        self._done(chat, make)

    def _done(self, chat: ChatDraft, make: Any) -> None:
        if chat.sentences:
            ui.button("Make the draft", on_click=make).props("unelevated")
        else:
            ui.label("Nothing in this chat holds for other customers. Write the article yourself.")
            ui.link("New article", "/staff/articles/new")

    def _part(self, title: str, found: list[Sentence]) -> None:
        with ui.element("section").classes("kb-panel").style("margin-bottom: 12px") as section:
            section.props["aria-label"] = title
            with ui.element("h2"):
                ui.label(title)
            if not found:
                ui.label("Nothing was said that fits here.").classes("kb-muted")
            likely = [one for one in found if one.taken or one.part == CONTEXT or one.score > 0]
            for one in likely:
                self._sentence(one)
            others = [one for one in found if one not in likely]
            if others:
                with ui.element("details").classes("kb-more"):
                    with ui.element("summary"):
                        ui.label(f"Left out: {len(others)} more").classes("kb-inline")
                    for one in others:
                        self._sentence(one)

    def _sentence(self, one: Sentence) -> None:
        def tick(event: Any) -> None:
            (self._chosen.add if event.value else self._chosen.discard)(one.number)

        with ui.element("div").style("width: 100%"):
            ui.checkbox(one.text, value=one.taken, on_change=tick).style("overflow-wrap: anywhere")
            with ui.element("div").classes("kb-flags"):
                for flag in one.flags:
                    ui.label(FLAGS[flag]).classes("kb-flag")
            with ui.element("details").classes("kb-more"):
                with ui.element("summary"):
                    ui.label(f"Show message {one.seq} of the {one.author}").classes("kb-inline")
                ui.label(one.source).classes("kb-muted").style("white-space: pre-wrap")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # The same page as for a chat that is gone.
        return UUID(int=0)

"""The page `/staff/training/opinions`: second opinions given blind, what two people see differently, agreement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError
from server.focusing import focus
from server.pages import page_services, require_page
from training.key_hints import key_hints
from training.models import IGNORED
from training.opinions import words
from training.opinions.cards import DisputedCard, ToGiveCard
from training.opinions.lists import Lists
from training.opinions.page_side import AgreementPanel, RulesPanel
from training.opinions.service import Outcome
from training.pages import room_frame
from training.room import TrainingRoom

PATH = "/staff/training/opinions"
KEYS = (
    ("1, 2, …", "one of the guesses"),
    ("/", "another intent"),
    ("i", "teaches nothing"),
    ("j", "next"),
    ("k", "before"),
)
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def opinions_page() -> None:
        staff = await require_page(Role.TRAINER, Role.SUPERVISOR)
        ui.add_css(STYLE)
        with room_frame("Second opinions", staff, PATH), ui.element("div").classes("so-page"):
            await OpinionsPage(page_services().training, staff).build()


class OpinionsPage:
    """One reader's view. Supervisors see how well people agree and set the rules; trainers give opinions."""

    def __init__(self, room: TrainingRoom, staff: Staff) -> None:
        self._room, self._staff = room, staff
        self._opinions = room.opinions
        self._cards: list[ToGiveCard] = []

    async def build(self) -> None:
        try:
            names = await self._room.labels.names()
        except HandrailError as error:
            with ui.element("section").classes("tr-panel so-empty"):
                ui.label(str(error))
            return
        self._intents = {name: words.intent(name) for name in names}
        self._choices = self._intents | {IGNORED: words.intent(IGNORED).capitalize()}
        with ui.element("div").classes("so-main"):
            with ui.element("div"):
                with ui.element("h1").props("tabindex=-1") as self._title:
                    ui.label("Second opinions")
                ui.label(
                    "Two people read a message without knowing what the other says. What both say is written."
                ).classes("tr-quiet")
            with ui.element("div").classes("so-said").props("aria-live=polite"):
                self._last = ui.label().classes("so-last")
            self._last.set_visibility(False)
            self._body = ui.element("div").classes("so-main")
        with ui.element("div").classes("so-side"):
            self._agreement = AgreementPanel(self._opinions)
            self._rules = RulesPanel(self._opinions, self._staff, self._intents)
        await self._rules.build()
        await self.load()

    async def load(self, place: int | None = None) -> None:
        """Read everything anew and draw it; the card at `place` has the keys then."""
        await self._agreement.load()
        self._body.clear()
        if not self._staff.may(Role.TRAINER):
            with self._body, ui.element("section").classes("tr-panel"):
                ui.label(
                    "Trainers answer here. You see how well they agree, and decide which labels are asked about."
                )
            return
        lists = await self._opinions.lists(self._staff)
        with self._body:
            self._draw_to_give(lists)
            if lists.disagreed:
                self._draw_disagreed(lists)
            if lists.own:
                self._draw_own(lists)
            if lists.settled:
                self._draw_settled(lists)
        if place is not None and self._cards:
            self._cards[min(place, len(self._cards) - 1)].focus()
        elif place is not None:
            focus(self._title)

    def _draw_to_give(self, lists: Lists) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="For you"'):
            with ui.element("h2"):
                ui.label(f"For you ({len(lists.to_give)})")
            if not lists.to_give:
                ui.label(
                    "Nothing waits for your opinion. Colleagues send messages here when they are not sure, "
                    "and the rules send some by chance."
                ).classes("tr-quiet")
            else:
                key_hints(KEYS, "so-keys")
            with ui.element("ol").classes("so-list"):
                self._cards = [
                    ToGiveCard(one, self._choices, on_say=partial(self._say, one.id))
                    for one in lists.to_give
                ]

    def _draw_disagreed(self, lists: Lists) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="Seen differently"'):
            with ui.element("h2"):
                ui.label(f"Seen differently ({len(lists.disagreed)})")
            ui.label(
                "Either of the two changes their mind after talking, or a third person decides. Say why: the "
                "next one who meets such a message reads it."
            ).classes("tr-quiet")
            with ui.element("ol").classes("so-list"):
                for one in lists.disagreed:
                    DisputedCard(
                        one, self._choices,
                        on_say=partial(self._argue, one.id, one.own),
                    )  # fmt: skip

    def _draw_own(self, lists: Lists) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="Your own that wait"'):
            title = f"Your own that wait for a colleague ({len(lists.own)})"
            with ui.expansion(title).classes("w-full"), ui.element("ol").classes("so-list"):
                for one in lists.own:
                    with ui.element("li").classes("so-card"):
                        ui.label(one.text).classes("so-text").props("dir=auto")
                        with ui.element("div").classes("so-deeds"):
                            ui.label(f"You said: {words.intent(one.intent)}").classes("tr-quiet")
                            back = ui.button(
                                "Take it back", on_click=lambda one=one: self._withdraw(one.id)
                            )
                            back.props("flat dense no-caps")
                            back.props["aria-label"] = f"Take it back: {one.text[:60]}"

    def _draw_settled(self, lists: Lists) -> None:
        title = f"Settled lately ({len(lists.settled)})"
        section = ui.element("section").classes("tr-panel").props('aria-label="Settled lately"')
        with section, ui.expansion(title).classes("w-full"), ui.element("ol").classes("so-list"):
            for one in lists.settled:
                with ui.element("li"):
                    ui.label(one.text).classes("so-text").props("dir=auto")
                    said = f"{words.intent(one.intent)}, by {', '.join(one.names)}."
                    if one.differed:
                        said += f" Seen differently first: {one.reason}"
                    ui.label(said).classes("tr-quiet")
                    if one.problem:
                        ui.label(f"Not written: {one.problem}").classes("tr-quiet")

    async def _say(self, case_id: UUID, intent: str) -> None:
        place = next((at for at, card in enumerate(self._cards) if card.about.id == case_id), 0)
        await self._deed(lambda: self._opinions.give(case_id, intent, self._staff), place)

    async def _argue(self, case_id: UUID, own: bool, intent: str, reason: str) -> None:
        deed = self._opinions.revise if own else self._opinions.settle
        await self._deed(lambda: deed(case_id, intent, reason, self._staff), None)
        focus(self._title)

    async def _withdraw(self, case_id: UUID) -> None:
        try:
            await self._opinions.withdraw(case_id, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        await self.load()
        focus(self._title)

    async def _deed(self, deed: Callable[[], Awaitable[Outcome]], place: int | None) -> None:
        try:
            result = await deed()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        else:
            tone, sentence = words.outcome(result)
            self._last.set_text(sentence)
            self._last.classes(
                add="so-last--warn" if tone == "warn" else "",
                remove="" if tone == "warn" else "so-last--warn",
            )
            self._last.set_visibility(True)
        await self.load(place)

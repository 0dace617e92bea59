"""The page `/staff/training/suspects`: examples whose intent looks wrong, one card each, decided by one key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from nicegui import ui

from server.auth import Role, Staff
from server.clock import Clock
from server.errors import HandrailError
from server.focusing import busy, focus, is_busy
from server.pages import page_services, require_page
from training.key_hints import key_hints
from training.pages import room_frame
from training.room import TrainingRoom
from training.suspects import words
from training.suspects.card import Card
from training.suspects.models import SuspectDecision
from training.suspects.service import SHOWN, Found, Suspicious

PATH = "/staff/training/suspects"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
LOOK = 2.0
KEYS = (
    ("Enter", "its intent is right"),
    ("1", "move it to the likelier one"),
    ("/", "another intent"),
    ("i", "take it out"),
    ("u", "undo"),
    ("j", "next"),
    ("k", "before"),
)

Deed = Callable[[], Awaitable[SuspectDecision]]


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def suspects_page() -> None:
        staff = await require_page(Role.TRAINER)
        held = page_services()
        ui.add_css(STYLE)
        with room_frame("Doubtful examples", staff, PATH), ui.element("div").classes("su-page"):
            await SuspectsPage(held.training, staff, held.clock).build()


class SuspectsPage:
    """One trainer's view; cards that are decided leave it without a reload, and the next one has the focus."""

    def __init__(self, room: TrainingRoom, staff: Staff, clock: Clock) -> None:
        self._room, self._staff, self._clock = room, staff, clock
        self._cards: list[Card] = []
        self._total, self._size = 0, SHOWN
        self._watching = False
        self._done: UUID | None = None

    async def build(self) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="Overview"'):
            with ui.element("div").classes("su-head"):
                with ui.element("h1"):
                    ui.label("Doubtful examples")
                self._count = ui.label().classes("tr-quiet").props("aria-live=polite")
                self._again = ui.button("Look again", on_click=self._look).props("outline")
            ui.label(
                "Training examples that a model takes for another intent when it has not seen them. "
                "You decide; what you keep is never shown again."
            ).classes("tr-quiet")
            self._stamp = ui.label().classes("tr-quiet").props("role=status")
            self._keys = key_hints(KEYS, "su-keys")
        with ui.element("div").classes("su-said").props("aria-live=polite"):
            self._last = ui.element("div").classes("su-last")
        self._last.set_visibility(False)
        self._body = ui.element("div")
        self._intents = {name: words.intent(name) for name in await self._names()}
        await self.load()
        ui.timer(LOOK, self._watch)

    async def load(self, focus: int | None = None) -> None:
        """Read the list anew and draw it."""
        try:
            found = await self._room.suspects.page(self._size)
        except HandrailError as error:
            self._body.clear()
            with self._body, ui.element("section").classes("tr-panel su-empty"):
                ui.label(str(error))
            return
        self._tell(found)
        self._cards = []
        self._body.clear()
        with self._body:
            if not found.items:
                self._draw_nothing(found)
                return
            with ui.element("ol").classes("su-list").props('aria-label="Doubtful examples"'):
                self._cards = [self._card(one) for one in found.items]
            if found.total > len(found.items):
                with ui.element("div").classes("su-more"):
                    ui.button("Show more", on_click=self._more).props("flat no-caps")
        if focus is not None and self._cards:
            self._cards[min(focus, len(self._cards) - 1)].focus()

    def _tell(self, found: Found) -> None:
        self._total = found.total
        self._watching = found.looking
        self._count.set_text(words.count(found))
        said = words.stamp(found, self._clock.now())
        if found.looking:
            said = "Looking through all examples; it takes a minute or two. " + said
        elif found.problem:
            said = f"The last search failed: {found.problem} {said}"
        self._stamp.set_text(said)
        busy(self._again, found.looking)
        self._keys.set_visibility(bool(found.items))

    def _draw_nothing(self, found: Found) -> None:
        heading, advice = words.nothing(found)
        with ui.element("section").classes("tr-panel su-empty"):
            with ui.element("h2"):
                ui.label(heading)
            ui.label(advice).classes("tr-quiet")

    def _card(self, one: Suspicious) -> Card:
        return Card(
            one, self._intents,
            on_keep=lambda: self._keep(one), on_move=lambda to: self._move(one, to),
            on_remove=lambda: self._remove(one), on_key=self._step,
        )  # fmt: skip

    async def _keep(self, one: Suspicious) -> None:
        await self._decide(
            one, f"It stays “{words.intent(one.intent)}”, and is not shown again.",
            lambda: self._room.suspects.keep(one.text, one.intent, self._staff),
        )  # fmt: skip

    async def _move(self, one: Suspicious, to: str) -> None:
        await self._decide(
            one, f"It is an example of “{words.intent(to)}” now.",
            lambda: self._room.suspects.relabel(one.text, one.intent, to, self._staff),
        )  # fmt: skip

    async def _remove(self, one: Suspicious) -> None:
        await self._decide(
            one, "It is taken out of the training files.",
            lambda: self._room.suspects.remove(one.text, one.intent, self._staff),
        )  # fmt: skip

    async def _decide(self, one: Suspicious, sentence: str, deed: Deed) -> None:
        try:
            decided = await deed()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            await self.load(focus=0)
            return
        place = next((at for at, card in enumerate(self._cards) if card.about is one), 0)
        for card in [card for card in self._cards if card.about is one]:
            self._cards.remove(card)
            card.remove()
        self._total -= 1
        self._count.set_text(f"{self._total:,} {'example' if self._total == 1 else 'examples'}")
        self._done = decided.id
        self._last.clear()
        self._last.set_visibility(True)
        with self._last:
            ui.label(sentence)
            back = ui.button("Undo", on_click=self._undo, color=None).props("flat dense no-caps")
        if self._cards:
            self._cards[min(place, len(self._cards) - 1)].focus()
        else:
            await self.load()
            if not self._cards:
                focus(back)

    async def _undo(self) -> None:
        if self._done is None:
            return
        try:
            await self._room.suspects.undo(self._done, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        self._done = None
        self._last.set_visibility(False)
        await self.load(focus=0)

    async def _step(self, card: Card, key: str) -> None:
        """What a key does that concerns other cards than its own."""
        if key == "u":
            await self._undo()
            return
        place = self._cards.index(card) + (1 if key in ("j", "ArrowDown") else -1)
        if 0 <= place < len(self._cards):
            self._cards[place].focus()

    async def _more(self) -> None:
        before, self._size = len(self._cards), 300
        await self.load(focus=before)

    async def _look(self) -> None:
        if is_busy(self._again):
            return
        try:
            await self._room.suspects.look()
        except HandrailError as error:
            ui.notify(str(error), type="warning")
        self._watching = True
        busy(self._again, True)
        self._stamp.set_text("Looking through all examples; it takes a minute or two.")

    async def _watch(self) -> None:
        if self._watching and not (await self._room.suspects.is_looking()):
            await self.load()

    async def _names(self) -> list[str]:
        try:
            return await self._room.labels.names()
        except HandrailError:
            return []  # The list can be read, kept and taken out without the domain.

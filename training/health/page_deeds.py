"""What a trainer does on the health page: done at once, said in a line, taken back by a button or a key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from server.auth import Staff
from server.errors import HandrailError
from server.focusing import focus
from training.health import words
from training.health.desk import DataHealth
from training.health.mending import Mended
from training.health.page_lines import ExampleLine
from training.nlu_files import Example

TRAIN = "/staff/training/model"
Undo = Callable[[], Awaitable[None]]
Load = Callable[[], Awaitable[object]]


class Deeds:
    """One trainer's; the last deed alone can be taken back here, earlier ones by their labels."""

    def __init__(self, desk: DataHealth, staff: Staff, load: Load) -> None:
        """`load` draws anew what these lines stand in."""
        self._desk, self._staff, self.load = desk, staff, load
        self._undo: Undo | None = None
        self._back: ui.button | None = None
        self._mended: tuple[Example, str, Mended] | None = None
        self.lock = asyncio.Lock()
        """Held while something is done."""
        self.home: ui.element | None = None
        """Has the keys when neither an example nor the way back can have them."""
        self.lines: list[ExampleLine] = []
        self.intents: dict[str, str] = {}
        """Where an example can be moved, and what that is called."""

    def elsewhere(self, load: Load) -> Deeds:
        """The same person's, in a window over the page."""
        other = Deeds(self._desk, self._staff, load)
        other.intents = self.intents
        return other

    def adopt(self, other: Deeds) -> bool:
        """Go on where the other has ended; False: it has done nothing."""
        if other._mended is None:
            return False
        if other._undo is not None:
            self._told(*other._mended)
        else:
            self._forget()
        return True

    def build(self) -> None:
        with ui.element("div").classes("dh-said").props("aria-live=polite"):
            self._last = ui.element("div").classes("tr-last")
        self._last.set_visibility(False)

    def focus(self, place: int) -> None:
        """Give the keys to an example; without any, to the way back."""
        if self.lines:
            self.lines[min(place, len(self.lines) - 1)].focus()
        else:
            self.focus_back()

    def focus_back(self) -> None:
        """Give the keys to the way back from what was done last."""
        element = self._back or self.home
        if element is not None:
            focus(element)

    def say(self, sentence: str, undo: Undo, *, train: bool = False) -> None:
        """Tell what was done, with a way back; `train`: and that it counts from the next training on."""
        self._undo = undo
        self._last.clear()
        self._last.set_visibility(True)
        with self._last:
            with ui.element("span"):
                ui.label(f"{sentence} ").style("display: inline")
                if train:
                    ui.link("Train when you are done.", TRAIN).style("color: inherit")
            self._back = ui.button("Undo", on_click=self._take_back, color=None)
            self._back.props("flat dense no-caps")

    async def remove(self, example: Example) -> None:
        """Take an example out of the training data."""
        said = f"“{example.text}” is no example of {words.intent(example.intent)} any more."
        await self._mend(example, said, lambda: self._desk.mending.remove(example, self._staff))

    async def move(self, example: Example, to: str) -> None:
        """Make it an example of another intent."""
        said = f"“{example.text}” is an example of {words.intent(to)} now."
        await self._mend(example, said, lambda: self._desk.mending.move(example, to, self._staff))

    async def _mend(
        self, example: Example, said: str, deed: Callable[[], Awaitable[Mended]]
    ) -> None:
        async with self.lock:
            before = self._before(example)
            try:
                mended = await deed()
            except HandrailError as error:
                ui.notify(str(error), type="negative", multi_line=True)
            else:
                self._told(example, said, mended)
            await self.load()
            # Of a pair that is settled both lines are gone: the next one is what follows those before it.
            self.focus(sum(line.example in before for line in self.lines))

    def _told(self, example: Example, said: str, mended: Mended) -> None:
        async def take_back() -> None:
            await self._desk.mending.take_back(mended)
            await self.load()
            self.focus(len(self._before(example)))

        self._mended = example, said, mended
        self.say(said, take_back, train=True)

    def _before(self, example: Example) -> list[Example]:
        every = [line.example for line in self.lines]
        return every[: every.index(example)] if example in every else []

    async def add_golden(self, intent: str, texts: Sequence[str]) -> None:
        """Write golden messages of an intent."""
        try:
            added = await self._desk.add_golden(intent, texts)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return

        async def take_out() -> None:
            await self._desk.remove_golden(intent, added)
            await self.load()
            self.focus_back()

        many = words.plural(len(added), "golden message", "golden messages")
        self.say(f"{many} of {words.intent(intent)} added.", take_out)
        await self.load()
        self.focus_back()

    async def other_key(self, line: ExampleLine, key: str) -> None:
        """What a key does that concerns more than its own line."""
        if key == "u":
            await self._take_back()
            return
        place = self.lines.index(line) + (1 if key in ("j", "ArrowDown") else -1)
        if 0 <= place < len(self.lines):
            self.lines[place].focus()

    async def _take_back(self) -> None:
        if self._undo is None:
            return
        undo = self._undo
        self._forget()
        async with self.lock:
            try:
                await undo()
            except HandrailError as error:
                ui.notify(str(error), type="negative", multi_line=True)
                await self.load()
                self.focus_back()

    def _forget(self) -> None:
        self._undo = self._back = None
        self._last.set_visibility(False)

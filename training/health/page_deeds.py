"""What a trainer does on the health page: done at once, said in a line, taken back by a button or a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from server.auth import Staff
from server.errors import HandrailError
from training.health import words
from training.health.desk import DataHealth
from training.health.mending import Mended
from training.health.page_lines import ExampleLine
from training.nlu_files import Example

Undo = Callable[[], Awaitable[None]]
Load = Callable[[int | None], Awaitable[None]]


class Deeds:
    """One trainer's; the last deed alone can be taken back here, earlier ones by their labels."""

    def __init__(self, desk: DataHealth, staff: Staff, load: Load) -> None:
        """`load` draws the page anew, with the keys on the example at this place."""
        self._desk, self._staff, self._load = desk, staff, load
        self._undo: Undo | None = None
        self.lines: list[ExampleLine] = []
        self.intents: dict[str, str] = {}
        """Where an example can be moved, and what that is called."""

    def build(self) -> None:
        with ui.element("div").classes("dh-said").props("aria-live=polite"):
            self._last = ui.element("div").classes("tr-last")
        self._last.set_visibility(False)

    def focus(self, place: int) -> None:
        """Give the keys to an example."""
        if self.lines:
            self.lines[min(place, len(self.lines) - 1)].focus()

    def say(self, sentence: str, undo: Undo) -> None:
        """Tell what was done, with a way back."""
        self._undo = undo
        self._last.clear()
        self._last.set_visibility(True)
        with self._last:
            ui.label(sentence)
            ui.button("Undo", on_click=self._take_back).props("flat dense no-caps")

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
        place = next((n for n, line in enumerate(self.lines) if line.example == example), 0)
        try:
            mended = await deed()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            await self._load(place)
            return

        async def take_back() -> None:
            await self._desk.mending.take_back(mended)
            await self._load(place)

        self.say(f"{said} Train when you are done.", take_back)
        await self._load(place)

    async def add_golden(self, intent: str, texts: Sequence[str]) -> None:
        """Write golden messages of an intent."""
        try:
            added = await self._desk.add_golden(intent, texts)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return

        async def take_out() -> None:
            await self._desk.remove_golden(intent, added)
            await self._load(None)

        many = words.plural(len(added), "golden message", "golden messages")
        self.say(f"{many} of {words.intent(intent)} added.", take_out)
        await self._load(None)

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
        undo, self._undo = self._undo, None
        self._last.set_visibility(False)
        try:
            await undo()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            await self._load(None)

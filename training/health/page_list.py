"""The window with all examples of an intent: one after the other is moved or taken out, and it stays open."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from server.errors import HandrailError
from server.focusing import focus_marked
from training.health import words
from training.health.desk import DataHealth
from training.health.page_deeds import Deeds
from training.health.page_lines import ExampleLine, draw_keys


class Examples:
    def __init__(
        self, intent: str, rivals: Sequence[str], desk: DataHealth, page: Deeds, mark: str
    ) -> None:
        """`rivals`: the intents that it is confused with; `page`: is drawn anew once this is closed, and the
        element with this `mark` has the keys then."""
        self._intent, self._rivals, self._desk, self._page = intent, rivals, desk, page
        self._deeds = page.elsewhere(self._load)
        self._mark = mark

    async def open(self) -> None:
        # In the page itself: the finding below which it was asked for is drawn anew.
        with ui.context.client.content, ui.dialog() as dialog, ui.card().classes("dh-dialog"):
            with ui.element("h2").props("tabindex=-1") as self._deeds.home:
                self._heading = ui.label()
            self._deeds.build()
            draw_keys()
            self._list = ui.element("ul").classes("dh-group dh-scroll")
            ui.button("Done", on_click=dialog.close)

        async def closed() -> None:
            async with self._deeds.lock:  # what was begun is done first
                dialog.delete()
            if self._page.adopt(self._deeds):
                await self._page.load()
                focus_marked(self._mark)

        dialog.on("show", lambda: self._deeds.focus(0))
        dialog.on("hide", closed)
        if await self._load():
            dialog.open()
        else:
            dialog.delete()

    async def _load(self) -> bool:
        """Read the examples and draw them; False: they can't be read."""
        try:
            every = [one for one in await self._desk.examples() if one.intent == self._intent]
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return False
        self._heading.set_text(f"Examples of {words.intent(self._intent)} ({len(every)})")
        there = set(every)
        for line in [line for line in self._deeds.lines if line.example not in there]:
            self._deeds.lines.remove(line)
            line.delete()
        if len(self._deeds.lines) == len(every):
            return True  # hundreds of lines take their time
        self._list.clear()
        with self._list:
            self._deeds.lines = [
                ExampleLine(
                    example, self._rivals, self._deeds.intents, told=False,
                    remove=self._deeds.remove, move=self._deeds.move, other=self._deeds.other_key,
                )
                for example in every
            ]  # fmt: skip
        return True

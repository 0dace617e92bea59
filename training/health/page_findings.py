"""One finding on the health page: its sentence, its examples, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from server.errors import HandrailError
from training.health import words
from training.health.desk import DataHealth
from training.health.findings import Finding, Kind, Line
from training.nlu_files import Example

Settle = Callable[[Finding], Awaitable[None]]
Removed = Callable[[Example], Awaitable[None]]


class Card:
    """Texts stand in labels only: never in HTML or markdown."""

    def __init__(
        self, finding: Finding, desk: DataHealth, *, settle: Settle, removed: Removed
    ) -> None:
        self._finding, self._desk = finding, desk
        self._settle, self._removed = settle, removed
        with ui.element("li"):
            ui.label(words.title(finding)).classes("dh-title")
            for group in finding.lines:
                self._build_group(group)
            self._build_deeds()

    def _build_group(self, group: Sequence[Line]) -> None:
        with ui.element("ul").classes("dh-group"):
            for line in group:
                with ui.element("li").classes("dh-line"):
                    with ui.element("div"):
                        ui.label(line.text).classes("dh-text").props("dir=auto")
                        ui.label(_of(line)).classes("tr-quiet")
                    if not line.message:
                        self._build_remove(Example(line.intent, line.text))

    def _build_remove(self, example: Example) -> None:
        async def remove() -> None:
            try:
                gone = await self._desk.remove(example)
            except HandrailError as error:
                ui.notify(str(error), type="negative", multi_line=True)
                return
            await self._removed(gone)

        button = ui.button("Take out", on_click=remove).props("flat dense no-caps")
        button.props["aria-label"] = f"Take out: {example.text[:60]}"

    def _build_deeds(self) -> None:
        finding = self._finding
        with ui.element("div").classes("dh-deeds"):
            for label, address in words.where(finding):
                ui.link(label, address)
            if finding.kind in (Kind.CONFUSED, Kind.MANY, Kind.UNUSED):
                for name in finding.intents:
                    button = ui.button(
                        f"Examples of {words.intent(name)}…",
                        on_click=lambda name=name: self._list(name),
                    )
                    button.props("flat dense no-caps")
            settle = ui.button("Not a problem", on_click=lambda: self._settle(finding))
            settle.props("flat dense no-caps")
            settle.props["aria-label"] = f"Not a problem: {words.title(finding)}"

    async def _list(self, intent: str) -> None:
        """Show all of an intent's examples, each to be taken out."""
        try:
            every = [one for one in await self._desk.examples() if one.intent == intent]
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        with ui.dialog() as dialog, ui.card().classes("dh-dialog"):
            with ui.element("h2"):
                ui.label(f"Examples of {words.intent(intent)} ({len(every)})")
            with ui.element("ul").classes("dh-group dh-scroll"):
                for example in every:
                    with ui.element("li").classes("dh-line") as row:
                        ui.label(example.text).classes("dh-text").props("dir=auto")
                        self._build_take_out(example, row)
            ui.button("Done", on_click=dialog.close)
        dialog.open()

    def _build_take_out(self, example: Example, row: ui.element) -> None:
        async def take_out() -> None:
            try:
                gone = await self._desk.remove(example)
            except HandrailError as error:
                ui.notify(str(error), type="negative", multi_line=True)
                return
            row.set_visibility(False)
            ui.notify(f"“{gone.text}” is taken out.")

        button = ui.button("Take out", on_click=take_out).props("flat dense no-caps")
        button.props["aria-label"] = f"Take out: {example.text[:60]}"


def _of(line: Line) -> str:
    if line.message:
        return f"a customer wrote this; read as {words.intent(line.intent)}"
    return f"example of {words.intent(line.intent)}"

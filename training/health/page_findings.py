"""One finding on the health page: its sentence, its examples, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from server.errors import HandrailError
from training.health import words
from training.health.desk import DataHealth
from training.health.findings import Finding, Kind
from training.health.golden import LEAST
from training.health.page_deeds import Deeds
from training.health.page_lines import ExampleLine, message_line
from training.nlu_files import Example

Settle = Callable[[Finding], Awaitable[None]]


class Card:
    """Texts stand in labels only: never in HTML or markdown."""

    def __init__(self, finding: Finding, desk: DataHealth, deeds: Deeds, settle: Settle) -> None:
        self._finding, self._desk, self._deeds, self._settle = finding, desk, deeds, settle
        self.lines: list[ExampleLine] = []
        with ui.element("li"):
            ui.label(words.title(finding)).classes("dh-title")
            for group in finding.lines:
                with ui.element("ul").classes("dh-group"):
                    for line in group:
                        if line.message:
                            message_line(line)
                        else:
                            self.lines.append(self._line(Example(line.intent, line.text)))
            if finding.kind is Kind.GOLDEN:
                self._build_golden(finding.intents[0])
            self._build_deeds()

    def _line(self, example: Example) -> ExampleLine:
        return ExampleLine(
            example, self._finding.intents, self._deeds.intents,
            remove=self._deeds.remove, move=self._deeds.move, other=self._deeds.other_key,
        )  # fmt: skip

    def _build_golden(self, intent: str) -> None:
        """A field for each message that is missing; Enter in one of them saves."""
        missing = LEAST - int(self._finding.figures["golden"])
        with ui.element("div").classes("dh-golden"):
            fields = [
                ui.input(placeholder="as a customer would say it")
                .props(f'outlined dense maxlength=500 aria-label="Message {number + 1}"')
                .classes("w-full")
                for number in range(missing)
            ]

            async def save() -> None:
                written = [str(field.value).strip() for field in fields if field.value]
                if not written:
                    ui.notify("Write a message first.")
                    fields[0].run_method("focus")
                    return
                await self._deeds.add_golden(intent, written)

            for field in fields:
                field.on("keydown.enter", save)
            button = ui.button("Add", on_click=save).props("outline no-caps")
            button.props["aria-label"] = f"Add golden messages of {words.intent(intent)}"

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
        """Show all of an intent's examples, each to be moved or taken out; what is done shows on the page."""
        try:
            every = [one for one in await self._desk.examples() if one.intent == intent]
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        with ui.dialog() as dialog, ui.card().classes("dh-dialog"):
            with ui.element("h2"):
                ui.label(f"Examples of {words.intent(intent)} ({len(every)})")

            async def remove(example: Example) -> None:
                dialog.close()
                await self._deeds.remove(example)

            async def move(example: Example, to: str) -> None:
                dialog.close()
                await self._deeds.move(example, to)

            lines: list[ExampleLine] = []

            async def step(line: ExampleLine, key: str) -> None:
                place = lines.index(line) + (1 if key in ("j", "ArrowDown") else -1)
                if key != "u" and 0 <= place < len(lines):
                    lines[place].focus()

            with ui.element("ul").classes("dh-group dh-scroll"):
                lines += [
                    ExampleLine(
                        example, self._finding.intents, self._deeds.intents,
                        remove=remove, move=move, other=step,
                    )
                    for example in every
                ]  # fmt: skip
            ui.button("Done", on_click=dialog.close)
        dialog.open()

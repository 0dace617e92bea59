"""One finding on the health page: its sentence, its examples, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from server.focusing import focus
from training.health import words
from training.health.desk import DataHealth
from training.health.findings import Finding, Kind
from training.health.golden import LEAST
from training.health.page_deeds import Deeds
from training.health.page_lines import ExampleLine, message_line
from training.health.page_list import Examples
from training.nlu_files import Example

Settle = Callable[[Finding], Awaitable[None]]


class Card:
    """Texts stand in labels only: never in HTML or markdown."""

    def __init__(self, finding: Finding, desk: DataHealth, deeds: Deeds, settle: Settle) -> None:
        self._finding, self._desk, self._deeds, self._settle = finding, desk, deeds, settle
        self.lines: list[ExampleLine] = []
        with ui.element("li").props("tabindex=-1") as self._element:
            ui.label(words.title(finding)).classes("dh-title")
            if finding.kind is Kind.CONFUSED and not finding.lines:
                ui.label("The examples that stood here are dealt with.").classes("tr-quiet")
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

    def focus(self) -> None:
        focus(self._element)

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
                .props("outlined dense maxlength=500")
                .classes("w-full")
                for _ in range(missing)
            ]
            for number, field in enumerate(fields, 1):
                field.props["aria-label"] = f"Message {number} of {words.intent(intent)}"

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
                    button.props["data-mark"] = self._mark(name)
            settle = ui.button("Not a problem", on_click=lambda: self._settle(finding))
            settle.props("flat dense no-caps")
            settle.props["aria-label"] = f"Not a problem: {words.title(finding)}"

    async def _list(self, intent: str) -> None:
        mark, rivals = self._mark(intent), self._finding.intents
        await Examples(intent, rivals, self._desk, self._deeds, mark).open()

    def _mark(self, intent: str) -> str:
        return f"{self._finding.key}-{intent}"

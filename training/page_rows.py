"""One message of the trainer's inbox as a table row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from nicegui import ui

from training import words
from training.inbox import Item
from training.models import IGNORED


class Row:
    """Customer text stands in labels only: never in HTML or markdown."""

    def __init__(
        self,
        item: Item,
        intents: Mapping[str, str],
        *,
        on_label: Callable[[str], Awaitable[object]],
        on_ignore: Callable[[], Awaitable[None]],
        on_undo: Callable[[], Awaitable[None]],
        on_select: Callable[[], None],
    ) -> None:
        self.item = item
        self._right: ui.select | ui.button | None = None
        self._box: ui.checkbox | None = None
        short = item.text if len(item.text) <= 60 else item.text[:60] + "…"
        with ui.element("tr").classes("tr-row") as self._element:
            with ui.element("td"):
                if item.label is None:
                    self._box = ui.checkbox(on_change=on_select)
                    self._box.props["aria-label"] = f"Select: {short}"
            with ui.element("td"):
                ui.label(item.text).classes("tr-text").props("dir=auto")
                if item.times > 1:
                    ui.label(f"Seen {item.times:,} times").classes("tr-quiet")
            self._build_guess()
            with ui.element("td"), ui.element("div").classes("tr-why"):
                for reason in item.reasons:
                    chip = ui.label(words.REASONS[reason]).classes("tr-chip")
                    chip.props["title"] = words.EXPLAINED[reason]
                for one in item.proposals[:3]:
                    said = f"{one.name}: really about {words.intent(one.intent)}"
                    ui.label(said).classes("tr-quiet")
            with ui.element("td"), ui.element("div").classes("tr-do"):
                if item.label is None:
                    self._build_choice(intents, short, on_label, on_ignore)
                else:
                    self._build_label(item.label, on_undo)

    @property
    def selected(self) -> bool:
        return self._box is not None and bool(self._box.value)

    def select(self, on: bool) -> None:
        if self._box is not None:
            self._box.value = on

    def focus(self) -> None:
        if isinstance(self._right, ui.select):
            self._right.run_method("focus")

    def remove(self) -> None:
        self._element.delete()

    def _build_guess(self) -> None:
        item = self.item
        with ui.element("td"), ui.element("div").classes("tr-guess"):
            with ui.element("strong"):
                ui.label(words.intent(item.intent))
            with ui.element("div").classes("tr-bar").props("aria-hidden=true"):
                ui.element("div").style(f"width: {100 * (item.confidence or 0):.0f}%")
            ui.label(words.percent(item.confidence)).classes("tr-quiet")
            others = item.candidates[1:4]
            if others:
                ui.label(
                    ", ".join(f"{words.intent(name)} {share:.0%}" for name, share in others)
                ).classes("tr-others")

    def _build_choice(
        self,
        intents: Mapping[str, str],
        short: str,
        on_label: Callable[[str], Awaitable[object]],
        on_ignore: Callable[[], Awaitable[None]],
    ) -> None:
        right = ui.select(dict(intents), label="Choose…", with_input=True)
        right.props("outlined dense options-dense hide-bottom-space")
        right.props["aria-label"] = f"Right intent for: {short}"

        async def choose() -> None:
            if right.value and not await on_label(str(right.value)):
                right.value = None

        right.on_value_change(choose)
        self._right = right
        with ui.element("div").classes("tr-line"):
            guess = self.item.intent
            if guess in intents:

                async def confirm() -> None:
                    await on_label(str(guess))

                ui.button("Guess is right", on_click=confirm).props("flat dense no-caps")
            for proposed in dict.fromkeys(one.intent for one in self.item.proposals):
                if proposed in intents and proposed != guess:
                    name = f"Agent is right: {words.intent(proposed)}"
                    ui.button(name, on_click=partial(on_label, proposed)).props(
                        "flat dense no-caps"
                    )
            ui.button("Ignore", on_click=on_ignore).props("flat dense no-caps")

    def _build_label(self, label: str, on_undo: Callable[[], Awaitable[None]]) -> None:
        ui.label("Ignored" if label == IGNORED else words.intent(label)).classes("tr-text")
        undo = "List it again" if label == IGNORED else "Take the label back"
        ui.button(undo, on_click=on_undo).props("flat dense no-caps")

"""One doubtful example: its words, what speaks for either intent, and what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui
from nicegui.events import GenericEventArguments

from server.choosing import choice
from server.focusing import focus
from training.suspects import words
from training.suspects.service import Suspicious

# Single keys count only while the card itself has the focus (WCAG 2.1.4), so that nobody's speech input or
# typing in a field decides anything.
_OWN_KEYS = """(event) => {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!["Enter", "1", "i", "/", "u", "j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  emit(event.key);
}"""


class Card:
    """Texts stand in labels only: never in HTML or markdown."""

    def __init__(
        self,
        about: Suspicious,
        intents: Mapping[str, str],
        *,
        on_keep: Callable[[], Awaitable[None]],
        on_move: Callable[[str], Awaitable[None]],
        on_remove: Callable[[], Awaitable[None]],
        on_key: Callable[[Card, str], Awaitable[None]],
    ) -> None:
        self.about = about
        self._intents = intents
        self._keep, self._move, self._remove, self._other_key = on_keep, on_move, on_remove, on_key
        short = about.text if len(about.text) <= 60 else about.text[:60] + "…"
        with ui.element("li").classes("su-card").props("tabindex=0") as self._element:
            self._element.props["aria-label"] = f"{short}: {words.intent(about.intent)}?"
            self._element.on("keydown", self._pressed, js_handler=_OWN_KEYS)
            ui.label(about.text).classes("su-text").props("dir=auto")
            with ui.element("div").classes("su-sides"):
                self._side("Now", about.intent, about.probability, about.near, "")
                self._side(
                    "Looks like", about.likely, about.likely_probability, about.likely_near,
                    "su-side--likely",
                )  # fmt: skip
            self._deeds(short)

    def focus(self) -> None:
        focus(self._element)

    def remove(self) -> None:
        self._element.delete()

    def _side(
        self, title: str, intent: str, probability: float, near: Sequence[str], style: str
    ) -> None:
        with ui.element("div").classes(f"su-side {style}"):
            with ui.element("div").classes("su-name"):
                ui.label(f"{title}: {words.intent(intent)}")
                ui.label(words.percent(probability))
            if near:
                with ui.element("ul").classes("su-near"):
                    for text in near:
                        with ui.element("li").props("dir=auto"):
                            ui.label(text).style("display: inline")

    def _deeds(self, short: str) -> None:
        likely = words.intent(self.about.likely)
        with ui.element("div").classes("su-deeds"):
            ui.button("Right as it is", on_click=self._keep).props("outline").props[
                "aria-label"
            ] = f"Right as it is: {short}"
            ui.button(f"Move to “{likely}”", on_click=self._to_likely)
            others = {n: said for n, said in self._intents.items() if n != self.about.intent}
            self._other = choice(others, label="Another intent")
            self._other.props("outlined dense options-dense hide-bottom-space")
            self._other.props["aria-label"] = f"Another intent for: {short}"
            self._other.on_value_change(self._to_other)
            ui.button("Take it out", on_click=self._remove).props("flat no-caps").props[
                "aria-label"
            ] = f"Take it out: {short}"

    async def _to_likely(self) -> None:
        await self._move(self.about.likely)

    async def _to_other(self) -> None:
        if self._other.value:
            await self._move(str(self._other.value))

    async def _pressed(self, event: GenericEventArguments) -> None:
        key = str(event.args)
        if key == "Enter":
            await self._keep()
        elif key == "1":
            await self._to_likely()
        elif key == "i":
            await self._remove()
        elif key == "/":
            self._other.run_method("focus")
        else:
            await self._other_key(self, key)

"""One message on the page of second opinions: to be read blind, or seen differently by two people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from nicegui import ui
from nicegui.events import GenericEventArguments

from server.choosing import choice
from server.focusing import focus
from training.models import IGNORED
from training.opinions import words
from training.opinions.lists import Disputed, ToGive

# Single keys count only while the card itself has the focus (WCAG 2.1.4).
_OWN_KEYS = """(event) => {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const card = event.currentTarget;
  const to = { j: card.nextElementSibling, ArrowDown: card.nextElementSibling,
               k: card.previousElementSibling, ArrowUp: card.previousElementSibling }[event.key];
  if (to) { event.preventDefault(); to.focus(); return; }
  if (!["1", "2", "3", "i", "/"].includes(event.key)) return;
  event.preventDefault();
  emit(event.key);
}"""


class ToGiveCard:
    """The message and the model's guesses, as the first person had them; nothing of what that person said."""

    def __init__(
        self,
        about: ToGive,
        choices: Mapping[str, str],
        *,
        on_say: Callable[[str], Awaitable[None]],
    ) -> None:
        self.about, self._say = about, on_say
        self._guesses = [name for name, _ in about.guesses if name in choices and name != IGNORED]
        short = about.text[:60]
        with ui.element("li").classes("so-card").props("tabindex=0") as self._element:
            self._element.props["aria-label"] = f"What is this about: {short}"
            self._element.on("keydown", self._pressed, js_handler=_OWN_KEYS)
            ui.label(about.text).classes("so-text").props("dir=auto")
            with ui.element("div").classes("so-deeds"):
                for number, name in enumerate(self._guesses, 1):
                    guess = ui.button(
                        f"{number} · {words.intent(name)}", on_click=partial(on_say, name)
                    )
                    guess.props("outline")
                    guess.props["aria-label"] = f"{words.intent(name)}: {short}"
                self._other = choice(choices, label="Another intent")
                self._other.props("outlined dense options-dense hide-bottom-space")
                self._other.props["aria-label"] = f"Another intent for: {short}"
                self._other.on_value_change(self._chosen)
                ignore = ui.button("Teaches nothing", on_click=partial(on_say, IGNORED))
                ignore.props("flat no-caps")
                ignore.props["aria-label"] = f"Teaches nothing: {short}"

    def focus(self) -> None:
        focus(self._element)

    async def _chosen(self) -> None:
        if self._other.value:
            await self._say(str(self._other.value))

    async def _pressed(self, event: GenericEventArguments) -> None:
        key = str(event.args)
        if key == "/":
            self._other.run_method("focus")
        elif key == "i":
            await self._say(IGNORED)
        elif int(key) <= len(self._guesses):
            await self._say(self._guesses[int(key) - 1])


class DisputedCard:
    """What both said, and a place to settle it with a reason."""

    def __init__(
        self,
        about: Disputed,
        choices: Mapping[str, str],
        *,
        on_say: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._say = on_say
        short = about.text[:60]
        with ui.element("li").classes("so-card"):
            ui.label(about.text).classes("so-text").props("dir=auto")
            with ui.element("div").classes("so-saids"):
                for one in about.said:
                    with ui.element("div").classes("so-one"):
                        ui.label(one.name).classes("tr-quiet")
                        with ui.element("strong"):
                            ui.label(words.intent(one.later or one.intent))
                        if one.later and one.later != one.intent:
                            ui.label(f"before: {words.intent(one.intent)}").classes("tr-quiet")
                        if one.reason:
                            ui.label(f"“{one.reason}”").classes("tr-quiet")
            with ui.element("div").classes("so-deeds"):
                title = "I would say now" if about.own else "It is"
                self._intent = choice(choices, label=title)
                self._intent.props("outlined dense options-dense hide-bottom-space")
                self._intent.props["aria-label"] = f"{title}: {short}"
                self._reason = ui.input(label="Because").props("outlined dense maxlength=500")
                self._reason.props["aria-label"] = f"Because: {short}"
                self._reason.on("keydown.enter", self._send)
                save = ui.button("Change my mind" if about.own else "Settle", on_click=self._send)
                save.props["aria-label"] = f"{'Change my mind' if about.own else 'Settle'}: {short}"

    async def _send(self) -> None:
        if not self._intent.value or not (self._reason.value or "").strip():
            ui.notify("Choose an intent and say why.", type="warning")
            return
        await self._say(str(self._intent.value), str(self._reason.value))

"""One line of a finding: its words, and what can be done with an example by a button or a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui
from nicegui.events import GenericEventArguments

from server.choosing import choice
from server.focusing import focus
from training.health import words
from training.health.findings import Line
from training.key_hints import key_hints
from training.nlu_files import Example

Remove = Callable[[Example], Awaitable[None]]
Move = Callable[[Example, str], Awaitable[None]]
Other = Callable[["ExampleLine", str], Awaitable[None]]

KEYS = (
    ("j", "next example"),
    ("k", "before"),
    ("1", "move it to the other intent"),
    ("/", "another intent"),
    ("i", "take it out"),
    ("u", "undo"),
)
# Single keys count only while the line itself has the focus (WCAG 2.1.4), so that nobody's speech input or
# typing in a field decides anything.
_OWN_KEYS = """(event) => {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!["1", "i", "/", "u", "j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  emit(event.key);
}"""


def draw_keys() -> None:
    """What the keys do while an example has the focus."""
    key_hints(KEYS, "dh-keys", "With an example chosen:")


def message_line(line: Line) -> None:
    """What a customer wrote: to be compared with, not to be changed."""
    with ui.element("li").classes("dh-line"), ui.element("div"):
        ui.label(line.text).classes("dh-text").props("dir=auto")
        ui.label(f"a customer wrote this; read as {words.intent(line.intent)}").classes("tr-quiet")


class ExampleLine:
    """Texts stand in labels only: never in HTML or markdown."""

    def __init__(
        self,
        example: Example,
        rivals: Sequence[str],
        intents: Mapping[str, str],
        *,
        remove: Remove,
        move: Move,
        other: Other,
        told: bool = True,
    ) -> None:
        """`rivals`: the finding's intents; `other`: hears of keys that concern more than this line; `told`: whose
        example it is stands below it."""
        self.example = example
        self._to = next((name for name in rivals if name != example.intent and name in intents), "")
        self._intents = {name: said for name, said in intents.items() if name != example.intent}
        self._remove, self._move, self._other = remove, move, other
        short = example.text if len(example.text) <= 60 else example.text[:60] + "…"
        with ui.element("li").classes("dh-line dh-line--own").props("tabindex=0") as self._element:
            self._element.props["aria-label"] = f"{short}: {words.intent(example.intent)}"
            self._element.on("keydown", self._pressed, js_handler=_OWN_KEYS)
            with ui.element("div"):
                ui.label(example.text).classes("dh-text").props("dir=auto")
                if told:
                    ui.label(f"example of {words.intent(example.intent)}").classes("tr-quiet")
            with ui.element("div").classes("dh-moves"):
                if self._to:
                    self._button(f"Move to {words.intent(self._to)}", short, self._to_rival)
                self._button("Another intent…", short, self.choose)
                self._button("Take out", short, self._take_out)

    def delete(self) -> None:
        self._element.delete()

    def focus(self) -> None:
        focus(self._element)

    def choose(self) -> None:
        """Ask for an intent; the first letters find it."""
        with self._element, ui.dialog() as dialog, ui.card().classes("dh-dialog"):
            with ui.element("h2"):
                ui.label("Which intent is it an example of?")
            ui.label(self.example.text).classes("dh-text").props("dir=auto")
            field = choice(self._intents, label="Intent").classes("w-full")
            field.props("outlined autofocus options-dense")

            async def chosen() -> None:
                if field.value:
                    dialog.close()
                    await self._move(self.example, str(field.value))

            field.on_value_change(chosen)
            ui.button("Leave it", on_click=dialog.close).props("flat no-caps")
        dialog.on("hide", dialog.delete)
        dialog.open()

    def _button(self, said: str, short: str, does: Callable[[], object]) -> None:
        button = ui.button(said, on_click=does).props("flat dense no-caps")
        button.props["aria-label"] = f"{said}: {short}"

    async def _to_rival(self) -> None:
        await self._move(self.example, self._to)

    async def _take_out(self) -> None:
        await self._remove(self.example)

    async def _pressed(self, event: GenericEventArguments) -> None:
        key = str(event.args)
        if key == "1" and self._to:
            await self._to_rival()
        elif key == "i":
            await self._take_out()
        elif key in ("/", "1"):
            self.choose()
        else:
            await self._other(self, key)

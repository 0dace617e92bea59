"""The test console, `/staff/training/try`: a sentence or a conversation against kept models, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from nicegui import background_tasks, ui

from server.auth import Role
from server.errors import HandrailError
from server.focusing import busy, is_busy
from server.pages import page_services, require_page
from training.pages import room_frame
from training.room import TrainingRoom
from training.trying import choices, words
from training.trying.choices import Choice
from training.trying.page_story import RunPanel, StoryPanel
from training.trying.page_turns import draw_walks
from training.trying.service import Trying
from training.trying.walks import MESSAGES, read_lines

PATH = "/staff/training/try"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
NOBODY = ""


def register_pages() -> None:
    """Declare the page to NiceGUI."""

    @ui.page(PATH)
    async def try_page(turn: str = "") -> None:
        staff = await require_page(Role.TRAINER)
        room: TrainingRoom = page_services().training
        ui.add_css(STYLE)
        with room_frame("Test console", staff, PATH), ui.element("div").classes("ty"):
            try:
                known = await room.trying.choices()
                intents = await room.labels.names()
            except HandrailError as error:
                ui.label(str(error)).classes("ty-bad")
                return
            await Console(room.trying, known, intents).build(turn)


class Console:
    def __init__(self, trying: Trying, known: Sequence[Choice], intents: Sequence[str]) -> None:
        self._trying, self._known = trying, known
        self._runs = RunPanel(trying, lambda: str(self._first.value))
        self._story = StoryPanel(trying, intents, self._runs.look)

    async def build(self, turn: str) -> None:
        with ui.element("h1"):
            ui.label("Test console")
        if not self._known:
            ui.label(
                "There is no model to try. Start Handrail with “./handrail run”, or train one on the Model page."
            ).classes("ty-panel")
            return
        with ui.element("section").classes("ty-panel"):
            self._build_form()
        self._results = ui.element("section").classes("ty-panel")
        self._results.props["aria-label"] = "Result"
        self._results.set_visibility(False)
        self._story.build()
        await self._runs.build()
        if turn:
            await self._open(turn)
        # Rasa takes ten seconds to start: while somebody types.
        background_tasks.create(self._trying.program.warm())

    def _build_form(self) -> None:
        self._text = ui.textarea(
            label="What the customer says, one message a line",
            placeholder="where is my order\nFW-204411",
        ).props("outlined autogrow input-style='min-height: 72px'")
        self._text.classes("w-full").on("keydown.ctrl.enter", self._try)
        self._note = ui.label().classes("ty-quiet")
        self._note.set_visibility(False)
        names = {choice.name: words.option(choice) for choice in self._known}
        first, *beside = choices.usual(self._known)
        with ui.element("div").classes("ty-line"):
            self._first = ui.select(names, value=first, label="Model").props("outlined dense")
            self._second = ui.select(
                {NOBODY: "nothing", **names},
                value=beside[0] if beside else NOBODY,
                label="Beside it",
            ).props("outlined dense")
            self._button = ui.button("Try", on_click=self._try)
        self._state = ui.label().classes("ty-quiet").props("role=status")
        with ui.element("details"):
            with ui.element("summary"):
                ui.label("What is real here, and what is simulated").style("display: inline")
            for sentence in words.SIMULATED:
                ui.label(sentence).classes("ty-quiet").style("margin-bottom: 6px")

    async def _open(self, turn: str) -> None:
        """Fill in a stored episode, masked, and try it."""
        try:
            stored = await self._trying.episode(UUID(turn))
        except (ValueError, HandrailError):
            self._tell_note("That message is not there any more. Type one instead.")
            return
        self._text.value = "\n".join(one.text for one in stored.said)
        beyond = f" {stored.left_out} messages are left out." if stored.left_out else ""
        self._tell_note(f"A real conversation, personal data masked.{beyond}")
        background_tasks.create(self._try())

    def _tell_note(self, text: str) -> None:
        self._note.set_text(text)
        self._note.set_visibility(True)

    async def _press(self, payload: str) -> None:
        if is_busy(self._button):
            return
        self._text.value = f"{(self._text.value or '').rstrip()}\n{payload}"
        self._text.run_method("focus")
        await self._try()

    async def _try(self) -> None:
        if is_busy(self._button):
            return  # One try at a time: Ctrl+Enter comes through while the button is grey.
        names = [str(self._first.value)]
        if self._second.value and self._second.value not in names:
            names.append(str(self._second.value))
        busy(self._button, True)
        started = "" if self._trying.program.running else " The first try takes some seconds more."
        self._state.set_text(f"Trying …{started}")
        try:
            said = read_lines(self._text.value or "")
            walks = await self._trying.side_by_side(said, names)
        except HandrailError as error:
            empty = not (self._text.value or "").strip()
            self._state.set_text(f"Type 1 to {MESSAGES} messages." if empty else str(error))
            return
        finally:
            busy(self._button, False)
        self._state.set_text("")
        self._results.clear()
        self._results.set_visibility(True)
        with self._results:
            draw_walks(walks, self._press)
        self._story.show(walks[0])

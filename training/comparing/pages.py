"""The page of one comparison, `/staff/training/runs/{run_id}`: the verdict first, then what would change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError, NotFound
from server.pages import page_services, require_page
from training import words as room_words
from training.comparing import words
from training.comparing.comparer import Comparer
from training.comparing.comparison import Comparison
from training.comparing.page_changes import ChangesPanel
from training.comparing.page_stories import build_stories
from training.comparing.page_tables import build_tables
from training.comparing.parts import heading, quiet
from training.models import RunState
from training.pages import room_frame
from training.promoting.choosing import Choosing
from training.promoting.steps import name_of
from training.room import TrainingRoom

PATH = "/staff/training/runs/{run_id}"
MODEL = "/staff/training/model"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
LOOK = 1.0


def register_pages() -> None:
    """Declare the page to NiceGUI."""

    @ui.page(PATH)
    async def comparison_page(run_id: str) -> None:
        staff = await require_page(Role.TRAINER)
        room: TrainingRoom = page_services().training
        comparer = room.comparer
        ui.add_css(STYLE)
        with room_frame("Comparison", staff, MODEL), ui.element("div").classes("cp-page"):
            try:
                wanted = UUID(run_id)
                run = await comparer.run_of(wanted)
            except (ValueError, NotFound):
                _build_missing()
                return
            try:
                found = await comparer.read(wanted)
            except NotFound:
                found = None
            if found is None:
                heading("Not compared", 1)
                quiet(room_words.verdict(run.figures)[1])
            else:
                choosing = Choosing(room.promotions, staff, _to_the_model)
                build_comparison(found, lambda: choosing.build(run))
            if run.state is RunState.DONE:
                await CompareAgain(comparer, wanted, staff, there=found is not None).build()


async def _to_the_model() -> None:
    ui.navigate.to(MODEL)


def _build_missing() -> None:
    heading("There is no such training", 1)
    quiet("It may belong to another installation, or its address was cut short.")
    ui.link("To the model", MODEL)


def build_comparison(found: Comparison, build_choice: Callable[[], None]) -> None:
    """Draw a comparison, the most important first; what can be done about it stands beside the verdict."""
    heading("New model, old model", 1)
    when = datetime.fromisoformat(found.at)
    candidate, serving = name_of(found.candidate), name_of(found.serving) or "no other"
    quiet(
        f"{candidate} beside {serving}, compared {when:%d %b %Y, %H:%M} UTC "
        f"in {room_words.duration(found.seconds)}."
    )
    tone, sentence = words.verdict(found)
    with (
        ui.element("section")
        .classes(f"cp-verdict cp-verdict--{tone}")
        .props('aria-label="Verdict"')
    ):
        ui.label(sentence)
        if score := words.golden(found.golden):
            ui.label(score).classes("cp-score")
        if found.blocks:
            with ui.element("ul"):
                for block in found.blocks:
                    with ui.element("li"):
                        ui.label(block)
        build_choice()
    if found.serving is not None:
        with ui.element("section").classes("cp-panel").props("aria-labelledby=cp-criteria"):
            with ui.element("h2").props("id=cp-criteria"):
                ui.label("Quicker, clearer, fewer repeats, more without a person?")
            _build_lines(found)
        ChangesPanel(found.replay).build()
    build_stories(found.stories)
    build_tables(found)


def _build_lines(found: Comparison) -> None:
    with ui.element("dl").classes("cp-lines").style("margin: 0"):
        for line in words.lines(found):
            with ui.element("div"):
                with ui.element("dt"):
                    ui.label(line.title)
                with ui.element("dd"):
                    ui.label(line.tone).classes(f"cp-tone cp-tone--{line.tone.split()[0]}")
                with ui.element("dd"):
                    ui.label(line.sentence)


class CompareAgain:
    """Compares with the model that serves now, in the background, and shows the page anew when it is done."""

    def __init__(self, comparer: Comparer, run_id: UUID, staff: Staff, *, there: bool) -> None:
        self._comparer, self._run_id, self._there = comparer, run_id, there
        self._staff = staff
        self._watched = False

    async def build(self) -> None:
        """Draw the button, and how far a comparison is."""
        with ui.element("div").classes("cp-actions"):
            title = "Compare again" if self._there else "Compare now"
            self._start = ui.button(title, on_click=self._begin).props("outline")
            self._stop = ui.button("Stop", on_click=self._cancel).props("outline")
            self._told = ui.label().props("role=status").classes("cp-quiet")
        self._look()
        ui.timer(LOOK, self._look)

    async def _begin(self) -> None:
        try:
            await self._comparer.start(self._run_id, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        self._look()

    async def _cancel(self) -> None:
        try:
            await self._comparer.cancel()
        except NotFound:
            return
        self._watched = False
        self._told.set_text("Stopped.")
        self._look()

    def _look(self) -> None:
        running = self._comparer.running and self._comparer.at_work == self._run_id
        self._start.set_visibility(not running)
        self._stop.set_visibility(running)
        if running:
            self._watched = True
            steps = self._comparer.steps
            done = steps[-1].replace("_", " ").removeprefix("compare ") if steps else "loading"
            self._told.set_text(f"Comparing; done so far: {done}. This takes some minutes.")
        elif self._watched:
            self._watched = False
            if self._comparer.problem is None:
                ui.navigate.reload()
            else:
                self._told.set_text(self._comparer.problem)

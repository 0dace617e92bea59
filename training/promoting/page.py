"""The history page, `/staff/training/history`: kept models, a model that reads along, every step of the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError
from server.pages import page_services, require_page
from training.models import PromotionState
from training.pages import room_frame
from training.promoting.dialogs import ask, ask_roll_back
from training.promoting.kept import KeptModel
from training.promoting.panels import build_found, build_models, build_steps
from training.room import TrainingRoom
from training.shadowing.models import ACTIVE
from training.shadowing.panel import build_shadow
from training.shadowing.results import Results

PATH = "/staff/training/history"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
LOOK = 2.0


def register_pages() -> None:
    """Declare the page to NiceGUI."""

    @ui.page(PATH)
    async def history_page() -> None:
        staff = await require_page(Role.TRAINER)
        room: TrainingRoom = page_services().training
        ui.add_css(STYLE)
        with room_frame("Models", staff, PATH), ui.element("div").classes("tr-history"):
            with ui.element("h1"):
                ui.label("Models")
            await HistoryPage(room, staff).build()


class HistoryPage:
    """Looks every two seconds; draws a panel anew only when something in it changed, so focus stays."""

    def __init__(self, room: TrainingRoom, staff: Staff) -> None:
        self._room, self._staff = room, staff
        self._drawn: dict[str, object] = {}

    async def build(self) -> None:
        with ui.element("div"):
            self._found, self._shadow = ui.element("div"), ui.element("div")
            self._models = ui.element("div")
        with ui.element("div"):
            self._steps = ui.element("div")
        await self.look()
        ui.timer(LOOK, self.look)

    async def look(self) -> None:
        """Show what is the case now."""
        try:
            promotion = await self._room.promotions.newest()
            models = await self._room.promotions.kept()
            steps = await self._room.promotions.steps()
            results = await self._room.shadowing.results()
            found = await self._room.promotions.found()
        except HandrailError:
            return  # The database is busy; the next look is two seconds away.
        busy = promotion is not None and promotion.state is PromotionState.RUNNING
        shadowing = results is not None and results.trial.state in ACTIVE

        comparer = self._room.comparer
        comparing = found is not None and comparer.running and comparer.at_work == found.run.id
        self._draw(
            "found", self._found,
            found and (found.run.id, found.run.figures, found.can_be_compared, comparing),
            lambda: build_found(found, comparing=comparing),
        )  # fmt: skip

        def draw_models() -> None:
            build_models(
                models, roll_back=self._roll_back, shadow=self._let_read,
                busy=busy, shadowing=shadowing,
            )  # fmt: skip

        self._draw("models", self._models, (models, busy, shadowing), draw_models)
        self._draw(
            "shadow", self._shadow, _essence(results), lambda: build_shadow(results, self._stop)
        )
        self._draw("steps", self._steps, steps, lambda: build_steps(steps))

    def _draw(
        self, name: str, place: ui.element, essence: object, build: Callable[[], None]
    ) -> None:
        if name in self._drawn and self._drawn[name] == essence:
            return
        self._drawn[name] = essence
        place.clear()
        with place:
            build()

    async def _roll_back(self, model: KeptModel) -> None:
        said = await ask_roll_back(model.name)
        if said is not None:
            promotions = self._room.promotions
            await self._do(
                lambda: promotions.roll_back(self._staff, reason=said.reason, to=model.name)
            )

    async def _let_read(self, model: KeptModel) -> None:
        run_id = model.run_id
        if run_id is None:
            return
        said = await ask(
            "Let it read along?",
            f"A second Rasa with {model.name} understands what customers write, beside the one that "
            "answers. It takes about 0.7 GB of memory until it has read 500 messages or you stop it.",
            "Let it read",
            label="Share of the messages, in per cent (100 if you leave it as it is)",
            least=0,
        )
        if said is None:
            return
        share = _share(said.reason)
        if share is None:
            ui.notify("The share is a number from 1 to 100.", type="negative")
            return
        await self._do(lambda: self._room.shadowing.shadow(run_id, self._staff, share=share))

    async def _stop(self) -> None:
        await self._do(self._room.shadowing.stop)

    async def _do(self, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        await self.look()


def _share(said: str) -> float | None:
    if not said:
        return 1.0
    try:
        share = float(said.rstrip("% ").replace(",", ".")) / 100
    except ValueError:
        return None
    return share if 0 < share <= 1 else None


def _essence(results: Results | None) -> object:
    if results is None:
        return None
    trial = results.trial
    return trial.id, trial.state, trial.why, results.read, results.errors, results.dropped

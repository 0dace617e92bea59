"""The model page, `/staff/training/model`: train, watch, compare, put into service, go back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui

from server.auth import Role, Staff
from server.clock import Clock
from server.errors import HandrailError
from server.pages import page_services, require_page
from training import words
from training.comparing.page_result import build_result
from training.models import Promotion, PromotionState, RunState, TrainingRun
from training.pages import room_frame
from training.promoting.choosing import Choosing
from training.promoting.dialogs import ask_roll_back
from training.promoting.steps import name_of
from training.room import Status, TrainingRoom

PATH = "/staff/training/model"
HISTORY = "/staff/training/history"
LOOK = 1.0
#: Seconds of a first training and its comparison, on two cores with the starter data (docs/learning-loop.md).
FIRST = 140.0


def register_pages() -> None:
    """Declare the page to NiceGUI."""
    # While a model is trained the machine has little time for pages; NiceGUI's own 3 s end in an error page.
    ui.page(PATH, response_timeout=20)(model_page)


async def model_page() -> None:
    staff = await require_page(Role.TRAINER)
    held = page_services()
    with room_frame("Model", staff, PATH), ui.element("div").classes("tr-page"):
        with ui.element("h1"):
            ui.label("Model")
        await ModelPanel(held.training, staff, held.clock).build()


class ModelPanel:
    """Looks once a second; draws itself anew only when something else is the case, so focus stays."""

    def __init__(self, room: TrainingRoom, staff: Staff, clock: Clock) -> None:
        self._room, self._staff, self._clock = room, staff, clock
        self._drawn: object = None
        self._step: ui.label | None = None
        self._bar: ui.linear_progress | None = None
        self._steps: ui.label | None = None
        self._log: ui.label | None = None

    async def build(self) -> None:
        self._body = ui.element("div").classes("tr-model")
        await self.look()
        ui.timer(LOOK, self.look)

    async def look(self) -> None:
        """Show what is the case now."""
        try:
            status = await self._room.status()
        except HandrailError:
            return  # The database is busy; the next look is a second away.
        drawn = _essence(status)
        if drawn != self._drawn:
            self._drawn = drawn
            self._body.clear()
            with self._body:
                self._draw(status)
        if status.run is not None:
            self._tell_progress(status.run, status.seconds_last_time)
            await self._tell_log(status.run)

    def _draw(self, status: Status) -> None:
        run, promotion = status.run, status.promotion
        training = run is not None and run.state in (RunState.TRAINING, RunState.COMPARING)
        promoting = promotion is not None and promotion.state is PromotionState.RUNNING
        with ui.element("section").classes("tr-panel"):
            with ui.element("h2"):
                ui.label("In service")
            if not training:
                ui.label(words.waiting(status.labels_waiting))
            serving = name_of(status.serving) or "none"
            ui.label(f"In service: {serving}").classes("tr-quiet").style("overflow-wrap: anywhere")
            ui.link("Kept models, reading along, and what happened to the model", HISTORY)
            if training:
                self._draw_progress()
            else:
                with ui.element("div").classes("tr-actions"):
                    train = ui.button("Train", on_click=self._train)
                    train.set_enabled(not promoting)
                    if status.earlier is not None and not promoting:
                        ui.button("Roll back…", on_click=self._ask_roll_back).props("outline")
        if promotion is not None:
            self._draw_promotion(promotion)
        if run is not None and not training:
            self._draw_run(run, promoting)

    def _draw_progress(self) -> None:
        self._step = ui.label().props("role=status").style("margin-top: 10px")
        self._bar = ui.linear_progress(value=0.0, show_value=False, size="8px").props("rounded")
        self._bar.props["aria-label"] = "Training"
        with ui.expansion("Steps").classes("w-full"):
            self._steps = ui.label().classes("tr-log")
        with ui.expansion("Log").classes("w-full"):
            self._log = ui.label().classes("tr-log").props("tabindex=0")
        with ui.element("div").classes("tr-actions"):
            ui.button("Stop", on_click=self._stop).props("outline")

    def _tell_progress(self, run: TrainingRun, expected: float | None) -> None:
        if run.state not in (RunState.TRAINING, RunState.COMPARING):
            return
        if self._step is None or self._bar is None or self._steps is None:
            return
        elapsed = (self._clock.now() - run.started_at).total_seconds()
        training = run.state is RunState.TRAINING
        doing = "Training" if training else "Comparing with the model in service"
        usual = f" (about {words.duration(expected)} last time)" if expected else ""
        self._step.set_text(f"{doing}: {words.duration(elapsed)}{usual}")
        # Never full before it is over.
        self._bar.set_value(min(0.97, elapsed / (expected or FIRST)))
        lines = [
            f"{line['step'].replace('_', ' ')}: {words.duration(line.get('seconds') or 0)}"
            for line in run.lines
        ]
        self._steps.set_text("\n".join(lines) or "The first step is under way.")

    async def _tell_log(self, run: TrainingRun) -> None:
        if run.state in (RunState.TRAINING, RunState.COMPARING) and self._log is not None:
            lines = await asyncio.to_thread(self._room.job.log_tail, run.id)
            self._log.set_text("\n".join(lines) or "Nothing is written yet.")

    def _draw_promotion(self, promotion: Promotion) -> None:
        if promotion.state is PromotionState.RUNNING:
            with ui.element("section").classes("tr-panel tr-line").props("role=status"):
                ui.spinner(size="1.4em")
                ui.label("Starting the model beside the old one. Customers notice nothing.")
        elif promotion.state is PromotionState.FAILED:
            with ui.element("section").classes("tr-panel"):
                ui.label("The change of model failed; the old one stays in service.").classes(
                    "tr-verdict tr-verdict--warn"
                )
                ui.label(promotion.error or "").classes("tr-quiet").style("margin-top: 8px")
        else:
            what = "The model before is back" if promotion.rollback else "The new model is"
            with ui.element("section").classes("tr-panel"):
                ui.label(f"{what} in service since {_time(promotion.finished_at)}.")

    def _draw_run(self, run: TrainingRun, promoting: bool) -> None:
        with ui.element("section").classes("tr-panel"):
            with ui.element("h2"):
                ui.label("Latest training")
            if run.state is RunState.DONE:
                choosing = Choosing(self._room.promotions, self._staff, self.look)
                build_result(run, lambda: None if promoting else choosing.build(run))
            elif run.state is RunState.CANCELLED:
                ui.label("Stopped. The model in service is untouched; train again at any time.")
            else:
                ui.label("The training failed.").classes("tr-verdict tr-verdict--warn")
                ui.label(run.error or "").style("margin-top: 8px")
                ui.label(
                    "The model in service is untouched. The last lines below usually name the file "
                    "to mend; then train again."
                ).classes("tr-quiet")
                with ui.expansion("Last lines of the log").classes("w-full"):
                    ui.label("\n".join(self._room.job.log_tail(run.id))).classes("tr-log")

    async def _train(self) -> None:
        await self._do(lambda: self._room.train(self._staff))

    async def _stop(self) -> None:
        await self._do(lambda: self._room.job.cancel(self._staff))

    async def _ask_roll_back(self) -> None:
        said = await ask_roll_back("The model that served before")
        if said is not None:
            await self._do(lambda: self._room.promotions.roll_back(self._staff, reason=said.reason))

    async def _do(self, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        await self.look()


def _essence(status: Status) -> object:
    """What the panel's form depends on; progress is told in place."""
    run, promotion = status.run, status.promotion
    return (
        run and (run.id, run.state, run.choice, run.figures.get("verdict")),
        promotion and (promotion.id, promotion.state),
        status.labels_waiting,
        status.serving,
        status.earlier,
    )


def _time(moment: datetime | None) -> str:
    return f"{moment:%d %b, %H:%M} UTC" if moment else "now"

"""The page `/staff/training/frustration`: slide the threshold, see which past chats it would have caught, save."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError
from server.pages import page_services, require_page
from training.mood_replay import words
from training.mood_replay.chart import Curve
from training.mood_replay.desk import PERIODS, THRESHOLDS, Loaded, MoodReplay
from training.mood_replay.page_chats import ChatList
from training.mood_replay.page_saving import Saving
from training.mood_replay.threshold import LEAST, MOST, STEP
from training.pages import room_frame

PATH = "/staff/training/frustration"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
LOOK = 1.0
REST = 0.15


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def frustration_page() -> None:
        staff = await require_page(Role.TRAINER)
        ui.add_css(STYLE)
        with room_frame("Frustration", staff, PATH), ui.element("div").classes("fr-page"):
            await ThresholdPage(page_services().mood_replay, staff).build()


class ThresholdPage:
    """One trainer's view; nothing changes for customers until it is saved."""

    def __init__(self, desk: MoodReplay, staff: Staff) -> None:
        self._desk, self._staff = desk, staff
        self._days = PERIODS[0]
        self._loaded: Loaded | None = None
        self._threshold = 0.0
        self._watching = False

    async def build(self) -> None:
        with ui.element("div").classes("fr-main"):
            with ui.element("section").classes("tr-panel").props('aria-label="Threshold"'):
                self._build_head()
                self._build_slider()
                self._build_counts()
                self._curve = Curve()
            with ui.element("section").classes("tr-panel").props('aria-label="Chats"'):
                self._list = ChatList(self._desk)
        with ui.element("aside").classes("fr-side").props('aria-label="Saving"'):
            self._saving = Saving(self._desk, self._staff, self._saved)
        await self._load()
        await self._begin_scoring()
        ui.timer(LOOK, self._watch)

    def _build_head(self) -> None:
        with ui.element("div").classes("fr-head"):
            with ui.element("h1"):
                ui.label("When a person takes over")
            period = ui.toggle({days: f"Last {days} days" for days in PERIODS}, value=self._days)
            period.props("dense no-caps unelevated padding='6px 12px' aria-label='Which chats'")
            period.on_value_change(lambda event: self._choose_period(int(event.value)))
        ui.label(
            "Each message adds to how fed up a customer sounds, from 0 to 1. "
            "From this score on, a person takes over. Lower is sooner."
        ).classes("tr-quiet")

    def _build_slider(self) -> None:
        with ui.element("div").classes("fr-slide"):
            self._number = ui.label().classes("fr-number").props("aria-hidden=true")
            # The browser's own: Quasar's takes the focus in another element than the one with the role.
            self._slider = ui.element("input").classes("fr-slider")
            self._slider.props(f"type=range min={LEAST} max={MOST} step={STEP} disabled")
            self._slider.props["aria-label"] = "Frustration score from which a person takes over"
            self._slider.on(
                "input",
                lambda event: self._slide(float(event.args)),
                throttle=0.1,
                js_handler="(event) => emit(event.target.value)",
            )
        with ui.element("div").classes("fr-ends").props("aria-hidden=true"):
            ui.label(f"{LEAST:.2f} · sooner")
            ui.label(f"later · {MOST:.2f}")
        self._warning = ui.label().classes("fr-warning")

    def _build_counts(self) -> None:
        with ui.element("div").classes("fr-counts").props("aria-live=polite"):
            self._headline = ui.label().classes("fr-headline")
            self._caught, self._needless = ui.label(), ui.label()
        self._basis = ui.label().classes("tr-quiet")
        with ui.element("div").classes("fr-stale"):
            self._stale = ui.label().classes("tr-quiet").props("role=status")
            self._again = ui.button("Score again", on_click=self._score_again)
            self._again.props("flat dense no-caps")

    async def _load(self) -> None:
        """Read the chats anew; the slider stays where it is, unless the threshold was just set or opened."""
        begins = self._loaded is None
        self._loaded = await self._desk.load(self._days)
        if begins:
            self._threshold = self._loaded.setting.handoff
            self._place_slider()
        await self._saving.show(self._loaded.setting, self._threshold)
        self._draw_figures()
        await self._draw_chats()

    async def _choose_period(self, days: int) -> None:
        self._days = days
        await self._load()
        await self._begin_scoring()

    async def _slide(self, value: float) -> None:
        value = round(value, 2)
        if self._loaded is None or value == self._threshold:
            return
        self._threshold = value
        self._draw_figures()
        # The chats are read from the database: only where the slider rests.
        await asyncio.sleep(REST)
        if self._threshold == value:
            await self._draw_chats()

    def _place_slider(self) -> None:
        """Put the slider where the setting is; from then on the browser alone knows where it stands.

        As an attribute (Vue's ``^``): a property would be set again, and the slider moved back under the hand that
        slides it, with every other change of the page. An attribute does not move what somebody has slid.
        """
        slid = "^value" in self._slider.props
        self._slider.props["^value"] = str(self._threshold)
        self._slider.props(remove="disabled")
        if slid:
            ui.run_javascript(f"getHtmlElement({self._slider.id}).value = {self._threshold}")

    async def _draw_chats(self) -> None:
        if self._loaded is not None:
            await self._list.show(self._loaded, self._threshold)

    def _draw_figures(self) -> None:
        """Show what the threshold under the slider would do."""
        loaded, threshold = self._loaded, self._threshold
        if loaded is None:
            return
        same = threshold == loaded.setting.handoff
        now, then = loaded.replay.counts(loaded.setting.handoff), loaded.replay.counts(threshold)
        self._number.set_text(f"{threshold:.2f}")
        self._warning.set_text(words.warning(threshold))
        self._headline.set_text(words.headline(now, then, same=same))
        self._caught.set_text(words.caught(then))
        self._needless.set_text(words.needless(then))
        self._basis.set_text(words.basis(loaded))
        self._saving.moved(threshold)
        self._curve.show(loaded.replay, loaded.setting.handoff, threshold, THRESHOLDS)
        self._tell_scores()

    def _tell_scores(self) -> None:
        if self._loaded is None:
            return
        progress = self._desk.scoring.progress()
        told = words.staleness(self._loaded, progress)
        self._stale.set_text(told)
        self._stale.set_visibility(bool(told))
        self._again.set_visibility(bool(self._loaded.stale) and not progress.running)

    async def _begin_scoring(self) -> None:
        """Score what is missing or older, unless that failed before: then it waits to be asked."""
        wanted = self._loaded is not None and self._loaded.stale > 0
        if wanted and not self._desk.scoring.progress().problem:
            await self._score_again(quietly=True)

    async def _score_again(self, *, quietly: bool = False) -> None:
        try:
            await self._desk.refresh(self._days)
            self._watching = True
        except HandrailError as error:
            if not quietly:
                ui.notify(str(error), type="warning")
        self._tell_scores()

    async def _watch(self) -> None:
        running = self._desk.scoring.progress().running
        if running or self._watching:
            self._tell_scores()
        if self._watching and not running:
            await self._load()
        self._watching = running

    async def _saved(self) -> None:
        self._loaded = None
        await self._load()

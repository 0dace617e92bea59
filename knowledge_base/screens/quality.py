"""`/staff/articles/quality`: what a target precision means on the house's own questions, and where it is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from knowledge_base.history import NOTE_LIMIT
from knowledge_base.quality import changes, settle
from knowledge_base.quality.gauge import Gauge, Quality, too_few
from knowledge_base.quality.judged import Judged, Row
from knowledge_base.quality.policy import HIGHEST, LOWEST
from knowledge_base.review import gate
from knowledge_base.review.past import Question
from knowledge_base.screens.fit_panel import FitPanel
from knowledge_base.screens.golden_failing import HIDDEN, WRONG, golden_failing
from knowledge_base.screens.judged_list import judged_list
from knowledge_base.screens.policy_changes import policy_changes
from knowledge_base.screens.room_nav import room_nav
from server.auth import Role, Staff
from server.errors import HandrailError

PATH = "/staff/articles/quality"
_COLUMNS = (
    ("Target", False),
    ("Answered at once", False),
    ("Of these helped", False),
    ("Got a choice", True),
    ("Got nothing", True),
)


class QualityPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._leads = staff.may(Role.SUPERVISOR)
        self._quality: Quality | None = None
        self._target = LOWEST

    def show(self) -> None:
        room_nav(PATH, self._staff)
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                ui.label("Quality of the answers")
            self._status = ui.label("Measuring our labelled questions…")
            self._status.classes("kb-muted").props("role=status")
        self._body = ui.element("div").classes("kb-form").style("gap: 16px")
        # The page stands at once: questions that were never measured take 10 ms each.
        ui.timer(0.05, self._load, once=True)

    async def _load(self) -> None:
        try:
            quality = await Gauge.of(self._app).look()
            failing = await gate.failing(self._app)
            async with self._app.database.read() as db:
                changed = await changes.latest(db)
        except HandrailError as error:
            self._status.text = str(error)
            return
        self._quality, self._target = quality, quality.policy.precision
        self._body.clear()
        with self._body:
            self._unmeasured(quality, failing)
            self._draw(quality)
            policy_changes(changed, self._app.clock.now())

    def _unmeasured(self, quality: Quality, failing: Sequence[Question]) -> None:
        """The failing golden questions that no figure of the page holds."""
        measured = quality.measured
        held = {one.label.text for one in measured.golden} if measured else set()
        if left := [one for one in failing if one.text not in held]:
            golden_failing(left, HIDDEN if measured else WRONG)

    def _draw(self, quality: Quality) -> None:
        measured, known = quality.measured, quality.labels
        if measured is None:
            self._status.text = ""
            with ui.element("section").classes("kb-panel"):
                ui.label(too_few(known)).classes("kb-verdict")
                ui.label(
                    "Write down what customers ask and which article is right. Their own “That helped” "
                    "adds to the list every day."
                )
                if self._staff.may(Role.EDITOR):
                    ui.link("Add labelled questions", "/staff/articles/questions")
            self._choosing(quality)
            return
        left = f", {known.waiting} wait for their article" if known.waiting else ""
        left += f", {known.left_out} more were not drawn" if known.left_out else ""
        self._status.text = f"Measured on {len(measured.counted)} labelled questions{left}"
        self._choosing(quality)
        self._tables = [ui.refreshable(draw) for draw in (self._targets, self._wrong, self._golden)]
        targets, *lists = self._tables
        targets()
        FitPanel(self._app, self._staff, quality, self._load).show()
        for table in lists:
            table()
        ui.label(
            "Each question was judged without the classifier’s guess at the intent, by weights that were "
            "not fitted on it. Customers who got no answer rarely say what they needed: label such "
            "questions yourself, or the figures flatter."
        ).classes("kb-muted")

    def _choosing(self, quality: Quality) -> None:
        with ui.element("section").classes("kb-panel") as panel:
            panel.props["aria-label"] = "How sure an answer must be"
            with ui.element("h2"):
                self._said = ui.label().props("role=status")
            # The browser's own: Quasar's slider keeps its name and its focus in two different places.
            slider = ui.element("input").classes("kb-slider").props("type=range step=1")
            slider.props["min"], slider.props["max"] = round(LOWEST * 100), round(HIGHEST * 100)
            # Not its value: Vue puts that back with every change of the page, under the reader's hand.
            slider.props["defaultValue"] = round(self._target * 100)
            slider.props["aria-label"] = "At least so many percent of direct answers help"
            slider.on(
                "input",
                lambda event: self._choose(event.args),
                throttle=0.1,
                js_handler="(event) => emit(event.target.value)",
            )
            self._means = ui.label().props("role=status")
            with ui.element("div").classes("kb-bar").style("margin: 10px 0 0"):
                if self._leads:
                    self._why = ui.input("Why (optional)").style("flex: 1 1 14rem")
                    self._why.props(f"outlined dense maxlength={NOTE_LIMIT}")
                    self._set = ui.button("Set", on_click=self._store).props("unelevated")
                    reset = ui.button(
                        f"As the settings say ({quality.shipped.precision:.0%})",
                        on_click=lambda: self._store(reset=True),
                    )
                    reset.props("outline no-caps")
                    reset.set_enabled(quality.policy.precision != quality.shipped.precision)
                else:
                    ui.label("A supervisor can set this.").classes("kb-muted")
        self._tell()

    def _choose(self, percent: object) -> None:
        # It comes from a browser, so it may be anything.
        if not str(percent).isdecimal() or not LOWEST <= int(str(percent)[:9]) / 100 <= HIGHEST:
            return
        self._target = int(str(percent)[:9]) / 100
        self._tell()
        if self._quality is not None and self._quality.measured is not None:
            for table in self._tables:
                table.refresh()

    def _tell(self) -> None:
        quality = self._quality
        if quality is None:
            return
        now = self._target == quality.policy.precision
        self._said.text = (
            f"Answer at once when at least {self._target:.0%} of such answers help"
            f"{' (in force)' if now else ''}"
        )
        if self._leads:
            self._set.set_enabled(not now)
        if quality.measured is not None:
            self._means.text = _sentence(quality.measured.row(self._target))

    async def _store(self, reset: bool = False) -> None:
        try:
            await settle.set_precision(
                self._app,
                None if reset else self._target,
                self._staff.login,
                str(self._why.value or ""),
            )
        except HandrailError as error:
            ui.notify(str(error), type="negative")
            return
        ui.notify("Set. It holds from the next question on.", type="positive")
        await self._load()

    def _targets(self) -> None:
        quality = self._quality
        assert quality is not None
        with ui.element("div").classes("kb-scroll"), ui.element("table").classes("kb-list"):
            with ui.element("caption").classes("kb-spoken"):
                ui.label("What each target means on our labelled questions")
            with ui.element("thead"), ui.element("tr"):
                for name, wide in _COLUMNS:
                    with ui.element("th").props("scope=col").classes("kb-wide" if wide else ""):
                        ui.label(name)
            with ui.element("tbody"):
                for row in quality.rows(self._target):
                    self._row(row, in_force=row.target == quality.policy.precision)

    def _row(self, row: Row, *, in_force: bool) -> None:
        chosen = row.target == self._target
        with ui.element("tr").props("aria-current=true" if chosen else ""):
            with ui.element("th").props("scope=row"):
                ui.label(f"{row.target:.0%}").classes("kb-verdict" if chosen else "")
                if in_force:
                    ui.label("in force").classes("kb-status kb-published")
            with ui.element("td"):
                ui.label(f"{row.answered} of {row.questions}")
                share = row.answered / row.questions if row.questions else 0.0
                if row.answered:
                    ui.element("div").classes("kb-meter").style(f"width: {share:.0%}")
            with ui.element("td"):
                ui.label(_helped(row))
            with ui.element("td").classes("kb-wide"):
                ui.label(f"{row.choices}, {row.choices_with_it} with the right article")
            with ui.element("td").classes("kb-wide"):
                ui.label(str(row.nothing))

    def _wrong(self) -> None:
        assert self._quality is not None and self._quality.measured is not None
        found = self._quality.measured.wrong(self._target)
        title = f"Answered wrongly at {self._target:.0%}: {len(found)}"
        self._list(title, found, "At this target no labelled question gets a wrong answer.")

    def _golden(self) -> None:
        assert self._quality is not None and self._quality.measured is not None
        measured = self._quality.measured
        golden, lost = measured.golden, measured.golden_lost(self._target)
        if not golden:
            self._list("Golden questions", [], "None yet. Mark some under Questions.")
            return
        title = f"Golden questions: {len(golden) - len(lost)} of {len(golden)} served well"
        self._list(title, lost, "Each gets its right article, at once or in a choice.")

    def _list(self, title: str, found: Sequence[Judged], empty: str) -> None:
        judged_list(title, found, empty, self._app.knowledge.snapshot.by_slug)


def _sentence(row: Row) -> str:
    helping = f"; {_helped(row)} of these help" if row.answered else ""
    said = (
        f"Of {row.questions} questions {row.answered} would be answered at once{helping}. "
        f"{row.choices} would get a choice, {row.nothing} nothing."
    )
    share = row.precision
    if share is not None and share.high < row.target:
        said += " That is clearly less than the target: fit to our questions, below."
    return said


def _helped(row: Row) -> str:
    share = row.precision
    if share is None:
        return "none"
    return f"{row.helped} ({share.value:.0%}, likely {share.low:.0%} to {share.high:.0%})"

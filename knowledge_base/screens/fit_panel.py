"""The panel that fits the decision to the house's own questions, with figures before and after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from knowledge_base.asked.health import Share
from knowledge_base.history import NOTE_LIMIT
from knowledge_base.quality import settle
from knowledge_base.quality.fit import Figures, Outcome
from knowledge_base.quality.gauge import Quality, fitted_at
from server.auth import Role, Staff
from server.errors import HandrailError


class FitPanel:
    """Call `show` inside a layout; `reload` draws the page anew after a change."""

    def __init__(
        self, app: Any, staff: Staff, quality: Quality, reload: Callable[[], Awaitable[None]]
    ) -> None:
        self._app = app
        self._staff = staff
        self._quality = quality
        self._reload = reload

    def show(self) -> None:
        quality = self._quality
        with ui.element("section").classes("kb-panel") as panel:
            panel.props["aria-label"] = "Fit to our questions"
            with ui.element("h2"):
                ui.label("Fit to our questions")
            self._standing = ui.label(_standing(quality))
            questions = "labelled question" if quality.new == 1 else "labelled questions"
            since = " since the last fit" if quality.fitted else ""
            ui.label(f"{quality.new} new {questions}{since}.").classes("kb-muted")
            if self._staff.may(Role.SUPERVISOR):
                with ui.element("div").classes("kb-bar").style("margin: 10px 0 0"):
                    self._why = ui.input("Why (optional)").style("flex: 1 1 14rem")
                    self._why.props(f"outlined dense maxlength={NOTE_LIMIT}")
                    self._button = ui.button("Fit to our questions", on_click=self._fit)
                    self._button.props("unelevated no-caps")
                    if quality.fitted:
                        undo = ui.button("Back to the shipped weights", on_click=self._undo)
                        undo.props("outline no-caps")
            self._result = ui.element("div").props("aria-live=polite").classes("kb-form")

    async def _fit(self) -> None:
        self._button.disable()
        self._result.clear()
        with self._result:
            ui.label("Fitting; a few seconds…").classes("kb-muted")
        try:
            outcome = await settle.refit(self._app, self._staff.login, str(self._why.value or ""))
        except HandrailError as error:
            self._result.clear()
            ui.notify(str(error), type="negative")
            self._button.enable()
            return
        self._result.clear()
        if outcome.kept:
            self._standing.text = f"Our own weights judge, fitted on {outcome.questions} questions."
        with self._result:
            self._outcome(outcome)
        self._button.enable()

    def _outcome(self, outcome: Outcome) -> None:
        ui.label(
            "Kept: our own weights judge from the next question on."
            if outcome.kept
            else "Not kept: it would not judge better. What judged before still does."
        ).classes("kb-verdict")
        ui.label(
            f"Fitted on {outcome.questions} questions, compared on {outcome.before.questions}, each "
            "judged by weights fitted without it."
        ).classes("kb-muted")
        rows = zip(_lines(outcome.before), _lines(outcome.after), strict=True)
        with ui.element("div").classes("kb-scroll"), ui.element("table").classes("kb-list"):
            with ui.element("thead"), ui.element("tr"):
                for name in ("", "Shipped weights", "Our own"):
                    with ui.element("th").props("scope=col"):
                        ui.label(name)
            with ui.element("tbody"):
                for (name, before), (_, after) in rows:
                    with ui.element("tr"):
                        with ui.element("th").props("scope=row"):
                            ui.label(name)
                        for value in (before, after):
                            with ui.element("td"):
                                ui.label(value)
        if outcome.kept:
            ui.button("Show the page with them", on_click=self._reload).props("outline no-caps")

    async def _undo(self) -> None:
        try:
            await settle.undo(self._app, self._staff.login, str(self._why.value or ""))
        except HandrailError as error:
            ui.notify(str(error), type="negative")
            return
        ui.notify("The shipped weights judge again.", type="positive")
        await self._reload()


def _standing(quality: Quality) -> str:
    if not quality.fitted:
        return "The shipped weights judge. Fitting moves them towards what our customers ask."
    about = quality.policy.calibration.about
    moment = fitted_at(quality.policy.calibration)
    when = f" since {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
    return (
        f"Our own weights judge{when}, fitted by {str(about.get('by', '?'))[:80]} "
        f"on {str(about.get('questions', '?'))[:9]} questions."
    )


def _lines(figures: Figures) -> list[tuple[str, str]]:
    auroc = "–" if figures.auroc is None else f"{figures.auroc:.2f}"
    return [
        ("Answers that help", _share(figures.precision)),
        ("Answered at once", _share(figures.coverage)),
        ("Tells right from wrong (0.5 guesses, 1 is perfect)", auroc),
        ("Stated chances are off by", f"{figures.calibration_error:.0%}"),
    ]


def _share(share: Share | None) -> str:
    if share is None:
        return "none"
    return f"{share.value:.0%} (likely {share.low:.0%} to {share.high:.0%})"

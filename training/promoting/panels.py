"""Two panels of the history page: the kept models, and what happened to the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from training.promoting import words
from training.promoting.at_a_start import Found
from training.promoting.kept import KeptModel
from training.promoting.models import What
from training.promoting.steps import Step

Act = Callable[[KeptModel], Awaitable[None]]


def build_models(
    models: Sequence[KeptModel], *, roll_back: Act, shadow: Act, busy: bool, shadowing: bool
) -> None:
    """Draw the kept models; `busy`: a promotion runs, so nothing can be asked for now."""
    with ui.element("section").classes("tr-panel").props('aria-label="Kept models"'):
        with ui.element("h2"):
            ui.label("Kept models")
        if not models:
            ui.label("No model is kept yet. Train one under Model.").classes("tr-quiet")
            return
        ui.label(
            "The newest eight candidates stay, and every model that served within thirty days."
        ).classes("tr-quiet")
        with ui.element("ul").classes("tr-models"):
            for model in models:
                with ui.element("li"):
                    _model(model, roll_back, shadow, busy=busy, shadowing=shadowing)


def _model(model: KeptModel, roll_back: Act, shadow: Act, *, busy: bool, shadowing: bool) -> None:
    with ui.element("div").classes("tr-line"):
        with ui.element("strong").style("overflow-wrap: anywhere"):
            ui.label(model.name)
        if model.serving:
            ui.label("in service").classes("tr-mark tr-mark--good")
        elif model.previous:
            ui.label("the one before").classes("tr-mark")
        ui.label(words.size(model.size)).classes("tr-quiet")
    ui.label(words.origin(model)).classes("tr-quiet")
    ui.label(words.service(model)).style("overflow-wrap: anywhere")
    can_shadow = model.run_id is not None and not model.serving and not shadowing
    if not (model.can_return or can_shadow):
        return
    with ui.element("div").classes("tr-actions"):
        if model.can_return:
            back = ui.button("Roll back to it…", on_click=lambda: roll_back(model))
            back.props(f'outline aria-label="Roll back to {model.name}…"').set_enabled(not busy)
        if can_shadow:
            along = ui.button("Let it read along…", on_click=lambda: shadow(model))
            along.props(f'outline aria-label="Let {model.name} read along…"').set_enabled(not busy)


def build_found(found: Found | None, *, comparing: bool) -> None:
    """Draw what is known of a serving model that nobody had compared before it served; else nothing."""
    if found is None:
        return
    with ui.element("section").classes("tr-panel").props('aria-label="It came with a start"'):
        with ui.element("h2"):
            ui.label("It came with a start")
        ui.label(
            "Rules, domain, code or encoder had changed, and the model before may not fit them. So the start "
            "made the one in service anew, before anybody could compare it."
        ).classes("tr-quiet")
        tone, said = words.found(found, comparing=comparing)
        line = ui.label(said).classes(f"tr-verdict tr-verdict--{tone}")
        line.style("overflow-wrap: anywhere; margin: 8px 0")
        if not comparing and (found.compared or found.can_be_compared):
            title = "The whole comparison" if found.compared else "Compare it"
            ui.link(title, f"/staff/training/runs/{found.run.id}")


def build_steps(steps: Sequence[Step]) -> None:
    """Draw what happened to the model, newest first."""
    with ui.element("section").classes("tr-panel").props('aria-label="What happened to the model"'):
        with ui.element("h2"):
            ui.label("What happened to the model")
        if not steps:
            ui.label(words.NO_STEPS).classes("tr-quiet")
            return
        with ui.element("ol").classes("tr-steps"):
            for step in steps:
                with ui.element("li"):
                    with ui.element("div").classes("tr-line"):
                        mark = ui.label(words.STEPS[step.what]).classes("tr-mark")
                        if step.what in (What.FAILED, What.REFUSED):
                            mark.classes("tr-mark--warn")
                        elif step.what in (What.PROMOTED, What.ROLLED_BACK):
                            mark.classes("tr-mark--good")
                        ui.label(step.model or "").style("overflow-wrap: anywhere")
                        ui.label(words.moment(step.at)).classes("tr-quiet")
                    ui.label(words.step(step)).style("overflow-wrap: anywhere")

"""The panel of a model that reads along: how far it is, where both models differ, how long each takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from training import words
from training.promoting.words import moment
from training.shadowing.models import ACTIVE, TrialState
from training.shadowing.results import Results, Speed

STATES = {
    TrialState.STARTING: "Its Rasa is starting, with low priority.",
    TrialState.RUNNING: "It reads what customers write, answers nobody and keeps nothing else.",
    TrialState.STOPPING: "It is being stopped.",
    TrialState.ENDED: "It has ended.",
    TrialState.FAILED: "It failed.",
}


def build_shadow(results: Results | None, stop: Callable[[], Awaitable[None]]) -> None:
    """Draw the latest trial; nothing when no model has ever read along."""
    with ui.element("section").classes("tr-panel").props('aria-label="Reading along"'):
        with ui.element("h2"):
            ui.label("Reading along")
        if results is None:
            ui.label(
                "A candidate can read what customers write before it serves: a second Rasa understands "
                "each message and answers nobody. Choose “Let it read along” at a kept model."
            ).classes("tr-quiet")
            return
        trial = results.trial
        under_way = trial.state in ACTIVE
        ui.label(results.model).style("font-weight: 600; overflow-wrap: anywhere")
        said = STATES[trial.state] + (f" {trial.why}" if trial.why else "")
        state = ui.label(said).props("role=status")
        if trial.state is TrialState.FAILED:
            state.classes("tr-verdict tr-verdict--warn")
        _figures(results)
        if under_way:
            with ui.element("div").classes("tr-actions"):
                ui.button("Stop", on_click=stop).props("outline")
        _differing(results)


def _figures(results: Results) -> None:
    trial = results.trial
    share = "" if trial.share == 1 else f", {trial.share:.0%} of all"
    ui.label(
        f"{results.read} of {trial.wanted} messages read{share}; since {moment(trial.started_at)}."
    )
    if results.share is not None:
        ui.label(
            f"{results.agreed} of {results.read} understood alike ({100 * results.share:.1f} %)."
        ).style("font-weight: 600")
    if results.errors or results.dropped:
        ui.label(
            f"{words.plural(results.errors, 'fault', 'faults')}; "
            f"{words.plural(results.dropped, 'message', 'messages')} dropped, when it was too busy."
        ).classes("tr-quiet")
    serving, shadow = results.serving_speed, results.shadow_speed
    if serving is not None or shadow is not None:
        ui.label(
            f"Time to understand a message (half, and 95 %, within): in service {_speed(serving)}, "
            f"this one {_speed(shadow)}. This one waits for whatever customers need first, and has "
            "no text read ahead."
        ).classes("tr-quiet")


def _speed(speed: Speed | None) -> str:
    return "unknown" if speed is None else f"{speed.p50:.0f} and {speed.p95:.0f} ms"


def _differing(results: Results) -> None:
    if not results.differing:
        if results.read:
            ui.label("Both understood every message alike.").classes("tr-quiet")
        return
    title = words.plural(len(results.differing), "message", "messages")
    with ui.expansion(f"{title} understood differently").classes("w-full"):
        for one in results.differing:
            with ui.element("div").classes("tr-changed"):
                ui.label(one.text)
                sure = f" ({words.percent(one.confidence)})" if one.confidence is not None else ""
                ui.label(
                    f"in service: {words.intent(one.serving)} · this one: {words.intent(one.shadow)}{sure}"
                ).classes("tr-quiet")

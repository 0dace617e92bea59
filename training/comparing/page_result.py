"""What came of a training, beside the model: the golden set, and the way to the whole comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from training import words
from training.models import Choice, TrainingRun

CHOICES = {Choice.PROMOTED: "Promoted.", Choice.KEPT_OLD: "The old model stays."}


def build_result(run: TrainingRun, build_actions: Callable[[], None]) -> None:
    """Draw the result; what can be done about it stands above the long tables."""
    figures = run.figures
    tone, sentence = words.verdict(figures)
    if run.at_a_start and not figures:
        tone, sentence = "plain", "Not compared with the model before it yet."
    ui.label(sentence).classes(f"tr-verdict tr-verdict--{tone}")
    if "candidate" in figures:
        _build_score(figures)
    build_actions()
    _build_facts(run)
    if "candidate" in figures:
        _build_replay(run)
        _build_intents(figures)
        _build_changed(figures)


def _build_facts(run: TrainingRun) -> None:
    ended = run.finished_at or run.started_at
    took = words.duration((ended - run.started_at).total_seconds())
    added = words.plural(run.labels, "new label", "new labels")
    decided = f"{CHOICES[run.choice]} " if run.choice is not None else ""
    said = f"{decided}{added}, took {took}."
    if run.at_a_start:
        said = f"Made by a start, because rules, domain, code or encoder had changed. {added}."
    ui.label(said).classes("tr-quiet").style("margin-top: 8px")


def _build_replay(run: TrainingRun) -> None:
    changes = run.figures.get("changes")
    if changes is not None:
        answers = words.plural(changes["answers"], "answer", "answers")
        handoffs = words.plural(changes["handoffs"], "handoff", "handoffs")
        messages = words.plural(run.figures["replayed"], "past message", "past messages")
        ui.label(f"In {messages}, {answers} and {handoffs} would change.")
    ui.link("The whole comparison", f"/staff/training/runs/{run.id}")


def _build_score(figures: dict[str, Any]) -> None:
    serving, candidate = figures["serving"], figures["candidate"]
    with ui.element("div").classes("tr-score"):
        for title, share in (
            ("old model", serving["share"] if serving else None),
            (None, None),
            ("new model", candidate["share"]),
        ):
            with ui.element("div"):
                if title is None:
                    ui.label("→").props("aria-hidden=true")
                    continue
                with ui.element("strong"):
                    ui.label("–" if share is None else f"{100 * share:.1f} %")
                ui.label(title).classes("tr-quiet")
    left_out = figures.get("left_out") or 0
    note = f"Right answers on {figures['messages']} golden messages that no model is trained on."
    if left_out:
        became = words.plural(left_out, "message is", "messages are")
        note += f" {became} left out, having become training examples."
    ui.label(note).classes("tr-quiet")


def _build_intents(figures: dict[str, Any]) -> None:
    rows = [row for row in figures["intents"] if row["serving"] is not None]
    moved = [row for row in rows if row["serving"] != row["candidate"]]
    moved.sort(key=lambda row: row["candidate"] - row["serving"])
    if not rows:
        return
    if not moved:
        ui.label("No intent gained or lost.").style("margin: 8px 0")
        return
    with ui.element("table").classes("tr-figures"):
        with ui.element("thead"), ui.element("tr"):
            for title in ("Intent", "Before", "After", ""):
                with ui.element("th").props("scope=col"):
                    ui.label(title)
        with ui.element("tbody"):
            for row in moved:
                gain = row["candidate"] - row["serving"]
                with ui.element("tr"):
                    cells = (
                        words.intent(row["intent"]),
                        f"{row['serving']}/{row['messages']}",
                        f"{row['candidate']}/{row['messages']}",
                    )
                    for cell in cells:
                        with ui.element("td"):
                            ui.label(cell)
                    with ui.element("td").classes("tr-up" if gain > 0 else "tr-down"):
                        ui.label(f"{gain:+d}")


def _build_changed(figures: dict[str, Any]) -> None:
    changed = figures["changed"]
    if not changed:
        return
    title = words.plural(len(changed), "message is", "messages are")
    with ui.expansion(f"{title} understood differently").classes("w-full"):
        for one in changed:
            with ui.element("div").classes("tr-changed"):
                ui.label(one["text"])
                ui.label(
                    f"right: {words.intent(one['expected'])} · before: {words.intent(one['serving'])}"
                    f" · after: {words.intent(one['candidate'])}"
                ).classes("tr-quiet")

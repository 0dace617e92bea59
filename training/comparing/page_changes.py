"""What would change: past messages with what both models make of them, the doubtful ones first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from training import words as room_words
from training.comparing import words
from training.comparing.parts import quiet

AT_ONCE = 20

Change = Mapping[str, Any]
#: What can be listed alone; the first is all of them.
SIFTED: Mapping[str, Callable[[Change], bool]] = {
    "All": lambda change: True,
    "Handoffs": lambda change: bool(change["handoff"]),
    "Wrong now": lambda change: change["known"] in ("wrong", "neither"),
    "Right now": lambda change: change["known"] == "right",
    "Not labelled": lambda change: change["known"] is None,
}


class ChangesPanel:
    """The list; more of it is drawn when asked for."""

    def __init__(self, replay: Mapping[str, Any]) -> None:
        self._replay = replay
        self._shown = AT_ONCE
        self._sift = "All"

    def build(self) -> None:
        """Draw the sentence, the choice of what is listed, and the list."""
        with ui.element("section").classes("cp-panel").props("aria-labelledby=cp-changes"):
            with ui.element("h2").props("id=cp-changes"):
                ui.label("What would change")
            ui.label(words.changes(self._replay))
            if "counts" not in self._replay:
                return
            quiet(words.known(self._replay))
            quiet(words.left_out(self._replay))
            if not self._replay["changes"]:
                return
            choices = {
                name: f"{name} ({count})"
                for name, fits in SIFTED.items()
                if (count := sum(_times(one) for one in self._replay["changes"] if fits(one)))
            }
            if len(choices) > 1:
                sift = ui.toggle(choices, value="All", on_change=lambda e: self._choose(e.value))
                sift.props('no-caps unelevated aria-label="Which changes"').style("flex-wrap: wrap")
            self._list = ui.element("ol")
            self._more = ui.element("div").classes("cp-actions")
            self._draw()

    def _choose(self, name: str) -> None:
        self._sift, self._shown = name, AT_ONCE
        self._draw()

    def _show_more(self) -> None:
        self._shown += AT_ONCE
        self._draw()

    def _draw(self) -> None:
        fitting = [one for one in self._replay["changes"] if SIFTED[self._sift](one)]
        self._list.clear()
        with self._list:
            for change in fitting[: self._shown]:
                _draw_change(change)
        self._more.clear()
        left = len(fitting) - self._shown
        with self._more:
            if left > 0:
                ui.button(f"Show {min(left, AT_ONCE)} more", on_click=self._show_more).props(
                    "outline"
                )
            kept, counts = sum(map(_times, self._replay["changes"])), self._replay["counts"]
            total = counts["answers"] + counts["handoffs"]
            if left <= 0 and total > kept:
                quiet(f"The first {kept} of {total} are kept here.")


def _times(change: Change) -> int:
    return int(change.get("times", 1))


def _draw_change(change: Change) -> None:
    with ui.element("li").classes("cp-change"):
        ui.label(change["text"]).classes("cp-text").props("dir=auto")
        with ui.element("div").classes("cp-sides"):
            for name in ("before", "after"):
                side = change[name]
                ui.label(name)
                ui.label(
                    f"{room_words.intent(side['intent'])} {side['confidence']:.0%} "
                    f"→ {words.deed(side)}"
                )
        with ui.element("div").classes("cp-chips"):
            if change["handoff"]:
                ui.label("handoff").classes("cp-chip")
            if change.get("times", 1) > 1:
                ui.label(f"said {change['times']} times").classes("cp-chip")
            tone, said = words.label(change)
            ui.label(said).classes(f"cp-chip cp-chip--{tone}")


def build_golden_changes(golden: Mapping[str, Any]) -> None:
    """Draw the golden messages that both models read differently."""
    if not golden["changed"]:
        quiet("Both models read every golden message the same way.")
        return
    with ui.element("ol"):
        for one in golden["changed"]:
            with ui.element("li").classes("cp-change"):
                ui.label(one["text"]).classes("cp-text").props("dir=auto")
                with ui.element("div").classes("cp-sides"):
                    for name, intent in (
                        ("right", one["expected"]),
                        ("before", one["serving"]),
                        ("after", one["candidate"]),
                    ):
                        ui.label(name)
                        ui.label(room_words.intent(intent))

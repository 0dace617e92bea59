"""The curve of caught chats against needless handoffs, over every threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from training.mood_replay.replay import Counts, Replay

# NiceGUI evaluates what stands under a key with a colon in the browser: so the colours are the page's own.
_INK, _LINE = (
    f"getComputedStyle(document.documentElement).getPropertyValue('--hr-{name}')"
    for name in ("ink-2", "line")
)
_GOOD, _BAD, _ACCENT = (
    f"getComputedStyle(document.documentElement).getPropertyValue('--hr-{name}')"
    for name in ("good", "danger", "accent")
)
CAUGHT, NEEDLESS = "Badly ended, caught", "Well ended, needless"


class Curve:
    """Drawn once for some chats; a step of the slider only moves its line."""

    def __init__(self) -> None:
        self._replay: Replay | None = None
        self._chart = ui.echart(_options()).classes("fr-chart").props("role=img")

    def show(
        self, replay: Replay, holds: float, threshold: float, thresholds: Sequence[float]
    ) -> None:
        """Show both shares, with the threshold that holds and the one that is tried."""
        caught, needless = self._chart.options["series"]
        if replay is not self._replay:
            self._replay = replay
            curve = replay.curve(thresholds)
            # A share of none is no line at 0 %.
            caught["data"] = [[at, _percent(one.caught, one.bad)] for at, one in curve if one.bad]
            needless["data"] = [
                [at, _percent(one.needless, one.well)] for at, one in curve if one.well
            ]
        marks: list[dict[str, Any]] = [
            {"xAxis": holds, "label": {"formatter": "now"}, "lineStyle": {"type": "dashed"}}
        ]
        if threshold != holds:
            tried = {"formatter": f"{threshold:.2f}"}
            marks.append({"xAxis": threshold, "label": tried, "lineStyle": {"type": "solid"}})
        caught["markLine"]["data"] = marks
        self._chart.props["aria-label"] = _summary(replay.counts(threshold), threshold)
        counts = replay.counts(threshold)
        self._chart.set_visibility(bool(counts.bad or counts.well))
        self._chart.update()


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _summary(counts: Counts, threshold: float) -> str:
    return (
        f"At {threshold:.2f}, {_percent(counts.caught, counts.bad):.0f} % of the badly ended chats "
        f"are caught, and {_percent(counts.needless, counts.well):.0f} % of the well-ended ones go "
        "to a person for nothing. Both fall as the threshold rises."
    )


def _options() -> dict[str, Any]:
    def axis(name: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "value",
            "name": name,
            "nameTextStyle": {":color": _INK},
            "axisLabel": {":color": _INK, **more.pop("label", {})},
            "splitLine": {"lineStyle": {":color": _LINE}},
            **more,
        }

    def line(name: str, color: str, kind: str) -> dict[str, Any]:
        return {
            "type": "line",
            "name": name,
            "step": "start",
            "showSymbol": False,
            "data": [],
            ":color": color,
            "lineStyle": {"type": kind, "width": 2},
        }

    return {
        "animation": False,
        "grid": {"left": 44, "right": 20, "top": 46, "bottom": 42},
        "legend": {"top": 0, "textStyle": {":color": _INK}},
        "tooltip": {"trigger": "axis", ":valueFormatter": "value => value + ' %'"},
        "xAxis": axis("threshold", min=0.4, max=1, nameLocation="middle", nameGap=26),
        "yAxis": axis("", min=0, max=100, label={"formatter": "{value} %"}),
        "series": [
            {
                **line(CAUGHT, _GOOD, "solid"),
                "markLine": {
                    "symbol": "none",
                    "data": [],
                    "lineStyle": {":color": _ACCENT, "width": 2},
                    "label": {":color": _INK},
                },
            },
            line(NEEDLESS, _BAD, "dashed"),
        ],
    }

"""Drift over the weeks: the share of messages unlike every example, with its interval."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nicegui import ui

from training.health.report import Report

# NiceGUI evaluates what stands under a key with a colon in the browser: so the colours are the page's own.
_INK, _LINE, _ACCENT, _SOFT = (
    f"getComputedStyle(document.documentElement).getPropertyValue('--hr-{name}')"
    for name in ("ink-2", "line", "accent", "accent-soft")
)
#: Weeks with fewer messages say too little to be drawn.
LEAST = 10


class Weeks:
    """The last 13 weeks as a line within its 95 % interval; hidden where there is nothing to see."""

    def __init__(self) -> None:
        self._chart = ui.echart(_options()).classes("dh-chart").props("role=img")
        self._chart.set_visibility(False)

    def show(self, report: Report | None) -> None:
        weeks = [
            week
            for week in (report.drift.get("weeks") or [] if report else [])
            if week["messages"] >= LEAST
        ]
        self._chart.set_visibility(len(weeks) > 1)
        if len(weeks) < 2:
            return
        low, band, share = self._chart.options["series"]
        self._chart.options["xAxis"]["data"] = [_day(week["end"]) for week in weeks]
        low["data"] = [_percent(week["low"]) for week in weeks]
        band["data"] = [round(_percent(week["high"]) - _percent(week["low"]), 1) for week in weeks]
        share["data"] = [_percent(week["share"]) for week in weeks]
        said = ", ".join(f"{_day(one['end'])} {_percent(one['share']):.0f} %" for one in weeks)
        self._chart.props["aria-label"] = f"Messages unlike every example, by week ending: {said}."
        self._chart.update()


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d %b}"


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _options() -> dict[str, Any]:
    hidden = {"type": "line", "stack": "interval", "symbol": "none", "lineStyle": {"opacity": 0}}
    return {
        "animation": False,
        "title": {
            "text": "Messages unlike every example, by week",
            "textStyle": {":color": _INK, "fontSize": 13, "fontWeight": "normal"},
        },
        "grid": {"left": 44, "right": 16, "top": 36, "bottom": 26},
        "xAxis": {"type": "category", "data": [], "axisLabel": {":color": _INK}},
        "yAxis": {
            "type": "value",
            "min": 0,
            "axisLabel": {":color": _INK, "formatter": "{value} %"},
            "splitLine": {"lineStyle": {":color": _LINE}},
        },
        "series": [
            {**hidden, "data": [], "silent": True},
            {**hidden, "data": [], "silent": True, "areaStyle": {":color": _SOFT, "opacity": 1}},
            {
                "type": "line",
                "name": "unlike every example",
                "data": [],
                ":color": _ACCENT,
                "symbolSize": 6,
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "data": [{"yAxis": 5}],
                    "label": {"formatter": "usual", "position": "insideStartTop", ":color": _INK},
                    "lineStyle": {":color": _INK, "type": "dashed"},
                },
            },
        ],
    }

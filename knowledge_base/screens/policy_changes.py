"""The last changes of how answers are decided: what, from what to what, by whom, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nicegui import ui

from knowledge_base.models import PolicyChange
from knowledge_base.quality.changes import (
    CALIBRATION,
    GOLDEN_DELETED,
    GOLDEN_REMOVED,
    PRECISION,
)

_NAMES = {
    PRECISION: "Target precision",
    CALIBRATION: "Weights",
    GOLDEN_REMOVED: "No longer golden as it was",
    GOLDEN_DELETED: "Golden question deleted",
}
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))


def policy_changes(found: Sequence[PolicyChange], now: datetime) -> None:
    """Draw them, newest first."""
    with ui.element("section").classes("kb-panel") as section:
        section.props["aria-label"] = "What was changed"
        with ui.element("h2"):
            ui.label("What was changed")
        if not found:
            ui.label(
                "Nothing yet. Whoever sets the target or fits the weights stands here."
            ).classes("kb-muted")
        with ui.element("ol").classes("kb-history"):
            for one in found:
                with ui.element("li"):
                    ui.label(line_of(one, now)).style("overflow-wrap: anywhere")


def line_of(one: PolicyChange, now: datetime) -> str:
    """ "Target precision .75 → .80 · ada · 3 days ago · reason"."""
    name = _NAMES.get(one.what, one.what)
    moved = " → ".join(filter(None, (one.before, one.after)))
    said = f"{name}: {moved}" if one.what in (GOLDEN_REMOVED, GOLDEN_DELETED) else f"{name} {moved}"
    return " · ".join(filter(None, (said.strip(), one.by, ago(one.at, now), one.note)))


def ago(at: datetime, now: datetime) -> str:
    """ "3 days ago"; the largest unit that has passed."""
    seconds = int((now - at).total_seconds())
    for length, name in _UNITS:
        if seconds >= length:
            count = seconds // length
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"

"""Golden questions that don't get their right article now, whatever took it away: an expiry asks nobody."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from knowledge_base.review.past import Question

SHOWN = 8
WRONG = "Customers who ask these don't get the right article."
HIDDEN = "Customers can't get their right article: it is archived, has expired, or is for staff."


def golden_failing(
    failing: Sequence[Question], said: str = WRONG, *, link: tuple[str, str] | None = None
) -> None:
    """Draw the list, with what is `said` of it and where a link leads on: its words and its address."""
    with ui.element("section").classes("kb-panel") as section:
        section.props["aria-label"] = "Golden questions that fail now"
        with ui.element("h2"):
            ui.label(f"Golden questions that fail now: {len(failing)}")
        ui.label(said).classes("kb-warn")
        with ui.element("ul").classes("kb-history"):
            for one in failing[:SHOWN]:
                with ui.element("li"):
                    ui.label(one.text).style("overflow-wrap: anywhere")
        if len(failing) > SHOWN:
            ui.label(f"And {len(failing) - SHOWN} more.").classes("kb-muted")
        if link:
            ui.link(*link)

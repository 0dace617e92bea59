"""A panel with labelled questions: what each finds, and which article is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from knowledge_base.quality.judged import Judged
from knowledge_base.search.records import Record

#: So many stand open, and so many more behind a click.
OPEN, MORE = 8, 92


def judged_list(
    title: str, found: Sequence[Judged], empty: str, by_slug: Mapping[str, Record]
) -> None:
    """Draw the panel; `empty` is said where there are none, `by_slug` names the articles."""
    with ui.element("section").classes("kb-panel") as section:
        section.props["aria-label"] = title
        with ui.element("h2"):
            ui.label(title)
        if not found:
            ui.label(empty).classes("kb-muted")
            return
        _list(found[:OPEN], by_slug)
        if more := found[OPEN : OPEN + MORE]:
            with ui.element("details").classes("kb-more"):
                with ui.element("summary"):
                    ui.label(f"{len(found) - OPEN} more").classes("kb-inline")
                _list(more, by_slug)


def _list(found: Sequence[Judged], by_slug: Mapping[str, Record]) -> None:
    with ui.element("ul").classes("kb-history"):
        for one in found:
            right = by_slug.get(one.right) if one.right else None
            with ui.element("li"):
                _question(one, right.title if right else one.right)


def _question(one: Judged, right: str | None) -> None:
    ui.label(one.label.text).style("overflow-wrap: anywhere")
    with ui.element("div").classes("kb-step kb-muted"):
        if one.first is not None:
            ui.label("finds")
            ui.link(one.first.title, f"/staff/articles/{one.first.slug}")
        if right is not None:
            ui.label("right is")
            ui.link(right, f"/staff/articles/{one.right}")
        elif one.label.slug is None:
            ui.label("right is: no article answers it")
        else:
            ui.label("the customer said that it did not help")
        ui.label(f"{one.probability:.0%} sure")

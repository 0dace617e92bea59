"""Pieces that the comparison's page is made of. Whatever a customer wrote stands in labels only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui


def heading(text: str, level: int = 2) -> None:
    with ui.element(f"h{level}"):
        ui.label(text)


def quiet(text: str) -> None:
    if text:
        ui.label(text).classes("cp-quiet")


def table(caption: str, titles: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Draw a table; cells are (text, tone), the first of a row is its heading; it scrolls by itself on a phone."""
    with (
        ui.element("div").classes("cp-scroll").props("tabindex=0 role=region") as region,
        ui.element("table").classes("cp-table"),
    ):
        region.props["aria-label"] = caption
        with ui.element("caption"):
            ui.label(caption)
        with ui.element("thead"), ui.element("tr"):
            for title in titles:
                with ui.element("th").props("scope=col"):
                    ui.label(title)
        with ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    for place, (text, tone) in enumerate(row):
                        cell = ui.element("td") if place else ui.element("th").props("scope=row")
                        with cell:
                            ui.label(text).classes(f"cp-tone--{tone}" if tone else "")


def fold(title: str, build: Callable[[], None]) -> None:
    """Draw a section that is built when it is first opened: a page of ten tables should open at once."""
    built = False
    with ui.expansion(title).classes("w-full cp-fold") as section:
        inside = ui.element("div").classes("cp-inside")

    def open_(_: object = None) -> None:
        nonlocal built
        if section.value and not built:
            built = True
            with inside:
                build()

    section.on_value_change(open_)

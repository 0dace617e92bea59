"""The row that says what single keys do on a page."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui


def key_hints(keys: Iterable[tuple[str, str]], style: str, lead: str = "") -> ui.element:
    """Keys and what they do; `style`: the row's class."""
    with ui.element("div").classes(style) as row:
        if lead:
            ui.label(lead)
        for key, does in keys:
            with ui.element("span"):
                with ui.element("kbd"):
                    ui.label(key).style("display: inline")
                ui.label(f" {does}").style("display: inline")
    return row

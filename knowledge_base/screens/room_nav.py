"""The row of links at the top of every page of the editor's room."""

from __future__ import annotations

from nicegui import ui

PLACES = (
    ("Articles", "/staff/articles"),
    ("Unanswered", "/staff/articles/unanswered"),
    ("Import", "/staff/articles/import"),
    ("Questions", "/staff/articles/questions"),
    ("Digest", "/staff/articles/digest"),
    ("Quality", "/staff/articles/quality"),
)
STYLE = '<link rel="stylesheet" href="/staff/articles-assets/editor.css">'


def room_nav(current: str) -> None:
    """Links to the room's pages, with the room's style sheet; `current` is a path of ``PLACES``."""
    ui.add_head_html(STYLE)
    with ui.element("nav").props('aria-label="Knowledge base"').classes("kb-nav"):
        for name, path in PLACES:
            link = ui.link(name, path)
            if path == current:
                link.props("aria-current=page")

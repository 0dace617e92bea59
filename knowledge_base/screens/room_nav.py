"""The row of links at the top of every page of the editor's room."""

from __future__ import annotations

from nicegui import ui

from server.auth import Role, Staff

EDITORS = (Role.EDITOR,)
PLACES = (
    ("Articles", "/staff/articles", EDITORS),
    ("Unanswered", "/staff/articles/unanswered", EDITORS),
    ("Import", "/staff/articles/import", EDITORS),
    ("Questions", "/staff/articles/questions", EDITORS),
    ("Digest", "/staff/articles/digest", EDITORS),
    ("Quality", "/staff/articles/quality", (Role.EDITOR, Role.SUPERVISOR)),
)
STYLE = '<link rel="stylesheet" href="/staff/articles-assets/editor.css">'


def room_nav(current: str, staff: Staff | None = None) -> None:
    """Links to the room's pages, with the room's style sheet; `current` is a path of ``PLACES``.

    `staff` leaves out what this person may not open; without it the reader is an editor. One link alone, to
    the page itself, is none.
    """
    ui.add_head_html(STYLE)
    places = [(name, path) for name, path, roles in PLACES if staff is None or staff.may(*roles)]
    if len(places) == 1:
        return
    with ui.element("nav").props('aria-label="Knowledge base"').classes("kb-nav"):
        for name, path in places:
            link = ui.link(name, path)
            if path == current:
                link.props("aria-current=page")

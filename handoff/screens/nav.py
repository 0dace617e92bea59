"""The row of links at the top of every page that sets up the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from server.auth import Role, Staff
from server.pages import staff_frame

PLACES = (
    ("Teams", "/staff/desk/teams"),
    ("People", "/staff/desk/people"),
    ("Routing", "/staff/desk/routing"),
    ("Priorities", "/staff/desk/priorities"),
    ("Replies", "/staff/desk/replies"),
    ("Macros", "/staff/desk/macros"),
    ("Procedures", "/staff/desk/procedures"),
    ("Root causes", "/staff/desk/causes"),
    ("Customers", "/staff/desk/customers"),
    ("Practice", "/staff/desk/practice"),
    ("Alerts", "/staff/desk/alerts"),
)
LEADS_ONLY = (
    "/staff/desk/people",
    "/staff/desk/routing",
    "/staff/desk/priorities",
    "/staff/desk/alerts",
)
STYLE = '<link rel="stylesheet" href="/staff/console/desk.css">'


@contextmanager
def desk_frame(title: str, staff: Staff, current: str) -> Iterator[None]:
    """The frame of one page of the desk's set-up; `current` is a path of ``PLACES``."""
    ui.add_head_html(STYLE)
    with staff_frame(title, staff):
        with ui.element("nav").props('aria-label="The desk"').classes("desk-nav"):
            for name, path in PLACES:
                if path in LEADS_ONLY and not staff.may(Role.SUPERVISOR):
                    continue
                link = ui.link(name, path)
                if path == current:
                    link.props("aria-current=page")
        yield

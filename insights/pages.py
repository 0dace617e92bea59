"""The supervisor's room in the browser: which pages it has, and the frame with the links around them.

A page is a module with ``register_pages()``; it draws itself inside ``room_frame``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nicegui import ui
from starlette.responses import RedirectResponse, Response

from insights.digest.found import READERS
from server.auth import Role, Staff
from server.pages import staff_frame

PATH = "/staff/insights"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")


@dataclass(frozen=True)
class Screen:
    """One link of the room."""

    title: str
    path: str
    module: str
    """Loaded when the pages are registered: the module imports `room_frame` from here."""
    roles: tuple[Role, ...] = (Role.SUPERVISOR,)


#: In the order in which they are linked; the first one is where the room begins.
SCREENS = (
    Screen("Digest", f"{PATH}/digest", "insights.digest.page", READERS),
    Screen("Surveys", f"{PATH}/surveys", "insights.surveys.page"),
)


def register_pages() -> None:
    """Declare the room's pages to NiceGUI. Called once by create_app, before ``ui.run_with``."""
    ui.page(PATH)(first_page)
    for screen in SCREENS:
        import_module(screen.module).register_pages()


async def first_page() -> Response:
    """`/staff/insights` begins with the first screen; who may not read that one is told so there."""
    headers = {"Cache-Control": "no-store"}
    return RedirectResponse(SCREENS[0].path, status_code=303, headers=headers)


@contextmanager
def room_frame(title: str, staff: Staff, current: str) -> Iterator[None]:
    """The frame of one of the room's pages; `current` is the path of its screen."""
    ui.add_css(STYLE)
    mine = [screen for screen in SCREENS if staff.may(*screen.roles)]
    with staff_frame(title, staff):
        # A row of one link would lead nowhere.
        if len(mine) > 1:
            with ui.element("nav").props('aria-label="The supervisor\'s room"').classes("in-nav"):
                for screen in mine:
                    link = ui.link(screen.title, screen.path)
                    if screen.path == current:
                        link.props("aria-current=page")
        yield

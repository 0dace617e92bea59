"""The trainer's room in the browser: which pages it has, and the frame with the links around them.

A page is a module with ``register_pages()``; it draws itself inside ``room_frame``. The review page,
`/staff/training`, is a custom element that talks to the room's REST interface itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from fastapi import FastAPI
from nicegui import ui
from starlette.staticfiles import StaticFiles

from server.auth import Role, Staff
from server.pages import staff_frame

STATIC = Path(__file__).parent / "static"
ASSETS = "/staff/training/static"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")


@dataclass(frozen=True)
class Screen:
    """One link of the room."""

    title: str
    path: str
    module: str
    """Loaded when the pages are registered: the module imports `room_frame` from here."""
    roles: tuple[Role, ...] = (Role.TRAINER,)
    """Who may open it."""


#: In the order in which they are linked. A page that does not stand yet has no line.
SCREENS = (
    Screen("Review", "/staff/training", "training.page_review"),
    Screen(
        "Second opinions",
        "/staff/training/opinions",
        "training.opinions.page",
        (Role.TRAINER, Role.SUPERVISOR),
    ),
    Screen("Doubtful examples", "/staff/training/suspects", "training.suspects.page"),
    Screen("Model", "/staff/training/model", "training.page_model"),
    Screen("History", "/staff/training/history", "training.promoting.page"),
    Screen("Test console", "/staff/training/try", "training.trying.page"),
    Screen("Frustration", "/staff/training/frustration", "training.mood_replay.page"),
    Screen("Data health", "/staff/training/health", "training.health.page"),
    Screen("Files", "/staff/training/files", "training.page_exchange"),
)


def install(app: FastAPI) -> None:
    """Serve the room's files and register its pages. Called once by create_app, before ``ui.run_with``."""
    app.mount(ASSETS, StaticFiles(directory=STATIC), name="training-static")
    register_pages()


def register_pages() -> None:
    """Declare the room's pages to NiceGUI."""
    for screen in SCREENS:
        import_module(screen.module).register_pages()
    import_module("training.comparing.pages").register_pages()  # below Model


def screens_of(staff: Staff) -> list[Screen]:
    """The pages of the room that this person may open."""
    return [screen for screen in SCREENS if staff.may(*screen.roles)]


@contextmanager
def room_frame(title: str, staff: Staff, current: str, *, wide: bool = False) -> Iterator[None]:
    """The frame of one of the room's pages; `current` is the path of a screen, its own or the one above it."""
    ui.add_css(STYLE)
    with staff_frame(title, staff, wide=wide):
        with ui.element("nav").props('aria-label="The trainer\'s room"').classes("tr-nav"):
            for screen in screens_of(staff):
                link = ui.link(screen.title, screen.path)
                if screen.path == current:
                    link.props("aria-current=page")
        yield

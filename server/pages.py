"""The shell of every staff page: who may open it, its header and navigation, its colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from nicegui import Client, ui
from nicegui import app as nicegui_app
from starlette.datastructures import URL
from starlette.staticfiles import StaticFiles

from server import typed
from server.auth import Role, Staff, cookie_name, staff_of_session
from server.errors import Forbidden, NotFound, NotSignedIn
from server.focusing import show_current
from server.login import STRICT_HEADERS, TEMPLATES
from server.places import LOGIN, PASSWORD, places_of

PRODUCT = "Handrail"
ASSETS = Path(__file__).parent / "static"
# How often an open page looks whether its session still stands, as the staff socket does.
SESSION_CHECK = 2.0
HEAD = (
    '<link rel="stylesheet" href="/staff/assets/staff.css">'
    '<link rel="icon" href="/staff/assets/mark.svg" type="image/svg+xml">'
    '<meta name="color-scheme" content="light dark">'
)


def install(app: FastAPI) -> None:
    """Serve the shell's own files and turn refusals on staff pages into pages. Called once by create_app,
    before ``ui.run_with``."""
    app.mount("/staff/assets", StaticFiles(directory=ASSETS), name="staff-assets")
    typed.install()
    nicegui_app.exception_handler(NotSignedIn)(_sign_in_first)
    nicegui_app.exception_handler(Forbidden)(_refused)
    nicegui_app.exception_handler(404)(_missing)


def _sign_in_first(request: Request, _: Exception) -> Response:
    target = str(URL(LOGIN).include_query_params(next=request.url.path))
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})


def _refused(_: Request, __: Exception) -> Response:
    html = TEMPLATES.get_template("forbidden.html").render()
    return HTMLResponse(html, status_code=403, headers=STRICT_HEADERS)


def _missing(request: Request, _: Exception) -> Response:
    # NiceGUI's own handler logs the address, with what somebody typed into it, and keeps the state of a
    # whole page for a minute: 60 kB for each wrong address that anybody asks for.
    if request.url.path.startswith("/api/"):
        return JSONResponse(NotFound().body(), status_code=404)
    html = TEMPLATES.get_template("missing.html").render()
    return HTMLResponse(html, status_code=404, headers=STRICT_HEADERS)


def page_services() -> Any:
    """The app's services (server.app.Services), for pages."""
    return nicegui_app.state.services


async def require_page(*roles: Role) -> Staff:
    """The signed-in person who opened this page, who has one of the roles.

    Called first in every staff page. Without a session the browser is sent to the sign-in page, without
    the role it gets a plain page with status 403; both end the page function here, by an error that
    ``install`` has a handler for. When the session ends, or the role is gone, the open page ends too.

    Raises:
        NotSignedIn: no valid session.
        Forbidden: another role.
    """
    client = ui.context.client
    token = client.request.cookies.get(cookie_name(page_services().settings.secure_cookies))
    try:
        staff = await _holder(token, roles)
    except (NotSignedIn, Forbidden):
        # Or NiceGUI keeps it for a minute, waiting for a browser that was sent elsewhere.
        client.delete()
        raise
    ui.timer(SESSION_CHECK, lambda: _end_with_session(client, token, roles), immediate=False)
    return staff


async def _holder(token: str | None, roles: Sequence[Role]) -> Staff:
    held = page_services()
    async with held.database.read() as db:
        staff = await staff_of_session(db, held.clock, token)
    if not staff.may(*roles):
        raise Forbidden()
    return staff


async def _end_with_session(client: Client, token: str | None, roles: Sequence[Role]) -> None:
    """Take everything off an open page whose reader may not use it any more.

    A page is held by its id alone: without this its buttons would work on after signing out.
    """
    try:
        await _holder(token, roles)
    except (NotSignedIn, Forbidden):
        client.open("/staff")
        # Last, for it ends this very timer. What is not there can't be pressed.
        client.layout.clear()


@contextmanager
def staff_frame(title: str, staff: Staff, *, wide: bool = False) -> Iterator[None]:
    """Header, navigation and the main landmark around one page's content.

    ``wide`` gives the content the whole window, for pages with panes of their own; otherwise it is a
    centred column.
    """
    ui.page_title(f"{title} · {PRODUCT}")
    ui.add_head_html(HEAD)
    ui.dark_mode().auto()
    path = ui.context.client.request.url.path
    ui.context.client.content.classes("hr-content")
    with ui.header(elevated=False).classes("hr-header"):
        ui.link("Skip to the content", "#main").classes("hr-skip")
        with ui.link(target="/staff").classes("hr-brand"):
            ui.element("img").props('src=/staff/assets/mark.svg alt="" width=26 height=26')
            ui.label(PRODUCT).classes("hr-brand-name")
        with ui.element("nav").props('aria-label="Staff pages"').classes("hr-nav"):
            for place in places_of(staff):
                link = ui.link(place.label, place.path)
                if place.holds(path):
                    link.props("aria-current=page")
        _account(staff)
    with (
        ui.element("div")
        .props("id=main tabindex=-1")
        .classes("hr-main hr-main--wide" if wide else "hr-main")
    ):
        yield
    show_current()


def _account(staff: Staff) -> None:
    with ui.element("details").classes("hr-account"):
        with ui.element("summary"), ui.element("span").classes("hr-account-name"):
            ui.label(staff.name)
        with ui.element("div").classes("hr-menu"):
            ui.link("Change password", PASSWORD)
            with (
                ui.element("form").props("method=post action=/staff/logout"),
                ui.element("button").props("type=submit"),
            ):
                ui.label("Sign out")

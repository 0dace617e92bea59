"""The builder: `/staff/widget`, where supervisors set up the customers' chat and see it while they do.

The page is the shell of `server.pages` around one custom element, which talks to `/api/widget/settings`
itself; beside it a small page of our own runs the real widget on the draft, with a stand-in for the server.
"""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Response
from nicegui import ui
from starlette.staticfiles import StaticFiles

from server.auth import Role, Staff, allow
from server.pages import page_services, require_page, staff_frame

PATH = "/staff/widget"
BUILDER = Path(__file__).parent / "builder"
HEAD = (
    '<link rel="stylesheet" href="/staff/widget-builder/builder.css">'
    '<script type="module" src="/staff/widget-builder/builder.js"></script>'
)
# Our own page in a frame of our own page, and nowhere else; it connects to nothing.
PREVIEW_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'none'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve the builder's files and register its page. Called once by create_app, before ``ui.run_with``."""
    app.mount("/staff/widget-builder", StaticFiles(directory=BUILDER), name="staff-widget-builder")
    ui.page(PATH)(page)


@router.get("/staff/widget-preview", dependencies=[Depends(allow(Role.SUPERVISOR))])
def preview() -> Response:
    """The page inside the builder's frame."""
    return Response(
        (BUILDER / "preview.html").read_bytes(),
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": PREVIEW_CSP},
    )


async def page() -> None:
    staff = await require_page(Role.SUPERVISOR)
    ui.add_head_html(HEAD)
    with staff_frame("Widget", staff, wide=True):
        _builder(staff)


def _builder(staff: Staff) -> None:
    settings = page_services().settings
    element = ui.element("handrail-builder")
    # Set one by one: `props("…")` would parse an address, which may hold quotes.
    element.props["staff-id"] = str(staff.id)
    element.props["server"] = settings.base_url
    element.props["origins"] = json.dumps(sorted(settings.widget_origins))

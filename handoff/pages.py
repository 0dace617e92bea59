"""The agent console: `/staff/queue`, and `/staff/chat/<id>` with one chat open.

The page is the shell of `server.pages` around one custom element. The element talks to the desk's REST
interface and the staff socket itself, so what customers write never passes through NiceGUI.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from nicegui import ui
from starlette.staticfiles import StaticFiles

from handoff.screens import (
    alerts,
    causes,
    customers,
    macros,
    people,
    practice,
    practice_attempt,
    practice_chat,
    practice_make,
    practice_new,
    priorities,
    procedures,
    replies,
    routing,
    teams,
)
from server.auth import Role
from server.pages import page_services, require_page, staff_frame

STATIC = Path(__file__).parent / "static"
HEAD = (
    '<link rel="stylesheet" href="/staff/console/console.css">'
    '<link rel="stylesheet" href="/staff/console/library.css">'
    '<link rel="stylesheet" href="/staff/console/case.css">'
    '<script type="module" src="/staff/console/console.js"></script>'
)


def install(app: FastAPI) -> None:
    """Serve the console's files and register its pages. Called once by create_app, before ``ui.run_with``."""
    app.mount("/staff/console", StaticFiles(directory=STATIC), name="staff-console")
    ui.page("/staff/queue")(queue_page)
    ui.page("/staff/chat/{conversation}")(chat_page)
    ui.page("/staff/desk")(teams.to_teams)
    for screen in (teams, people, routing, priorities, procedures, causes, customers, alerts):
        ui.page(screen.PATH)(screen.page)
    for screen in (replies, macros):
        ui.page(screen.PATH)(screen.page)
    for screen in (practice, practice_new, practice_make, practice_chat, practice_attempt):
        ui.page(screen.PATH)(screen.page)


async def queue_page() -> None:
    await _console(None)


async def chat_page(conversation: UUID) -> None:
    await _console(conversation)


async def _console(conversation: UUID | None) -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    ui.add_head_html(HEAD)
    with staff_frame("Queue", staff, wide=True):
        console = ui.element("handrail-console")
        # Set one by one: `props("…")` would parse a name, which may hold quotes.
        console.props["staff-id"] = str(staff.id)
        console.props["staff-name"] = staff.name
        console.props["file-limit"] = page_services().settings.file_limit
        if staff.may(Role.SUPERVISOR):
            console.props["shares-views"] = True
        if conversation is not None:
            console.props["conversation"] = str(conversation)

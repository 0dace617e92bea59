"""The review page, `/staff/training`: the frame around the custom element of `training/static/review.js`.

The element talks to the room's REST interface itself: with a server's round trip per key nobody labels at speed.
"""

from __future__ import annotations

from nicegui import ui

from server.auth import Role
from server.pages import require_page
from training.pages import ASSETS, room_frame

PATH = "/staff/training"
HEAD = (
    f'<link rel="stylesheet" href="{ASSETS}/review.css">'
    f'<script type="module" src="{ASSETS}/review.js"></script>'
)


def register_pages() -> None:
    """Declare the page to NiceGUI."""
    ui.page(PATH)(review_page)


async def review_page() -> None:
    staff = await require_page(Role.TRAINER)
    ui.add_head_html(HEAD)
    with room_frame("Review", staff, PATH):
        ui.element("handrail-review")

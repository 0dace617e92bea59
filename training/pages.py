"""The trainer's page, `/staff/training`: an inbox of real messages beside the model that learns from them."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from server.auth import Role
from server.errors import HandrailError
from server.pages import page_services, require_page, staff_frame
from training.page_inbox import InboxPane
from training.page_model import ModelPanel
from training.room import TrainingRoom
from training.routes import router

__all__ = ["register_pages", "router"]

PATH = "/staff/training"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def training_page() -> None:
        staff = await require_page(Role.TRAINER)
        held = page_services()
        room: TrainingRoom = held.training
        ui.add_css(STYLE)
        with staff_frame("Training", staff), ui.element("div").classes("tr-page"):
            try:
                intents = await room.labels.intents()
            except HandrailError as error:
                with ui.element("div").classes("tr-panel tr-empty"), ui.element("h2"):
                    ui.label(str(error))
                return
            panel = ModelPanel(room, staff, held.clock)
            with ui.element("section").classes("tr-panel").props('aria-label="Messages"'):
                await InboxPane(room, staff, intents, panel.look).build()
            await panel.build()

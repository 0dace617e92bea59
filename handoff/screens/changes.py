"""The small panel that says who changed what of a page, the newest first."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff import rule_books
from handoff.screens import fields


class ChangesPanel:
    """The last changes of one key of `handoff.teams.versions`."""

    def __init__(self, app: Any, key: str) -> None:
        self._app = app
        self._key = key
        self._list = ui.refreshable(self._draw)

    async def show(self) -> None:
        with fields.panel("Who changed what"):
            await self._load()
            self._list()

    async def refresh(self) -> None:
        await self._load()
        self._list.refresh()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._changes = await rule_books.changes(db, self._key)

    def _draw(self) -> None:
        if not self._changes:
            ui.label("Nobody changed anything yet.").classes("desk-muted")
            return
        with ui.element("ul"):
            for change in self._changes:
                with ui.element("li"):
                    ui.label(f"{change.at:%Y-%m-%d %H:%M} UTC, {change.by}: {change.note}")

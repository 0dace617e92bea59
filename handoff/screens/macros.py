"""`/staff/desk/macros`: several actions in one, to read, write, change and archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from handoff.library import canned, macros, steps
from handoff.library.models import Macro
from handoff.screens import fields
from handoff.screens.macro_dialog import MacroDialog, Offered
from handoff.screens.nav import desk_frame
from handoff.teams.setup import takers
from server.auth import Role, Staff
from server.errors import Invalid
from server.pages import page_services, require_page

PATH = "/staff/desk/macros"


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Macros", staff, PATH):
        await MacrosPage(page_services(), staff).show()


class MacrosPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Macros")
            ui.button("New macro", icon="add", on_click=lambda: self._edit(None)).props(
                "unelevated no-caps"
            )
        ui.label(
            "A macro does several things in one go: all of them, or, when one can’t be done, none. In a chat "
            "it stands beside the replies; the agent sees its texts before anything happens."
        ).classes("desk-muted")
        self._list = ui.refreshable(self._draw)
        self._list()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._macros = await macros.every(db)
            self._archived = await macros.every(db, archived=True)
            roster = await self._app.rosters.now(db)
            self._offered = Offered(
                replies={str(one.id): one.title for one in await canned.every(db)},
                people={str(one.id): one.name for one in await takers(db)},
                teams={str(team.id): team.name for team in roster.teams},
                hours=roster.home.hours,
            )

    async def _again(self) -> None:
        await self._load()
        self._list.refresh()

    def _draw(self) -> None:
        if self._macros:
            with fields.table(("Macro", "Does", "Used", "Change"), "Macros, the most used first"):
                for macro in self._macros:
                    self._row(macro)
        else:
            ui.label(
                "There are no macros yet. Make one of what you do at the end of every chat."
            ).classes("desk-hint")
        if self._archived:
            with ui.element("details").classes("desk-more"):
                with ui.element("summary"):
                    ui.label(f"{len(self._archived)} archived").style("display: inline")
                with ui.element("ul"):
                    for macro in self._archived:
                        with ui.element("li"):
                            ui.label(macro.title)
                            if canned.may_change(macro.by, self._staff):
                                self._restoring(macro)

    def _row(self, macro: Macro) -> None:
        with fields.row(macro.title):
            with ui.element("td"), ui.element("ol").classes("desk-steps"):
                for line in self._lines(macro):
                    with ui.element("li"):
                        ui.label(line)
            fields.cell(f"{macro.uses} ×", f"by {macro.by}")
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                if canned.may_change(macro.by, self._staff):
                    button = ui.button("Edit", on_click=lambda: self._edit(macro)).props(
                        "outline dense no-caps"
                    )
                    fields.named(button, f"Edit {macro.title}")
                    fields.icon("archive", f"Archive {macro.title}", lambda: self._archive(macro))
                else:
                    ui.label("A supervisor may").classes("desk-muted")

    def _lines(self, macro: Macro) -> list[str]:
        try:
            return [self._offered.words(step) for step in steps.stored(macro.steps)]
        except Invalid as error:
            return [str(error)]

    def _restoring(self, macro: Macro) -> None:
        button = ui.button("Use again", on_click=lambda: self._set_archived(macro.id, False))
        button.props("flat dense no-caps")
        fields.named(button, f"Use {macro.title} again")

    async def _archive(self, macro: Macro) -> None:
        await self._set_archived(macro.id, True)

    async def _set_archived(self, macro_id: UUID, archived: bool) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await macros.set_archived(db, self._app.clock, macro_id, archived, self._staff)

        done = "Archived. It is kept below." if archived else "In use again."
        if await fields.attempt(store, done):
            await self._again()

    def _edit(self, macro: Macro | None) -> None:
        self._dialog.clear()
        with self._dialog:
            MacroDialog(self._app, self._staff, macro, self._offered, self._done).show()
        self._dialog.open()

    async def _done(self, changed: bool) -> None:
        self._dialog.close()
        if changed:
            await self._again()

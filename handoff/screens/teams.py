"""`/staff/desk/teams`: the teams, their people, hours and ways on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from handoff.hours import OpeningHours
from handoff.screens import fields
from handoff.screens.changes import ChangesPanel
from handoff.screens.nav import desk_frame
from handoff.screens.team_form import TeamForm
from handoff.teams import manage, versions
from handoff.teams.inputs import ASSIGN
from handoff.teams.models import Team
from handoff.teams.setup import takers
from server.auth import Role, Staff
from server.pages import page_services, require_page

PATH = "/staff/desk/teams"


async def to_teams() -> Response:
    """`/staff/desk` begins with the teams; who may not read them is told so there."""
    return RedirectResponse(PATH, status_code=303, headers={"Cache-Control": "no-store"})


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Teams", staff, PATH):
        await TeamsPage(page_services(), staff).show()


class TeamsPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._leads = staff.may(Role.SUPERVISOR)
        self._chosen: UUID | None = None
        self._making = False

    async def show(self) -> None:
        await self._load()
        self._list = ui.refreshable(self._draw)
        self._editor = ui.refreshable(self._draw_editor)
        with ui.element("div").classes("desk-bar"):
            fields.heading("Teams")
            if self._leads:
                ui.button("New team", icon="add", on_click=self._make).props("unelevated no-caps")
        self._list()
        self._editor()
        self._changes = ChangesPanel(self._app, versions.TEAMS)
        if self._leads:
            await self._changes.show()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._teams = await manage.every(db)
            self._members = await manage.members(db)
            self._people = {person.id: person.name for person in await takers(db)}

    async def refresh(self) -> None:
        """Show what holds now, with no team open."""
        self._chosen, self._making = None, False
        await self._load()
        self._list.refresh()
        self._editor.refresh()
        if self._leads:
            await self._changes.refresh()

    def _draw(self) -> None:
        active = [team for team in self._teams if not team.archived]
        ui.label(
            "The first team takes what no routing rule sends elsewhere, and everybody who is in no team."
        ).classes("desk-muted")
        head = ["Team", "Now", "People", "Chats", "Ways on", *(["Change"] if self._leads else [])]
        with fields.table(head, "Teams in their order"):
            for place, team in enumerate(active):
                self._row(team, first=place == 0, last=place == len(active) - 1)
        if archived := [team for team in self._teams if team.archived]:
            with ui.element("details").classes("desk-more"):
                with ui.element("summary"):
                    ui.label(f"{len(archived)} archived").style("display: inline")
                with ui.element("ul"):
                    for team in archived:
                        with ui.element("li"):
                            ui.label(team.name)
                            if self._leads:
                                self._restoring(team)

    def _row(self, team: Team, *, first: bool, last: bool) -> None:
        names = sorted(
            self._people[one] for one in self._members.get(team.id, ()) if one in self._people
        )
        with fields.row(team.name):
            fields.cell(*self._state(team))
            fields.cell(", ".join(names) or ("Everybody in no team" if first else "Nobody yet"))
            fields.cell(ASSIGN[team.assign])
            fields.cell(self._ways(team))
            if self._leads:
                with ui.element("td"), ui.element("div").classes("desk-buttons"):
                    up = fields.icon(
                        "arrow_upward", f"Move {team.name} up", lambda: self._move(team, -1)
                    )
                    up.set_enabled(not first)
                    down = fields.icon(
                        "arrow_downward", f"Move {team.name} down", lambda: self._move(team, 1)
                    )
                    down.set_enabled(not last)
                    edit = ui.button("Edit", on_click=lambda: self._open(team)).props(
                        "outline dense no-caps"
                    )
                    fields.named(edit, f"Edit {team.name}")

    def _state(self, team: Team) -> tuple[str, str]:
        hours, now = OpeningHours.of(team.zone, team.week, team.holidays), self._app.clock.now()
        change = hours.next_change(now)
        local = f"{hours.local(change):%a %d %b %H:%M}" if change else ""
        if hours.is_open(now):
            return "Open", f"until {local} ({team.zone})" if local else "round the clock"
        holiday = hours.holiday(now)
        closed = f"Closed: {holiday}" if holiday else "Closed"
        return closed, f"opens {local} ({team.zone})" if local else "no hours are set"

    def _ways(self, team: Team) -> str:
        names = {one.id: one.name for one in self._teams}
        ways = []
        if team.overflow_team_id in names:
            ways.append(f"after {team.overflow_seconds} s also {names[team.overflow_team_id]}")
        if team.escalates_to_id in names:
            ways.append(f"escalates to {names[team.escalates_to_id]}")
        if team.backup_id in self._people:
            ways.append(f"backup {self._people[team.backup_id]}")
        return "; ".join(ways) or "None"

    def _restoring(self, team: Team) -> None:
        async def restore() -> None:
            async with versions.changing(self._app, self._staff) as db:
                await manage.restore(db, team.id)

        async def pressed() -> None:
            if await fields.attempt(restore, f"{team.name} is back."):
                await self.refresh()

        ui.button(f"Bring {team.name} back", on_click=pressed).props("flat dense no-caps")

    async def _move(self, team: Team, by: int) -> None:
        async def move() -> None:
            async with versions.changing(self._app, self._staff) as db:
                await manage.move(db, team.id, by)

        if await fields.attempt(move):
            ways = ("up", "down") if by < 0 else ("down", "up")
            fields.focus_next(*(f"Move {team.name} {way}" for way in ways))
            await self.refresh()

    def _make(self) -> None:
        self._chosen, self._making = None, True
        self._editor.refresh()

    def _open(self, team: Team) -> None:
        self._chosen, self._making = team.id, False
        self._editor.refresh()

    def _draw_editor(self) -> None:
        team = next((one for one in self._teams if one.id == self._chosen), None)
        if team is None and not self._making:
            return
        members = self._members.get(team.id, set()) if team else set()
        TeamForm(self._app, self._staff, team, members, self._teams, self._people, self).show()

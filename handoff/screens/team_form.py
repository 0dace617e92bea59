"""One team, to make or to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from nicegui import ui

from handoff.hours import HOUSE, as_stored
from handoff.screens import fields
from handoff.screens.hours_editor import HoursEditor
from handoff.teams import manage, versions
from handoff.teams.inputs import ASSIGN, TeamChange, checked, zones
from handoff.teams.models import Team
from server.auth import Staff


class Page(Protocol):
    async def refresh(self) -> None: ...


class TeamForm:
    """The form's state; `team` is None for a new one."""

    def __init__(
        self,
        app: Any,
        staff: Staff,
        team: Team | None,
        members: set[UUID],
        teams: Sequence[Team],
        people: Mapping[UUID, str],
        page: Page,
    ) -> None:
        self._app = app
        self._staff = staff
        self._team = team
        self._seen = manage.mark(team) if team else None
        self._members = members
        self._others = {
            str(one.id): one.name for one in teams if one is not team and not one.archived
        }
        self._people = {str(one): name for one, name in people.items()}
        self._page = page
        house = as_stored(HOUSE)
        self._hours = HoursEditor(
            team.week if team else house["week"],
            team.holidays if team else [],
            app.clock.now().date(),
        )

    def show(self) -> None:
        team = self._team or Team(
            name="", zone=HOUSE.zone.key, assign="claim", offer_seconds=20, overflow_seconds=120
        )
        nobody = {fields.NOTHING: "Nobody"}
        none = {fields.NOTHING: "None"}
        with fields.panel(f"Edit {team.name}" if self._team else "New team") as section:
            section.props("id=team-form")
            with ui.element("div").classes("desk-pair"):
                self._name = ui.input("Name", value=team.name).props("maxlength=80 autofocus")
                self._zone = fields.one_of(
                    {zone: zone for zone in zones()}, team.zone, "Time zone", search=True
                )
                self._people_in = fields.some_of(
                    self._people,
                    [str(one) for one in self._members if str(one) in self._people],
                    "People",
                )
                self._assign = fields.one_of(ASSIGN, team.assign, "How chats reach people")
                self._offer = fields.number("An offer waits (seconds)", team.offer_seconds, 5, 600)
                self._overflow = fields.one_of(
                    none | self._others, str(team.overflow_team_id), "Overflow to"
                )
                self._overflow_after = fields.number(
                    "Overflow after (seconds)", team.overflow_seconds, 5, 86400
                )
                self._escalates = fields.one_of(
                    none | self._others, str(team.escalates_to_id), "Escalates to"
                )
                self._backup = fields.one_of(nobody | self._people, str(team.backup_id), "Backup")
            self._hours.show()
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Save team", on_click=self._save).props("unelevated no-caps")
                ui.button("Close", on_click=self._page.refresh).props("flat no-caps")
                if self._team is not None:
                    archive = ui.button("Archive", on_click=self._archive)
                    archive.props("flat no-caps color=negative")
        ui.run_javascript("document.getElementById('team-form')?.scrollIntoView({block: 'start'})")

    def _wanted(self) -> TeamChange:
        return checked(
            TeamChange,
            name=self._name.value or "",
            zone=self._zone.value,
            week=self._hours.week,
            holidays=self._hours.holidays,
            assign=self._assign.value,
            offer_seconds=fields.whole(self._offer.value, 0),
            overflow_team_id=self._overflow.value or None,
            overflow_seconds=fields.whole(self._overflow_after.value, 0),
            escalates_to_id=self._escalates.value or None,
            backup_id=self._backup.value or None,
        )

    async def _save(self) -> None:
        async def store() -> None:
            wanted = self._wanted()
            async with versions.changing(self._app, self._staff) as db:
                if self._team is None:
                    team = await manage.create(db, wanted, self._staff)
                else:
                    team = await manage.change(
                        db, self._team.id, wanted, self._staff, seen=self._seen
                    )
                await manage.set_members(db, team.id, map(UUID, self._people_in.value))

        if await self._complaint.unless(store, "Saved. It holds from now on."):
            fields.focus_next(f"Edit {self._name.value}")
            await self._page.refresh()

    async def _archive(self) -> None:
        async def archive() -> None:
            assert self._team is not None
            async with versions.changing(self._app, self._staff) as db:
                await manage.archive(db, self._team.id, self._staff)

        if await self._complaint.unless(archive, "Archived."):
            await self._page.refresh()

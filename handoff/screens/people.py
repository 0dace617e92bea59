"""`/staff/desk/people`: what each person can take, and in which teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from handoff.screens import fields
from handoff.screens.changes import ChangesPanel
from handoff.screens.nav import desk_frame
from handoff.teams import manage, people, versions
from handoff.teams.inputs import PersonChange, checked
from handoff.teams.languages import named
from handoff.teams.people import Person
from server.auth import Role, Staff
from server.pages import page_services, require_page

PATH = "/staff/desk/people"


async def page() -> None:
    staff = await require_page(Role.SUPERVISOR)
    with desk_frame("People", staff, PATH):
        await PeoplePage(page_services(), staff).show()


class PeoplePage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        self._list = ui.refreshable(self._draw)
        with ui.element("div").classes("desk-bar"):
            fields.heading("People")
        ui.label(
            "Routing sends a chat to those who have its skill, its language and at least its level. "
            "Accounts and roles are made by an admin."
        ).classes("desk-muted")
        self._list()
        self._changes = ChangesPanel(self._app, versions.PEOPLE)
        await self._changes.show()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._people = await people.every(db)
            teams = await manage.every(db)
        self._teams = {str(team.id): team.name for team in teams if not team.archived}

    def _draw(self) -> None:
        if not self._people:
            ui.label(
                "Nobody may take chats yet. An admin gives people the role agent or supervisor."
            ).classes("desk-hint")
            return
        head = ("Person", "Level", "Skills", "Languages", "Chats at once", "Teams", "Change")
        with fields.table(head, "People who may take chats"):
            for person in self._people:
                self._row(person)

    def _row(self, person: Person) -> None:
        first = next(iter(self._teams.values()), "")
        teams = [self._teams[str(one)] for one in person.teams]
        with fields.row(person.staff.name):
            fields.cell(fields.LEVELS[person.level])
            fields.cell(", ".join(person.skills) or "None")
            fields.cell(", ".join(named(code) for code in person.languages) or "The house’s")
            fields.cell(str(person.capacity))
            fields.cell(", ".join(sorted(teams)) or f"{first} (in no team)")
            with ui.element("td"):
                edit = ui.button("Edit", on_click=lambda: self._open(person)).props(
                    "outline dense no-caps"
                )
                fields.named(edit, f"Edit {person.staff.name}")

    def _open(self, person: Person) -> None:
        known = {skill for one in self._people for skill in one.skills}
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading(person.staff.name, "h2")
            level = fields.one_of(fields.LEVELS, person.level, "Level")
            skills = fields.some_of(
                {skill: skill for skill in sorted(known)},
                person.skills,
                "Skills (type one and press Enter)",
                new=True,
            )
            languages = fields.languages(
                person.languages, "All languages they speak (none: the house’s)"
            )
            capacity = fields.number("Chats at once", person.capacity, 1, 50)
            teams = fields.some_of(self._teams, [str(one) for one in person.teams], "Teams")
            complaint = fields.Complaint()

            async def store() -> None:
                wanted = checked(
                    PersonChange,
                    level=level.value,
                    skills=skills.value,
                    languages=languages.value,
                    capacity=fields.whole(capacity.value, 0),
                    teams=frozenset(map(UUID, teams.value)),
                )
                async with versions.changing(self._app, self._staff) as db:
                    await people.change(db, person.staff.id, wanted, self._staff)

            async def save() -> None:
                if await complaint.unless(store, "Saved. It holds from now on."):
                    self._dialog.close()
                    await self._load()
                    self._list.refresh()
                    await self._changes.refresh()

            with ui.element("div").classes("desk-bar"):
                ui.button("Save", on_click=save).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

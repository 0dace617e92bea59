"""`/staff/desk/routing`: the rules that choose a team, tried on the spot, and the ways up."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff import words
from handoff.screens import fields
from handoff.screens.changes import ChangesPanel
from handoff.screens.nav import desk_frame
from handoff.screens.rule_dialog import RuleDialog
from handoff.screens.try_route import TryRoute
from handoff.screens.ways import draw_ways
from handoff.teams import explain, people, priority_book, roster, rules, versions
from handoff.teams.languages import named
from handoff.teams.models import RoutingRule
from server.auth import Role, Staff
from server.pages import page_services, require_page

PATH = "/staff/desk/routing"


async def page() -> None:
    staff = await require_page(Role.SUPERVISOR)
    with desk_frame("Routing", staff, PATH):
        await RoutingPage(page_services(), staff).show()


def said(when: dict[str, list[str]]) -> str:
    """The conditions as a sentence: ``Refund status or Complaint; in French``."""
    parts = [
        (" or ".join(words.humanise(one) for one in when.get("intents", ()))),
        (" or ".join(f"in {named(one)}" for one in when.get("languages", ()))),
        (" or ".join(f"segment {one}" for one in when.get("segments", ()))),
        (" or ".join(words.reason(one).lower() for one in when.get("reasons", ()))),
    ]
    return "; ".join(part for part in parts if part) or "Always"


class RoutingPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        self._list = ui.refreshable(self._draw)
        with ui.element("div").classes("desk-bar"):
            fields.heading("Routing")
            ui.button("New rule", icon="add", on_click=lambda: self._open(None)).props(
                "unelevated no-caps"
            )
        ui.label("From the top, the first rule that holds decides.").classes("desk-muted")
        self._list()
        segments = {one for rule in self._rules for one in rule.when.get("segments", ())}
        self._try = TryRoute(self._app, self._topics, segments)
        await self._try.show()
        with fields.panel("Escalation and overflow"):
            draw_ways(self._roster, self._names)
        self._changes = ChangesPanel(self._app, versions.ROUTING)
        await self._changes.show()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._rules = await rules.every(db)
            self._roster = await roster.load(db)
            book = (await priority_book.read(db)).rules
            self._topics = await explain.topics(db, book, self._roster)
            self._people = await people.every(db)
        self._names = {person.staff.id: person.staff.name for person in self._people}
        self._teams = {str(team.id): team.name for team in self._roster.teams}

    async def _refresh(self) -> None:
        await self._load()
        self._list.refresh()
        await self._changes.refresh()
        await self._try.judge()

    def _draw(self) -> None:
        with fields.table(("Rule", "When", "Goes to", "Needs", "Change"), "Rules in their order"):
            for place, rule in enumerate(self._rules):
                self._row(place, rule)
            with fields.row("Everything else"):
                fields.cell("No rule holds")
                fields.cell(self._roster.home.name)
                fields.cell("")
                fields.cell("")

    def _row(self, place: int, rule: RoutingRule) -> None:
        team = self._teams.get(str(rule.team_id))
        needs = [f"skill {rule.skill}"] if rule.skill else []
        if rule.level != "front_line":
            needs.append(f"level {fields.LEVELS[rule.level].lower()}")
        with fields.row(f"{place + 1}. {rule.name}"):
            fields.cell(said(rule.when))
            fields.cell(team or "An archived team: this rule is passed over")
            fields.cell(", ".join(needs))
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                up = fields.icon(
                    "arrow_upward", f"Move {rule.name} up", lambda: self._move(rule, -1)
                )
                up.set_enabled(place > 0)
                down = fields.icon(
                    "arrow_downward", f"Move {rule.name} down", lambda: self._move(rule, 1)
                )
                down.set_enabled(place < len(self._rules) - 1)
                fields.icon("edit", f"Edit {rule.name}", lambda: self._open(rule))
                fields.icon("delete", f"Remove {rule.name}", lambda: self._ask(rule))

    async def _move(self, rule: RoutingRule, by: int) -> None:
        async def move() -> None:
            async with versions.changing(self._app, self._staff) as db:
                await rules.move(db, rule.id, by)

        if await fields.attempt(move):
            ways = ("up", "down") if by < 0 else ("down", "up")
            fields.focus_next(*(f"Move {rule.name} {way}" for way in ways))
            await self._refresh()

    def _ask(self, rule: RoutingRule) -> None:
        async def remove() -> None:
            async with versions.changing(self._app, self._staff) as db:
                await rules.remove(db, rule.id, self._staff)

        async def pressed() -> None:
            self._dialog.close()
            if await fields.attempt(remove, "Removed."):
                await self._refresh()

        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading(f"Remove the rule “{rule.name}”?", "h2")
            with ui.element("div").classes("desk-bar"):
                ui.button("Remove", on_click=pressed).props("unelevated no-caps color=negative")
                ui.button("Keep", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

    def _open(self, rule: RoutingRule | None) -> None:
        skills = {skill for person in self._people for skill in person.skills}
        self._dialog.clear()
        with self._dialog:
            RuleDialog(
                self._app, self._staff, rule, self._teams, self._topics, skills, self._done
            ).show()
        self._dialog.open()

    async def _done(self, changed: bool) -> None:
        self._dialog.close()
        if changed:
            await self._refresh()

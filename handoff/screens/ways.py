"""The ways a case can climb, as a diagram: nested lists, which a screen reader reads in order."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from nicegui import ui

from handoff.teams import explain
from handoff.teams.roster import Roster, TeamOnDuty


def draw_ways(roster: Roster, names: Mapping[UUID, str]) -> None:
    """A row of boxes for each team: itself, and the teams it escalates to one after the other."""
    with ui.element("ul").classes("desk-ways"):
        for team in roster.teams:
            with ui.element("li"):
                chain = explain.chain(roster, team)
                with ui.element("ol") as way:
                    way.props["aria-label"] = f"Escalation of {team.name}"
                    for step in chain:
                        with ui.element("li"):
                            _box(step, names)
                if len(chain) == 1:
                    ui.label("escalates to nobody: set a team under Teams").classes("desk-muted")
                _overflow(roster, team)


def _box(team: TeamOnDuty, names: Mapping[UUID, str]) -> None:
    ui.label(team.name).classes("desk-box-name")
    backup = names.get(team.backup_id) if team.backup_id else None
    ui.label(f"backup {backup}" if backup else "no backup named").classes("desk-muted")


def _overflow(roster: Roster, team: TeamOnDuty) -> None:
    if team.overflow_team_id is not None:
        second = roster.team(team.overflow_team_id)
        ui.label(f"overflow: after {team.overflow_seconds} s also {second.name}").classes(
            "desk-muted"
        )

"""The desk's set-up over REST: agents read it, supervisors change it (docs/frames.md, "Setting up the desk")."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from handoff.teams import explain, manage, people, priority_book, rules, versions
from handoff.teams.calendar import public_holidays
from handoff.teams.inputs import PersonChange, RuleChange, TeamChange
from handoff.teams.views import (
    BookChange,
    BookView,
    ChangedTeam,
    HolidayView,
    Members,
    Move,
    NewBook,
    PersonView,
    PriorityTrial,
    RouteTrial,
    RuleView,
    TeamView,
    TrialView,
    VerdictView,
)
from server.auth import CurrentAgent, Role, Staff, allow, services

router = APIRouter(prefix="/api/desk", tags=["desk set-up"])
CurrentLead = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]


@router.get("/teams")
async def read_teams(request: Request, _: CurrentAgent) -> list[TeamView]:
    held = services(request)
    async with held.database.read() as db:
        members, now = await manage.members(db), held.clock.now()
        return [TeamView.of(team, members, now) for team in await manage.every(db)]


@router.post("/teams", status_code=201)
async def create_team(request: Request, lead: CurrentLead, body: TeamChange) -> TeamView:
    held = services(request)
    async with versions.changing(held, lead) as db:
        return TeamView.of(await manage.create(db, body, lead), {}, held.clock.now())


@router.put("/teams/{team_id}")
async def change_team(
    request: Request, lead: CurrentLead, team_id: UUID, body: ChangedTeam
) -> TeamView:
    held = services(request)
    async with versions.changing(held, lead) as db:
        team = await manage.change(db, team_id, body.wanted(), lead, seen=body.seen)
        return TeamView.of(team, await manage.members(db), held.clock.now())


@router.post("/teams/{team_id}/move", status_code=204)
async def move_team(request: Request, lead: CurrentLead, team_id: UUID, body: Move) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await manage.move(db, team_id, body.by)


@router.put("/teams/{team_id}/members", status_code=204)
async def set_members(request: Request, lead: CurrentLead, team_id: UUID, body: Members) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await manage.set_members(db, team_id, body.members)


@router.post("/teams/{team_id}/archive", status_code=204)
async def archive_team(request: Request, lead: CurrentLead, team_id: UUID) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await manage.archive(db, team_id, lead)


@router.post("/teams/{team_id}/restore", status_code=204)
async def restore_team(request: Request, lead: CurrentLead, team_id: UUID) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await manage.restore(db, team_id)


@router.get("/holidays")
async def read_holidays(
    _: CurrentLead, country: Annotated[str, Query(max_length=2)], year: int
) -> list[HolidayView]:
    found = public_holidays(country.upper(), year)
    return [HolidayView(day=day, name=name) for day, name in found.items()]


@router.get("/people")
async def read_people(request: Request, _: CurrentAgent) -> list[PersonView]:
    async with services(request).database.read() as db:
        return [PersonView.of(person) for person in await people.every(db)]


@router.put("/people/{staff_id}", status_code=204)
async def change_person(
    request: Request, lead: CurrentLead, staff_id: UUID, body: PersonChange
) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await people.change(db, staff_id, body, lead)


@router.get("/rules")
async def read_rules(request: Request, _: CurrentAgent) -> list[RuleView]:
    async with services(request).database.read() as db:
        return [RuleView.of(rule) for rule in await rules.every(db)]


@router.post("/rules", status_code=201)
async def add_rule(request: Request, lead: CurrentLead, body: RuleChange) -> RuleView:
    held = services(request)
    async with versions.changing(held, lead) as db:
        return RuleView.of(await rules.add(db, body, lead))


@router.post("/rules/try")
async def try_rules(request: Request, _: CurrentLead, body: RouteTrial) -> TrialView:
    held = services(request)
    async with held.database.read() as db:
        roster = await held.rosters.now(db)
        return TrialView.of(await explain.trial(db, roster, body.facts()))


@router.put("/rules/{rule_id}")
async def change_rule(
    request: Request, lead: CurrentLead, rule_id: UUID, body: RuleChange
) -> RuleView:
    held = services(request)
    async with versions.changing(held, lead) as db:
        return RuleView.of(await rules.change(db, rule_id, body, lead))


@router.post("/rules/{rule_id}/move", status_code=204)
async def move_rule(request: Request, lead: CurrentLead, rule_id: UUID, body: Move) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await rules.move(db, rule_id, body.by)


@router.delete("/rules/{rule_id}", status_code=204)
async def remove_rule(request: Request, lead: CurrentLead, rule_id: UUID) -> None:
    held = services(request)
    async with versions.changing(held, lead) as db:
        await rules.remove(db, rule_id, lead)


@router.get("/priorities")
async def read_priorities(request: Request, _: CurrentLead) -> BookView:
    held = services(request)
    async with held.database.read() as db:
        book = await priority_book.read(db)
    return BookView(
        version=book.version,
        book=book.rules.stored(),
        changes=[BookChange.of(change) for change in book.changes],
    )


@router.put("/priorities", status_code=204)
async def change_priorities(request: Request, lead: CurrentLead, body: NewBook) -> None:
    held = services(request)
    async with held.priorities.changing(held.database) as db:
        await priority_book.change(db, held.clock, body.book, lead, note=body.note, seen=body.seen)


@router.post("/priorities/try")
async def try_priorities(request: Request, _: CurrentLead, body: PriorityTrial) -> VerdictView:
    held = services(request)
    async with held.database.read() as db:
        book = await held.priorities.now(db)
    return VerdictView.of(book.judge(body.facts()))

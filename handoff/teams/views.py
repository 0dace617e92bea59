"""What the desk's set-up sends and takes over REST."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from handoff.hours import OpeningHours
from handoff.models import DeskSetting, Level, Priority
from handoff.priority import Facts, Rules, Verdict
from handoff.teams.explain import Trial
from handoff.teams.inputs import TeamChange
from handoff.teams.manage import mark
from handoff.teams.models import RoutingRule, Team
from handoff.teams.people import Person
from handoff.teams.ruling import RouteFacts

TEXT = 4000
Short = Annotated[str, Field(max_length=60)]
Some = Annotated[frozenset[Short], Field(max_length=60)]


class _Taken(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TeamView(BaseModel):
    id: UUID
    name: str
    archived: bool
    zone: str
    week: dict[str, list[list[str]]]
    holidays: list[dict[str, str]]
    assign: str
    offer_seconds: int
    overflow_team_id: UUID | None
    overflow_seconds: int
    escalates_to_id: UUID | None
    backup_id: UUID | None
    members: list[UUID]
    open: bool
    next_change: datetime | None
    """When it opens or closes next."""
    mark: str
    """Send it back with a change: it is refused when somebody else was faster."""

    @classmethod
    def of(cls, team: Team, members: Mapping[UUID, set[UUID]], now: datetime) -> TeamView:
        hours = OpeningHours.of(team.zone, team.week, team.holidays)
        columns = {name: getattr(team, name) for name in TeamChange.model_fields}
        return cls(
            id=team.id,
            archived=team.archived,
            members=sorted(members.get(team.id, ())),
            open=not team.archived and hours.is_open(now),
            next_change=hours.next_change(now),
            mark=mark(team),
            **columns,
        )


class ChangedTeam(TeamChange):
    """A change of a team; with `seen` (its `mark`) only if it is still as it was read."""

    seen: Annotated[str, Field(max_length=64)] | None = None

    def wanted(self) -> TeamChange:
        return TeamChange(**self.model_dump(exclude={"seen"}))


class Move(_Taken):
    by: Annotated[int, Field(ge=-200, le=200)]
    """Places; negative is up."""


class Members(_Taken):
    members: Annotated[frozenset[UUID], Field(max_length=1000)]


class PersonView(BaseModel):
    id: UUID
    name: str
    level: Level
    skills: list[str]
    languages: list[str]
    capacity: int
    teams: list[UUID]

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            id=person.staff.id,
            name=person.staff.name,
            level=person.level,
            skills=list(person.skills),
            languages=list(person.languages),
            capacity=person.capacity,
            teams=sorted(person.teams),
        )


class RuleView(BaseModel):
    id: UUID
    name: str
    when: dict[str, Any]
    team_id: UUID
    skill: str | None
    level: Level

    @classmethod
    def of(cls, rule: RoutingRule) -> Self:
        return cls(
            id=rule.id,
            name=rule.name,
            when=rule.when,
            team_id=rule.team_id,
            skill=rule.skill,
            level=Level(rule.level),
        )


class RouteTrial(_Taken):
    reason: Short = ""
    intents: Some = frozenset()
    language: Short | None = None
    segment: Short | None = None

    def facts(self) -> RouteFacts:
        return RouteFacts(**self.model_dump())


class TrialView(BaseModel):
    team_id: UUID
    team: str
    skill: str | None
    level: Level
    because: str
    able: list[str]
    gap: str | None

    @classmethod
    def of(cls, found: Trial) -> Self:
        route = found.route
        return cls(
            team_id=route.team.id,
            team=route.team.name,
            skill=route.skill,
            level=route.level,
            because=route.because,
            able=list(found.able),
            gap=found.gap,
        )


class HolidayView(BaseModel):
    day: date
    name: str


class BookChange(BaseModel):
    """Who changed the rule book, and when."""

    by: str
    at: datetime
    note: str

    @classmethod
    def of(cls, setting: DeskSetting) -> Self:
        return cls(by=setting.by, at=setting.at, note=setting.note)


class BookView(BaseModel):
    version: int
    """0: the shipped book."""
    book: dict[str, Any]
    changes: list[BookChange]


class NewBook(_Taken):
    book: Rules
    note: Annotated[str, Field(max_length=500)] = ""
    seen: Annotated[int, Field(ge=0)]
    """The version that was read."""


class PriorityTrial(_Taken):
    reason: Short = "asked"
    intents: Some = frozenset()
    frustration: Annotated[float, Field(ge=0, le=1)] = 0.0
    text: Annotated[str, Field(max_length=TEXT)] = ""
    returns: Annotated[int, Field(ge=0, le=100)] = 0
    segments: Some = frozenset()

    def facts(self) -> Facts:
        return Facts(**self.model_dump())


class VerdictView(BaseModel):
    priority: Priority
    impact: str
    urgency: str
    why: str
    moment_of_truth: bool

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        return cls.model_validate(verdict, from_attributes=True)

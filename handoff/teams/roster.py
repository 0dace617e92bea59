"""Who is at the desk: the teams with their hours, what each agent can take, and where a request goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.hours import HOUSE, OpeningHours
from handoff.models import Level
from handoff.teams.fresh import Fresh
from handoff.teams.models import Profile, RoutingRule, Team, TeamMember
from handoff.teams.ruling import LEVELS, RouteFacts, RouteWhen
from server.clock import Clock

__all__ = ["AgentSkills", "Roster", "Rosters", "Route", "RouteFacts", "RouteRule", "TeamOnDuty"]

# What our assistant speaks; an agent without languages of their own speaks these.
HOUSE_LANGUAGES = frozenset({"en"})
CAPACITY = 4
NO_TEAM = UUID(int=0)


@dataclass(frozen=True)
class TeamOnDuty:
    """A team that is not archived."""

    id: UUID
    name: str
    hours: OpeningHours
    assign: str = "claim"
    """claim, round_robin or least_busy."""
    offer_seconds: int = 20
    overflow_team_id: UUID | None = None
    overflow_seconds: int = 120
    escalates_to_id: UUID | None = None
    backup_id: UUID | None = None
    members: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class AgentSkills:
    """What one agent can take, and how many chats at once."""

    staff_id: UUID
    level: Level = Level.FRONT_LINE
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = HOUSE_LANGUAGES
    capacity: int = CAPACITY


@dataclass(frozen=True)
class RouteRule:
    """A request for which ``when`` holds goes to this team."""

    id: UUID
    name: str
    when: RouteWhen
    team_id: UUID
    skill: str | None = None
    level: Level = Level.FRONT_LINE


@dataclass(frozen=True)
class Route:
    team: TeamOnDuty
    skill: str | None
    level: Level
    because: str
    """The name of the rule, or that none held."""


# Before the first team was made: the house's hours, and everybody belongs to it.
_NOBODY_YET = TeamOnDuty(id=NO_TEAM, name="Support", hours=HOUSE)


@dataclass(frozen=True)
class Roster:
    """The desk as it stands now. Everything here is pure."""

    teams: tuple[TeamOnDuty, ...] = (_NOBODY_YET,)
    """By position; archived ones are left out."""
    agents: Mapping[UUID, AgentSkills] = field(default_factory=lambda: MappingProxyType({}))
    """Those with a profile; `agent` answers for everybody."""
    rules: tuple[RouteRule, ...] = ()

    @property
    def home(self) -> TeamOnDuty:
        """The first team: it takes what no rule sends elsewhere."""
        return self.teams[0]

    def team(self, team_id: UUID | None) -> TeamOnDuty:
        """The team with this id; the home team for one that is unknown or archived, or for None."""
        return next((team for team in self.teams if team.id == team_id), self.home)

    def agent(self, staff_id: UUID) -> AgentSkills:
        """What this person can take; without a profile: front line, the house's languages, four chats."""
        return self.agents.get(staff_id) or AgentSkills(staff_id)

    def teams_of(self, staff_id: UUID) -> tuple[TeamOnDuty, ...]:
        """The teams this person belongs to; whoever is in none belongs to the home team."""
        found = tuple(team for team in self.teams if staff_id in team.members)
        return found or (self.home,)

    def route(self, facts: RouteFacts) -> Route:
        """Where a request goes: the first rule that holds decides, the home team takes the rest."""
        known = {team.id for team in self.teams}
        for rule in self.rules:
            # The rule of an archived team sends nobody anywhere.
            if rule.team_id in known and rule.when.holds(facts):
                return Route(self.team(rule.team_id), rule.skill, rule.level, f"rule “{rule.name}”")
        return Route(
            self.home, None, Level.FRONT_LINE, "no routing rule applies, the first team takes it"
        )

    def can_take(
        self,
        staff_id: UUID,
        team: TeamOnDuty,
        *,
        skill: str | None = None,
        language: str | None = None,
        level: Level | str = Level.FRONT_LINE,
    ) -> bool:
        """Whether this person may be given such a chat of this team. A higher level may take lower work.

        No team is sure to have somebody for every skill and language: whoever asks this must stop asking
        for more than the team once a customer has waited for it.
        """
        agent = self.agent(staff_id)
        return (
            team.id in {one.id for one in self.teams_of(staff_id)}
            and (skill is None or skill in agent.skills)
            and (language is None or language in agent.languages)
            and LEVELS.index(agent.level) >= LEVELS.index(Level(level))
        )


class Rosters(Fresh[Roster]):
    """``await rosters.now(db)`` is the roster, at most two seconds old."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, load)


async def load(db: AsyncSession) -> Roster:
    """The roster as the tables hold it."""
    members: dict[UUID, set[UUID]] = {}
    for team_id, staff_id in await db.execute(select(TeamMember.team_id, TeamMember.staff_id)):
        members.setdefault(team_id, set()).add(staff_id)
    teams = await db.scalars(
        select(Team).where(Team.archived.is_(False)).order_by(Team.position, Team.name)
    )
    found = tuple(_on_duty(team, members.get(team.id, set())) for team in teams)
    profiles = [_skills(profile) for profile in await db.scalars(select(Profile))]
    rules = await db.scalars(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id))
    return Roster(
        teams=found or (_NOBODY_YET,),
        agents=MappingProxyType({agent.staff_id: agent for agent in profiles}),
        rules=tuple(_rule(rule) for rule in rules),
    )


def _on_duty(team: Team, members: set[UUID]) -> TeamOnDuty:
    return TeamOnDuty(
        id=team.id,
        name=team.name,
        hours=OpeningHours.of(team.zone, team.week, team.holidays),
        assign=team.assign,
        offer_seconds=team.offer_seconds,
        overflow_team_id=team.overflow_team_id,
        overflow_seconds=team.overflow_seconds,
        escalates_to_id=team.escalates_to_id,
        backup_id=team.backup_id,
        members=frozenset(members),
    )


def _skills(profile: Profile) -> AgentSkills:
    return AgentSkills(
        staff_id=profile.staff_id,
        level=Level(profile.level),
        skills=frozenset(profile.skills),
        languages=frozenset(profile.languages) or HOUSE_LANGUAGES,
        capacity=profile.capacity,
    )


def _rule(rule: RoutingRule) -> RouteRule:
    return RouteRule(
        id=rule.id,
        name=rule.name,
        when=RouteWhen.model_validate(rule.when),
        team_id=rule.team_id,
        skill=rule.skill,
        level=Level(rule.level),
    )

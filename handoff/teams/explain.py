"""Where a request would go, why, and who could take it; and the topics one may name in a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from handoff.priority import Rules
from handoff.teams.languages import named
from handoff.teams.roster import Roster, Route, RouteFacts, TeamOnDuty
from handoff.teams.setup import takers

# The topics of so many latest messages: enough to meet the rare ones, 4 ms on 100,000 turns.
LATEST = 3000


@dataclass(frozen=True)
class Trial:
    route: Route
    able: tuple[str, ...]
    """Names of those who could take it, online or not."""
    gap: str | None
    """What nobody of the team has."""


async def trial(db: AsyncSession, roster: Roster, facts: RouteFacts) -> Trial:
    """What would happen to such a request."""
    route = roster.route(facts)
    people = [one for one in await takers(db) if roster.can_take(one.id, route.team)]
    able = tuple(
        one.name
        for one in people
        if roster.can_take(
            one.id, route.team, skill=route.skill, language=facts.language, level=route.level
        )
    )
    if able:
        return Trial(route, able, None)
    wanted = [
        *([f"the skill {route.skill}"] if route.skill else []),
        *([named(facts.language)] if facts.language else []),
        *([f"the level {route.level.replace('_', ' ')}"] if route.level != "front_line" else []),
    ]
    lack = " and ".join(wanted) if people and wanted else "anybody"
    return Trial(
        route,
        (),
        f"{route.team.name} has nobody with {lack}.".replace("nobody with anybody", "no people"),
    )


def chain(roster: Roster, team: TeamOnDuty) -> Sequence[TeamOnDuty]:
    """The teams that a case of this one climbs through, itself first."""
    path, known = [team], {one.id: one for one in roster.teams}
    while (onward := known.get(path[-1].escalates_to_id or path[-1].id)) not in path:
        assert onward is not None
        path.append(onward)
    return path


async def topics(db: AsyncSession, rules: Rules, roster: Roster) -> list[str]:
    """The intents that customers' latest messages were understood as, and those that rules name."""
    latest = select(Turn.intent).order_by(Turn.started_at.desc()).limit(LATEST).subquery()
    seen = set(await db.scalars(select(latest.c.intent).distinct()))
    named_in = [rule.when.intents or frozenset() for rule in rules.rules]
    named_in += [rule.when.intents for rule in roster.rules]
    return sorted({intent for intent in seen if intent}.union(*named_in))

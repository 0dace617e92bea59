"""Who may take a chat, and whom it is offered to first. Everything here is pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from handoff.models import Handoff, Level
from handoff.teams.roster import Roster, TeamOnDuty

CLAIM, ROUND_ROBIN, LEAST_BUSY = "claim", "round_robin", "least_busy"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Load:
    """What somebody has to do now."""

    chats: int = 0
    offers: int = 0
    """Offers that still wait for their answer: each may become a chat."""
    last_offered_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.chats + self.offers


IDLE = Load()


def tiers(roster: Roster, handoff: Handoff) -> tuple[TeamOnDuty, ...]:
    """The teams that are asked: its own, then, once it has waited too long, the one that helps out."""
    team = roster.team(handoff.team_id)
    second = next((one for one in roster.teams if one.id == team.overflow_team_id), None)
    if handoff.overflowed_at is None or second is None or second.id == team.id:
        return (team,)
    return team, second


def takes(roster: Roster, staff_id: UUID, handoff: Handoff, online: Collection[UUID]) -> bool:
    """Whether this chat is meant for this person: by team, skill, level and, where anybody there speaks it,
    language.
    """
    return any(
        _fits(roster, staff_id, team, handoff, _language(roster, team, handoff, online))
        for team in tiers(roster, handoff)
    )


def is_lead(roster: Roster, staff_id: UUID) -> bool:
    """Leads, and who stands in for one, see the whole queue as theirs."""
    return roster.agent(staff_id).level is Level.LEAD or any(
        team.backup_id == staff_id for team in roster.teams
    )


def is_pushed(roster: Roster, handoff: Handoff) -> bool:
    """Whether a team that is asked has its chats offered to one agent at a time."""
    return any(team.assign != CLAIM for team in tiers(roster, handoff))


def choose(
    roster: Roster, online: Collection[UUID], load: Mapping[UUID, Load], handoff: Handoff
) -> UUID | None:
    """Whom the chat is offered to next; None: nobody is free, it is open to claim.

    ``online`` are those who take chats. The agent whom the customer knows comes first, in their own team's
    round robin who was offered one longest ago, in a least-busy team who has most room. Nobody is asked
    twice, nobody over their capacity, and not the one whom the customer does not want.
    """
    for team in tiers(roster, handoff):
        if team.assign == CLAIM:
            continue
        free = list(_free(roster, team, online, load, handoff))
        if not free:
            continue
        if handoff.wanted_agent_id in free:
            return handoff.wanted_agent_id
        places = (_place(roster, team, one, load.get(one, IDLE)) for one in free)
        return min(places)[-1]
    return None


def room_of(roster: Roster, staff_id: UUID, load: Load) -> int:
    """How many more chats this person can take."""
    return roster.agent(staff_id).capacity - load.total


def _free(
    roster: Roster,
    team: TeamOnDuty,
    online: Collection[UUID],
    load: Mapping[UUID, Load],
    handoff: Handoff,
) -> Iterator[UUID]:
    language = _language(roster, team, handoff, online)
    passed = set(handoff.declined or ())
    for staff_id in online:
        if (
            staff_id != handoff.excluded_agent_id
            and str(staff_id) not in passed
            and _fits(roster, staff_id, team, handoff, language)
            and room_of(roster, staff_id, load.get(staff_id, IDLE)) > 0
        ):
            yield staff_id


def _fits(
    roster: Roster, staff_id: UUID, team: TeamOnDuty, handoff: Handoff, language: str | None
) -> bool:
    level = handoff.level or Level.FRONT_LINE
    if level == Level.LEAD and staff_id == team.backup_id:
        return True
    return roster.can_take(staff_id, team, skill=handoff.skill, language=language, level=level)


def _language(
    roster: Roster, team: TeamOnDuty, handoff: Handoff, online: Collection[UUID]
) -> str | None:
    """The customer's language, where anybody of the team who is there speaks it: better in English than never."""
    wanted = handoff.language
    if wanted is None:
        return None
    spoken = any(_fits(roster, one, team, handoff, wanted) for one in online)
    return wanted if spoken else None


def _place(
    roster: Roster, team: TeamOnDuty, staff_id: UUID, load: Load
) -> tuple[float, float, UUID]:
    """Who comes first in this team has the lowest."""
    last = ((load.last_offered_at or _NEVER) - _NEVER).total_seconds()
    if team.assign == ROUND_ROBIN:
        return last, load.total, staff_id
    return load.total / roster.agent(staff_id).capacity, last, staff_id

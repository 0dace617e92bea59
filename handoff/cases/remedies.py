"""What an agent may give a customer for their trouble, by their level."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.cases.book import RemedyRules
from handoff.cases.inputs import RemedyGiven
from handoff.models import Level
from handoff.teams.roster import Roster
from handoff.teams.ruling import LEVELS
from handoff.teams.setup import takers
from server.auth import Role, Staff
from server.errors import Forbidden

NAMED = 5
LEVEL_WORDS = {
    Level.FRONT_LINE: "front line",
    Level.SPECIALIST: "a specialist",
    Level.LEAD: "a lead",
}


class RemedyOverLimit(Forbidden):
    """Its details name the limit and who may give it: the console offers to escalate."""

    code, message = "remedy_over_limit", "This is more than you may give."


def level_of(roster: Roster, staff: Staff) -> Level:
    """The level by which somebody gives; a supervisor counts as a lead."""
    return Level.LEAD if staff.may(Role.SUPERVISOR) else roster.agent(staff.id).level


@dataclass(frozen=True)
class Higher:
    """A level above one's own, what it may give, and who has it."""

    level: Level
    amount: float
    names: list[str]


async def higher(
    db: AsyncSession, rules: RemedyRules, roster: Roster, staff: Staff
) -> list[Higher]:
    """Who may give more than this person, the least level first."""
    own = level_of(roster, staff)
    people = [
        (LEVELS.index(level_of(roster, one)), one.name)
        for one in await takers(db)
        if one.id != staff.id
    ]
    return [
        Higher(
            level=level,
            amount=rules.limits[level],
            names=[name for rank, name in people if rank >= LEVELS.index(level)][:NAMED],
        )
        for level in LEVELS[LEVELS.index(own) + 1 :]
        if rules.limits[level] > rules.limits[own]
    ]


async def check(
    db: AsyncSession, rules: RemedyRules, roster: Roster, staff: Staff, given: RemedyGiven
) -> None:
    """Raises:
    RemedyOverLimit: the amount is above this person's limit.
    """
    limit = rules.limits[level_of(roster, staff)]
    if given.amount is None or given.amount <= limit:
        return
    above = await higher(db, rules, roster, staff)
    able = next((one for one in above if one.amount >= given.amount), None)
    money = rules.currency
    if able is None:
        most = rules.limits[LEVELS[-1]]
        who = f"Nobody gives more than {most:g} {money} in one case."
    else:
        named = f": {', '.join(able.names)}" if able.names else ", but nobody has that level"
        who = f"Up to {able.amount:g} {money} may be given by {LEVEL_WORDS[able.level]}{named}."
    raise RemedyOverLimit(
        f"You may give up to {limit:g} {money}. {who}",
        details={
            "limit": limit,
            "currency": money,
            "level": able.level.value if able else None,
            "who": able.names if able else [],
            "escalate": able is not None,
        },
    )

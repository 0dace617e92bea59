"""What an agent may give a customer for their trouble, by their level."""

from __future__ import annotations

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


async def check(
    db: AsyncSession, rules: RemedyRules, roster: Roster, staff: Staff, given: RemedyGiven
) -> None:
    """Raises:
    RemedyOverLimit: the amount is above this person's limit.
    """
    own = level_of(roster, staff)
    limit = rules.limits[own]
    if given.amount is None or given.amount <= limit:
        return
    needed = next((one for one in LEVELS if rules.limits[one] >= given.amount), None)
    able = [
        one.name
        for one in await takers(db)
        if needed is not None
        and one.id != staff.id
        and LEVELS.index(level_of(roster, one)) >= LEVELS.index(needed)
    ]
    money = rules.currency
    if needed is None:
        most = rules.limits[LEVELS[-1]]
        who = f"Nobody gives more than {most:g} {money} in one case."
    else:
        named = f": {', '.join(able[:NAMED])}" if able else ", but nobody has that level"
        who = (
            f"Up to {rules.limits[needed]:g} {money} may be given by {LEVEL_WORDS[needed]}{named}."
        )
    raise RemedyOverLimit(
        f"You may give up to {limit:g} {money}. {who}",
        details={
            "limit": limit,
            "currency": money,
            "level": needed.value if needed else None,
            "who": able[:NAMED],
            "escalate": needed is not None,
        },
    )

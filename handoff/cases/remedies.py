"""What an agent may give a customer for their trouble: by their level, and by what the customer had lately."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Visitor
from handoff.cases.book import RemedyRules
from handoff.cases.inputs import RemedyGiven
from handoff.cases.models import CaseRecord
from handoff.customers import history
from handoff.models import Handoff, Level
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


class RemedyOverCustomerLimit(Forbidden):
    """Nobody gives it, whatever their level: escalating does not help."""

    code, message = "remedy_customer_limit", "This customer has had what one gets in such a time."


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


@dataclass(frozen=True)
class Left:
    """The house's limit for one customer, and what of it is left now."""

    amount: float
    days: int
    left: float


async def left(
    db: AsyncSession, rules: RemedyRules, visitor: Visitor, now: datetime
) -> Left | None:
    """What this customer may still get, over all chats that are known to be theirs; None: no limit is set."""
    if rules.per_customer is None:
        return None
    had = await db.scalar(
        select(func.sum(CaseRecord.remedy_amount))
        .join(Handoff, Handoff.id == CaseRecord.handoff_id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Conversation.visitor_id.in_(await history.linked(db, visitor)),
            Handoff.closed_at > now - timedelta(days=rules.per_customer_days),
            CaseRecord.remedy.in_(history.WORTH),
        )
    )
    rest = max(0.0, round(rules.per_customer - float(had or 0.0), 2))
    return Left(amount=rules.per_customer, days=rules.per_customer_days, left=rest)


async def check_customer(
    db: AsyncSession,
    rules: RemedyRules,
    conversation_id: uuid.UUID,
    given: RemedyGiven,
    now: datetime,
) -> None:
    """The caller keeps the remedy in this transaction; until it ends, nobody else gives this customer any.

    Raises:
        RemedyOverCustomerLimit: with what they had lately it is more than one customer gets.
    """
    if given.amount is None or rules.per_customer is None:
        return
    conversation = await db.get_one(Conversation, conversation_id)
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    await _lock(db, visitor)
    found = await left(db, rules, visitor, now)
    if found is None or given.amount <= found.left:
        return
    money = rules.currency
    raise RemedyOverCustomerLimit(
        f"{found.left:g} of {found.amount:g} {money} are left for this customer: "
        f"nobody gets more in {found.days} days.",
        details={
            "limit": found.amount,
            "left": found.left,
            "days": found.days,
            "currency": money,
        },
    )


async def _lock(db: AsyncSession, visitor: Visitor) -> None:
    """One customer may have chats with two agents at once. SQLite has one writer anyway.

    No row is locked for it: who gives an address locks visitor and chat in the other order.
    """
    if db.get_bind().dialect.name != "postgresql":
        return
    verified = visitor.external_id is not None and visitor.verified_at is not None
    who = f"remedies of {visitor.external_id if verified else visitor.id}"
    key = int.from_bytes(hashlib.sha256(who.encode()).digest()[:8], signed=True)
    await db.execute(select(func.pg_advisory_xact_lock(key)))

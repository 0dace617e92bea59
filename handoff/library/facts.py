"""What is known about one chat, for the blanks of canned replies; times are the customer's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, Visitor
from handoff import gathering
from handoff.card_suggestions import Knowledge
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff
from handoff.promises.when import say
from handoff.routing import waits
from handoff.summary import quote
from handoff.teams.roster import TeamOnDuty
from server.auth import Staff

log = structlog.get_logger(__name__)

ARTICLES = 4
BY_MINUTES = 15
"""What {by} means where the reply does not say."""


@dataclass(frozen=True)
class Facts:
    """What may be said to this customer."""

    reason: str
    intents: frozenset[str]
    language: str | None
    now: datetime
    zone: str | None
    """The customer's, if their browser said it."""
    house: ZoneInfo
    known: Mapping[str, str] = field(default_factory=dict)
    question: str | None = None
    tried: frozenset[str] = frozenset()
    """Ids of articles they have had as an answer."""

    def values(self, minutes: int | None = None) -> dict[str, str]:
        """The variables' values, with {by} so many minutes from now."""
        at = self.now + timedelta(minutes=minutes or BY_MINUTES)
        return {**self.known, "by": clock_time(at, self.now, self.zone, self.house)}


async def of(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, agent: Staff
) -> Facts:
    """Everything but the article, which needs a search outside of any transaction (`with_article`)."""
    handoff = await latest(db, conversation.id)
    current = handoff if handoff and handoff.closed_at is None else None
    seen = await gathering.read(
        db, conversation.id, current.episode if current else conversation.episode
    )
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    roster = await desk.rosters.now(db)
    team = roster.team(current.team_id if current else None)
    now = desk.clock.now()
    first_name = (visitor.name or "").split(" ")[0]
    known = {"agent": agent.name, "to_name": f" {first_name}" if first_name else ""}
    known |= {one.name: one.value for one in seen.details if one.name == "order_number"}
    if seen.summary.first_ask:
        known["first_ask"] = quote(seen.summary.first_ask, 160)
    house = team.hours.zone
    known |= _times(team, current, now, visitor.zone)
    estimate = waits.expect(
        await waits.recent(db, now, waits.of_team(roster, team), _rank(current)), 0
    )
    if estimate is not None:
        known["wait"] = spread(estimate.low, estimate.high)
    return Facts(
        reason=current.reason if current else "",
        intents=frozenset(
            {said.intent for said in seen.said if said.intent}
            | ({current.topic} if current and current.topic else set())
        ),
        language=current.language if current else None,
        now=now,
        zone=visitor.zone,
        house=house,
        known=known,
        question=seen.summary.last_ask or seen.summary.first_ask,
        tried=frozenset(
            a.article_id for a in seen.articles if a.shown == "answer" and a.article_id
        ),
    )


async def with_article(facts: Facts, knowledge: Knowledge, base_url: str) -> Facts:
    """The facts with the article nearest to the last question that was not tried.

    Without it if nothing is asked or the search fails. Call it outside of any transaction.
    """
    if not facts.question:
        return facts
    try:
        found = await knowledge.search(facts.question, ARTICLES)
    except Exception as error:  # an agent needs the other replies more than this one
        log.warning("reply_search_failed", exc_info=error)
        return facts
    fresh = next((one for one in found if str(one.article_id) not in facts.tried), None)
    if fresh is None:
        return facts
    known = {**facts.known, "article": fresh.title, "url": f"{base_url}/help/{fresh.slug}"}
    return replace(facts, known=known)


def _rank(handoff: Handoff | None) -> int:
    return handoff.priority_rank if handoff else waits.NORMAL_RANK


def _times(
    team: TeamOnDuty, handoff: Handoff | None, now: datetime, zone: str | None
) -> dict[str, str]:
    times = {}
    opens = team.hours.next_opening(now)
    if opens is not None:
        times["opens"] = say(opens, zone, team.hours.zone)
    due = handoff and (handoff.resolve_due_at or handoff.due_at)
    if due and due > now:
        times["due"] = say(due, zone, team.hours.zone)
    return times


def clock_time(at: datetime, now: datetime, zone: str | None, house: ZoneInfo) -> str:
    """``14:40``, rounded up to five minutes, on the customer's clock; on the house's, which is then named.

    On another day it is said with its date.
    """
    here = ZoneInfo(zone) if zone else house
    local = at.astimezone(here)
    local = local.replace(second=0, microsecond=0) + timedelta(minutes=(-local.minute) % 5)
    if local.date() != now.astimezone(here).date():
        return say(local, zone, house)
    return f"{local:%H:%M}" + ("" if zone else f" ({house.key} time)")


def spread(low: int, high: int) -> str:
    """Seconds as a customer reads them.

    >>> spread(20, 45), spread(100, 400), spread(590, 600)
    ('less than a minute', '2 to 7 minutes', 'about 10 minutes')
    """
    if high < 60:
        return "less than a minute"
    first, last = max(1, -(-low // 60)), -(-high // 60)
    if first == last:
        return f"about {last} minute{'' if last == 1 else 's'}"
    return f"{first} to {last} minutes"

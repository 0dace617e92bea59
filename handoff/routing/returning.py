"""An agent's chat goes back into the queue, perhaps to others: where it keeps its waiting time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import owners
from conversations.lines import Line, line
from conversations.models import Conversation
from handoff import journal
from handoff.clocks import alarms, book, due
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff, Level
from handoff.routing import offers
from handoff.teams.roster import Roster, TeamOnDuty
from handoff.teams.ruling import LEVELS
from server.auth import Staff
from server.errors import Invalid

Change = Callable[[Handoff, Roster], dict[str, Any]]


async def put_back(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    what: str,
    *,
    said: Line = owners.KEPT,
    change: Change | None = None,
) -> Conversation:
    """Put an agent's chat back; it gains priority, and whoever had it is not offered it again.

    ``change`` sends it elsewhere and returns what the journal says of it.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown. And what ``change`` raises.
    """
    conversation = await owners.release(db, desk.clock, conversation_id, agent, said=said)
    handoff = await latest(db, conversation_id)
    if handoff is None or handoff.closed_at is not None:
        return conversation
    roster = await desk.rosters.now(db)
    offers.withdraw(handoff)
    handoff.declined = []
    handoff.returns += 1
    detail = change(handoff, roster) if change else {}
    handoff.declined = [str(agent.id)]
    await _judge_again(db, desk, handoff, roster)
    journal.note(db, desk.clock, handoff, what, agent.id, **detail)
    await db.flush()
    await offers.offer(db, desk, handoff)
    return conversation


def to_team(handoff: Handoff, team: TeamOnDuty, because: str, desk: HandoffDesk) -> None:
    """From now on it is this team's, whatever skill the other one needed for it."""
    handoff.team_id, handoff.skill = team.id, None
    handoff.routed_because, handoff.routed_at = because[:300], desk.clock.now()
    handoff.overflowed_at = None


def escalated(desk: HandoffDesk, by: Staff) -> Change:
    """To the team's next one, or else to more experience within the team.

    Raises (when it is applied):
        Invalid: there is nobody above.
    """

    def change(handoff: Handoff, roster: Roster) -> dict[str, Any]:
        team = roster.team(handoff.team_id)
        above = next((one for one in roster.teams if one.id == team.escalates_to_id), None)
        if above is not None and above.id != team.id:
            to_team(handoff, above, f"{by.name} escalated it", desk)
            return {"to": above.name}
        rank = LEVELS.index(Level(handoff.level))
        if rank + 1 == len(LEVELS):
            raise Invalid("There is nobody above this team's leads. Transfer the chat instead.")
        handoff.level = LEVELS[rank + 1].value
        handoff.routed_because = f"{by.name} escalated it"[:300]
        handoff.routed_at = desk.clock.now()
        return {"to": handoff.level}

    return change


def given_to(desk: HandoffDesk, team: TeamOnDuty, by: Staff) -> Change:
    """To another team."""

    def change(handoff: Handoff, _: Roster) -> dict[str, Any]:
        to_team(handoff, team, f"{by.name} transferred it", desk)
        return {"team": team.name}

    return change


def without(agent: Staff) -> Change:
    """To anybody but this agent."""

    def change(handoff: Handoff, _: Roster) -> dict[str, Any]:
        handoff.excluded_agent_id = agent.id
        if handoff.wanted_agent_id == agent.id:
            handoff.wanted_agent_id = None
        return {}

    return change


async def to_somebody_else(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff
) -> Conversation:
    """Put an agent's chat back for anybody but them: customer or agent want another person.

    Raises:
        NotOwner: the chat is not this agent's. NotFound: unknown.
    """
    return await put_back(
        db, desk, conversation_id, agent, "someone_else",
        said=line("released_someone"),
        change=without(agent),
    )  # fmt: skip


async def _judge_again(
    db: AsyncSession, desk: HandoffDesk, handoff: Handoff, roster: Roster
) -> None:
    verdict = await desk.rejudge(db, handoff)
    if verdict.rank > handoff.priority_rank:
        return
    was = handoff.priority
    handoff.priority, handoff.priority_rank = verdict.priority.value, verdict.rank
    handoff.priority_reason = verdict.why[:500]
    hours = roster.team(handoff.team_id).hours
    due.reprioritise(handoff, was, await book.read(db), hours)
    if verdict.moment_of_truth and not handoff.moment_of_truth:
        alarms.raise_alarm(db, desk.clock, handoff, verdict.why)

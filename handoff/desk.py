"""The desk that conversations hands its customers to (conversations.desk.Desk)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.desk import Reason, Standing
from conversations.models import Conversation, Owner, Turn, Visitor
from handoff import gathering, journal, replies
from handoff.cases import records
from handoff.clocks import book, due
from handoff.clocks.alarms import raise_alarm
from handoff.customers import followups
from handoff.evidence import Evidence
from handoff.hours import HOUSE, OpeningHours
from handoff.models import CANCELLED, CloseOutcome, Handoff
from handoff.presence import Presence
from handoff.priority import Facts, Priorities, Rules, Verdict
from handoff.promises.service import Promises
from handoff.routing import facts, offers, overflow, unspoken, waits
from handoff.routing.expecting import Expecting
from handoff.routing.facts import NoSegments, Segments
from handoff.routing.waits import NORMAL_RANK
from handoff.teams.roster import Roster, Rosters, RouteFacts, TeamOnDuty
from server.auth import Role, Staff, get_staff
from server.clock import Clock

__all__ = [
    "NORMAL_RANK",
    "HandoffDesk",
    "close_open",
    "is_current",
    "latest",
    "may_read",
]


class HandoffDesk:
    """Takes requests for a person, says where one stands, and holds what the house decided about both."""

    def __init__(
        self,
        clock: Clock,
        presence: Presence,
        *,
        hours: OpeningHours = HOUSE,
        rosters: Rosters | None = None,
        priorities: Priorities | None = None,
        segments: Segments | None = None,
        promises: Promises | None = None,
        templates: tuple[replies.Template, ...] | None = None,
    ) -> None:
        self.clock = clock
        self.presence = presence
        self.hours = hours
        self.rosters = rosters or Rosters(clock)
        self.priorities = priorities or Priorities(clock)
        self.segments = segments or NoSegments()
        self.promises = promises
        self.replies = replies.load() if templates is None else templates
        self._expected = Expecting(clock)

    async def request(
        self,
        db: AsyncSession,
        conversation: Conversation,
        *,
        reason: str,
        detail: str,
        turn: Turn | None,
    ) -> None:
        """Make the card, send it to a team and start its clocks; called in the transaction that put the
        conversation into the queue.

        ``turn`` is the turn that led here, None when the customer pressed the Person button.
        """
        await db.flush()
        seen = await gathering.read(db, conversation.id, conversation.episode)
        now = self.clock.now()
        requested_at = conversation.queued_at or now
        visitor = await db.get_one(Visitor, conversation.visitor_id)
        segment = await self.segments.of(db, visitor)
        rules = await self.priorities.now(db)
        verdict = judge(rules, seen, reason=reason, segment=segment)
        before = await latest(db, conversation.id)
        if before is not None and before.closed_at is None:
            # The customer left and came back before the sweeper looked.
            before.closed_at, before.outcome = now, CANCELLED
            await records.answered(db, self.clock, await self.rosters.now(db), before)
        wanted = await facts.earlier_agent(db, self.clock, conversation)
        excluded = before.agent_id if before and reason == Reason.ASKED_OTHER else None
        handoff = Handoff(
            conversation_id=conversation.id,
            episode=conversation.episode,
            epoch=conversation.epoch,
            reason=reason,
            detail=detail[:500] or None,
            priority=verdict.priority.value,
            priority_rank=verdict.rank,
            priority_reason=verdict.why[:500],
            moment_of_truth=verdict.moment_of_truth,
            requested_at=requested_at,
            due_at=requested_at,
            excluded_agent_id=excluded,
            wanted_agent_id=wanted if wanted != excluded else None,
            topic=facts.topic(seen),
            language=await facts.language(db, conversation),
            segment=segment[:40] if segment else None,
            card=seen.model_dump(mode="json"),
        )
        roster = await self.rosters.now(db)
        team = self._route(roster, handoff, seen)
        due.start(handoff, await book.read(db), team.hours, requested_at, online=self.is_online())
        db.add(handoff)
        await db.flush()
        journal.note(db, self.clock, handoff, "requested", reason=reason)
        journal.note(
            db, self.clock, handoff, "routed", team=team.name, because=handoff.routed_because
        )
        if verdict.moment_of_truth:
            raise_alarm(db, self.clock, handoff, verdict.why)
        await db.flush()
        if reason == Reason.STEPPED_IN:
            return  # a supervisor takes it in this very transaction
        if not await offers.offer(db, self, handoff) and self.promises is not None:
            await self.promises.give(db, conversation, handoff)
        await unspoken.own_up(db, self.clock, conversation, handoff, roster, team)

    async def details_given(self, db: AsyncSession, conversation_id: uuid.UUID) -> None:
        """The customer has said how to reach them: their answer may go there, too."""
        if self.promises is not None:
            await self.promises.details_given(db, conversation_id)

    async def rated(self, db: AsyncSession, conversation_id: uuid.UUID, episode: int) -> None:
        """The customer has rated an episode: its cases were acceptable to them, or not."""
        await records.rated(db, self.clock, conversation_id, episode)

    async def file_removed(
        self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff, name: str
    ) -> None:
        """Somebody took a file out of the chat; the time line says who, of chats that came to the desk."""
        handoff = await latest(db, conversation_id)
        if handoff is not None:
            journal.note(db, self.clock, handoff, "file_removed", staff.id, name=name)

    def _route(self, roster: Roster, handoff: Handoff, seen: Evidence) -> TeamOnDuty:
        route = roster.route(
            RouteFacts(
                reason=handoff.reason,
                intents=_intents(seen),
                language=handoff.language,
                segment=handoff.segment,
            )
        )
        handoff.team_id, handoff.skill = route.team.id, route.skill
        handoff.level = route.level.value
        handoff.routed_because = route.because[:300]
        handoff.routed_at = self.clock.now()
        return route.team

    async def other_person(self, db: AsyncSession, conversation: Conversation) -> Conversation:
        """The customer wants somebody else than the agent who has the chat."""
        from handoff.routing import returning  # it needs this class: a circle otherwise

        if conversation.agent_id is None:
            return conversation
        agent = await get_staff(db, conversation.agent_id)
        return await returning.to_somebody_else(db, self, conversation.id, agent)

    async def standing(self, db: AsyncSession, conversation: Conversation) -> Standing:
        """Where the conversation stands in its team's queue, how long that takes, and who is online."""
        roster = await self.rosters.now(db)
        queued = conversation.owner is Owner.QUEUED and conversation.queued_at is not None
        mine = await latest(db, conversation.id) if queued else None
        team = roster.team(mine.team_id if mine else None)
        online = self.team_online(roster, team) if queued else self.is_online()
        opens_at = None if online else self._opens_at(team)
        closes_at = self._closes_at(team) if online else None
        if not queued or conversation.queued_at is None:
            expected = await self._expected.of(db, roster, team) if online else None
            return Standing(
                position=None, wait_seconds=None, online=online, opens_at=opens_at,
                closes_at=closes_at, expected_seconds=expected,
            )  # fmt: skip
        rank = mine.priority_rank if mine else NORMAL_RANK
        theirs = waits.of_team(roster, team)
        ahead = await waits.count_ahead(
            db,
            theirs,
            rank,
            conversation.queued_at,
            conversation.id,
            cardless=team.id == roster.home.id,
        )
        estimate = None
        if online:
            now = self.clock.now()
            known = await waits.recent(db, now, theirs, rank)
            estimate = waits.expect(known, (now - conversation.queued_at).total_seconds())
        return Standing(
            position=ahead + 1,
            wait_seconds=estimate.middle if estimate else None,
            wait_low_seconds=estimate.low if estimate else None,
            wait_high_seconds=estimate.high if estimate else None,
            online=online,
            opens_at=opens_at,
            closes_at=closes_at,
            promised_at=mine.promised_at if mine else None,
            mail=self.promises.mail_of(mine) if self.promises is not None else None,
        )

    async def matter_open(self, db: AsyncSession, conversation: Conversation) -> bool:
        """Whether a case is open, was closed unsolved just now, or somebody is still to write again."""
        last = await latest(db, conversation.id)
        if last is not None and (
            last.closed_at is None
            or (last.episode == conversation.episode and last.outcome == CloseOutcome.NOT_SOLVED)
        ):
            return True
        return await followups.any_open(db, conversation.id)

    async def may_read(self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
        return await may_read(db, conversation_id, staff)

    def is_online(self) -> bool:
        """Whether anybody is there who takes chats."""
        return bool(self.presence.online())

    def team_online(self, roster: Roster, team: TeamOnDuty) -> bool:
        """Whether anybody is there for this team: one of its own, or of the team that helps it out."""
        second = overflow.second_team(roster, team)
        asked = [one for one in (team, second) if one is not None]
        return any(
            one in roster.teams_of(staff_id) for staff_id in self.presence.online() for one in asked
        )

    async def rejudge(self, db: AsyncSession, handoff: Handoff) -> Verdict:
        """The priority of a request by what is known now."""
        seen = await gathering.read(db, handoff.conversation_id, handoff.episode)
        rules = await self.priorities.now(db)
        return judge(
            rules, seen, reason=handoff.reason, segment=handoff.segment, returns=handoff.returns
        )

    def _opens_at(self, team: TeamOnDuty) -> datetime | None:
        """The next opening; None while the team should be there, for then nobody knows when."""
        now = self.clock.now()
        return None if team.hours.is_open(now) else team.hours.next_opening(now)

    def _closes_at(self, team: TeamOnDuty) -> datetime | None:
        """When the present hours end; None outside them, and for a team that never closes."""
        now = self.clock.now()
        return team.hours.next_change(now) if team.hours.is_open(now) else None


def judge(
    rules: Rules, seen: Evidence, *, reason: str, segment: str | None = None, returns: int = 0
) -> Verdict:
    """The priority of a request with this evidence."""
    return rules.judge(
        Facts(
            reason=reason,
            intents=_intents(seen),
            frustration=seen.peak_frustration,
            text="\n".join(said.text for said in seen.said),
            returns=returns,
            segments=frozenset({segment} if segment else ()),
        )
    )


def _intents(seen: Evidence) -> frozenset[str]:
    return frozenset(said.intent for said in seen.said if said.intent)


async def latest(db: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    """The conversation's newest request for a person."""
    return await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.epoch.desc())
        .limit(1)
    )


async def may_read(db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
    """Whether a conversation is theirs to read: agents read what came to the desk, supervisors all."""
    return staff.may(Role.SUPERVISOR) or await latest(db, conversation_id) is not None


def is_current() -> ColumnElement[bool]:
    """Joins a conversation with the open request that put it into the queue."""
    return and_(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None))


async def close_open(
    db: AsyncSession, clock: Clock, conversation_id: uuid.UUID, outcome: str
) -> None:
    """End the conversation's open request, if it has one."""
    await db.execute(
        update(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .values(closed_at=clock.now(), outcome=outcome)
    )

"""The lines of the queue, and of the chats that are being answered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from conversations.models import Conversation, Owner, Participant, Visitor
from handoff import words
from handoff.clocks.alarms import ALARM_RANK, is_raised
from handoff.desk import NORMAL_RANK, HandoffDesk, is_current
from handoff.models import Handoff, Level, Priority
from handoff.routing import assign
from handoff.routing.overflow import second_team
from handoff.routing.waits import of_team
from handoff.teams.roster import Roster
from server.auth import Role, Staff

# More than a team can look through; each is read with its card, a few kB.
QUEUE_LIMIT = 200


@dataclass(frozen=True)
class Entry:
    """One line of the queue, or of an agent's own chats."""

    conversation: uuid.UUID
    owner: Owner
    agent_id: uuid.UUID | None
    customer: str | None
    reason: str
    reason_words: str
    priority: str
    priority_reason: str
    moment_of_truth: bool
    first_ask: str | None
    queued_at: datetime
    due_at: datetime | None
    answered: bool
    overdue: bool
    excluded: bool
    last_seq: int
    team: str
    team_id: uuid.UUID | None
    skill: str | None
    level: str
    language: str | None
    topic: str | None
    segment: str | None
    tags: list[str]
    routed_because: str
    can_take: bool
    """Meant for this reader; what is not may be claimed all the same."""
    overflowed: bool
    wanted: bool
    """The customer talked with this reader before."""
    offered_to: uuid.UUID | None
    offered_until: datetime | None
    offered: bool
    """Offered to this reader, who accepts or declines."""
    alarm: bool
    next_due_at: datetime | None
    resolve_due_at: datetime | None
    joined: bool
    """This reader is the second person here."""


_Row = Row[Conversation, Handoff | None, str | None, str | None]
"""The chat and its request, no more of both than a line shows; the customer's name, what they asked first."""
_URGENT = (
    func.coalesce(Handoff.priority_rank, NORMAL_RANK),
    func.coalesce(Conversation.queued_at, Conversation.updated_at),
    Conversation.id,
)
_TAKEN = (Handoff.claimed_at, Conversation.id)


@dataclass(frozen=True)
class _Reader:
    staff: Staff
    roster: Roster
    online: Collection[uuid.UUID]
    now: datetime
    leads: bool

    def is_asked(self, handoff: Handoff | None) -> bool:
        """As `_asks`, of one request."""
        if handoff is None or handoff.priority_rank == ALARM_RANK:
            return True
        mine = self.roster.teams_of(self.staff.id)
        team = self.roster.team(handoff.team_id)
        helps = handoff.overflowed_at is not None and second_team(self.roster, team) in mine
        return team in mine or helps

    def can_take(self, handoff: Handoff | None) -> bool:
        """Leads take everything; without a card it is for everybody."""
        if handoff is None or self.leads:
            return True
        return assign.takes(self.roster, self.staff.id, handoff, self.online)


async def _reader(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> _Reader:
    roster = await desk.rosters.now(db)
    return _reader_of(agent, roster, desk.presence.online(), desk.clock.now())


def _reader_of(
    agent: Staff, roster: Roster, online: frozenset[uuid.UUID], now: datetime
) -> _Reader:
    return _Reader(agent, roster, online | {agent.id}, now, leads(roster, agent))


def leads(roster: Roster, staff: Staff) -> bool:
    """Whether this person sees colleagues' chats, and may join them."""
    return staff.may(Role.SUPERVISOR) or assign.is_lead(roster, staff.id)


@dataclass(frozen=True)
class Lines:
    """Everything in the queue and with agents, whoever reads it."""

    waiting: Sequence[_Row]
    """The first `QUEUE_LIMIT`: the most urgent first, among equals who has waited longest."""
    taken: Sequence[_Row]
    joined: Collection[tuple[uuid.UUID, uuid.UUID]]
    """Conversation and second person."""

    @property
    def complete(self) -> bool:
        return len(self.waiting) < QUEUE_LIMIT


async def lines(db: AsyncSession) -> Lines:
    """Read what `shown` then shows to each reader."""
    queued = await db.execute(_MOST_URGENT)
    taken = await db.execute(_WITH_AGENTS)
    joined = await db.execute(select(Participant.conversation_id, Participant.staff_id))
    return Lines(queued.all(), taken.all(), frozenset((chat, staff) for chat, staff in joined))


@dataclass(frozen=True)
class Shown:
    """What one reader sees: as `waiting`, `chats` and `with_colleagues`, which ask the database themselves."""

    waiting: list[Entry]
    mine: list[Entry]
    with_colleagues: list[Entry]


def shown(
    agent: Staff, read: Lines, roster: Roster, online: frozenset[uuid.UUID], now: datetime
) -> Shown:
    """These lines as this reader sees them; if not all were read, `waiting` knows better who waits."""
    reader = _reader_of(agent, roster, online, now)
    mine: list[Entry] = []
    others: list[Entry] = []
    for row in read.taken:
        chat = row[0]
        if chat.agent_id == agent.id or (chat.id, agent.id) in read.joined:
            mine.append(_entry(row, reader, read.joined))
        if reader.leads and chat.agent_id != agent.id and len(others) < QUEUE_LIMIT:
            others.append(_entry(row, reader, read.joined))
    # Stable sorts: within each part the order of the lines stays.
    queued = sorted(read.waiting, key=lambda row: not (reader.leads or reader.is_asked(row[1])))
    return Shown(_for_reader(_entry(row, reader) for row in queued), mine, others)


def _for_reader(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: not (entry.alarm or entry.can_take))


async def waiting(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> list[Entry]:
    """The first `QUEUE_LIMIT` of the queue: what this agent can take, then the others.

    Alarms are everybody's. In each part the most urgent come first, among equals who has waited longest.
    """
    reader = await _reader(db, desk, agent)
    statement = _QUEUED
    if not reader.leads:
        # Before the limit: an agent's own chats are not crowded out by another team's.
        statement = statement.order_by(case((_asks(reader), 0), else_=1))
    found = await db.execute(statement.order_by(*_URGENT).limit(QUEUE_LIMIT))
    return _for_reader([_entry(row, reader) for row in found])


async def chats(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> list[Entry]:
    """The chats that this agent has now or has joined, in the order they were taken."""
    joined = exists().where(
        Participant.conversation_id == Conversation.id, Participant.staff_id == agent.id
    )
    found = await db.execute(
        _ROWS.where(
            Conversation.owner == Owner.AGENT, or_(Conversation.agent_id == agent.id, joined)
        ).order_by(*_TAKEN)
    )
    reader = await _reader(db, desk, agent)
    here = await _joined(db, agent)
    return [_entry(row, reader, here) for row in found]


async def with_colleagues(db: AsyncSession, desk: HandoffDesk, agent: Staff) -> list[Entry]:
    """For a supervisor or a lead, who may join them: the chats that others have; for others none."""
    reader = await _reader(db, desk, agent)
    if not reader.leads:
        return []
    found = await db.execute(
        _ROWS.where(Conversation.owner == Owner.AGENT, Conversation.agent_id != agent.id)
        .order_by(*_TAKEN)
        .limit(QUEUE_LIMIT)
    )
    here = await _joined(db, agent)
    return [_entry(row, reader, here) for row in found]


async def _joined(db: AsyncSession, agent: Staff) -> Collection[tuple[uuid.UUID, uuid.UUID]]:
    found = await db.scalars(
        select(Participant.conversation_id).where(Participant.staff_id == agent.id)
    )
    return {(chat, agent.id) for chat in found}


# Read again and again while anything moves: the card alone would be a few kB of JSON for each chat.
_ROWS = (
    select(
        Conversation,
        Handoff,
        Visitor.name,
        Handoff.card["summary"]["first_ask"].as_string().label("first_ask"),
    )
    .join(Visitor, Visitor.id == Conversation.visitor_id)
    .outerjoin(Handoff, is_current())
    .options(
        load_only(
            Conversation.owner,
            Conversation.agent_id,
            Conversation.last_seq,
            Conversation.queued_at,
            Conversation.updated_at,
            raiseload=True,
        ),
        load_only(
            Handoff.reason,
            Handoff.priority,
            Handoff.priority_rank,
            Handoff.priority_reason,
            Handoff.moment_of_truth,
            Handoff.due_at,
            Handoff.first_response_at,
            Handoff.excluded_agent_id,
            Handoff.topic,
            Handoff.language,
            Handoff.segment,
            Handoff.tags,
            Handoff.team_id,
            Handoff.skill,
            Handoff.level,
            Handoff.routed_because,
            Handoff.wanted_agent_id,
            Handoff.offered_to,
            Handoff.offered_until,
            Handoff.overflowed_at,
            Handoff.next_due_at,
            Handoff.resolve_due_at,
            Handoff.alarm_at,
            Handoff.alarm_owned_at,
            raiseload=True,
        ),
    )
)
_QUEUED = _ROWS.where(Conversation.owner == Owner.QUEUED)
_MOST_URGENT = _QUEUED.order_by(*_URGENT).limit(QUEUE_LIMIT)
_WITH_AGENTS = _ROWS.where(Conversation.owner == Owner.AGENT).order_by(*_TAKEN)


def _asks(reader: _Reader) -> ColumnElement[bool]:
    """Whether a team of this agent is asked, by its own right or to help out; or nobody knows which team."""
    mine = reader.roster.teams_of(reader.staff.id)
    # An alarm is everybody's.
    asked: list[ColumnElement[bool]] = [Handoff.id.is_(None), Handoff.priority_rank == ALARM_RANK]
    for team in reader.roster.teams:
        if team in mine:
            asked.append(of_team(reader.roster, team))
        elif second_team(reader.roster, team) in mine:
            asked.append(and_(of_team(reader.roster, team), Handoff.overflowed_at.is_not(None)))
    return or_(*asked)


def _entry(
    row: _Row, reader: _Reader, joined: Collection[tuple[uuid.UUID, uuid.UUID]] = ()
) -> Entry:
    conversation, handoff, customer, first_ask = row
    here = (conversation.id, reader.staff.id) in joined
    if handoff is None:
        return _bare(conversation, customer, reader, joined=here)
    answered = handoff.first_response_at is not None
    me = reader.staff.id
    team = reader.roster.team(handoff.team_id)
    return Entry(
        conversation=conversation.id,
        owner=conversation.owner,
        agent_id=conversation.agent_id,
        customer=customer,
        reason=handoff.reason,
        reason_words=words.reason(handoff.reason),
        priority=handoff.priority,
        priority_reason=handoff.priority_reason,
        moment_of_truth=handoff.moment_of_truth,
        first_ask=first_ask,
        queued_at=conversation.queued_at or conversation.updated_at,
        due_at=handoff.due_at,
        answered=answered,
        overdue=not answered and reader.now > handoff.due_at,
        excluded=handoff.excluded_agent_id == me,
        last_seq=conversation.last_seq,
        team=team.name,
        team_id=team.id,
        skill=handoff.skill,
        level=handoff.level,
        language=handoff.language,
        topic=handoff.topic,
        segment=handoff.segment,
        tags=list(handoff.tags),
        routed_because=handoff.routed_because,
        can_take=reader.can_take(handoff),
        overflowed=handoff.overflowed_at is not None,
        wanted=handoff.wanted_agent_id == me,
        offered_to=handoff.offered_to,
        offered_until=handoff.offered_until,
        offered=conversation.owner is Owner.QUEUED and handoff.offered_to == me,
        alarm=is_raised(handoff),
        next_due_at=handoff.next_due_at,
        resolve_due_at=handoff.resolve_due_at,
        joined=here,
    )


def _bare(
    conversation: Conversation, customer: str | None, reader: _Reader, *, joined: bool
) -> Entry:
    """A chat whose card could not be made: it waits like any other."""
    home = reader.roster.home
    return Entry(
        conversation=conversation.id,
        owner=conversation.owner,
        agent_id=conversation.agent_id,
        customer=customer,
        reason="",
        reason_words="Waiting",
        priority=Priority.NORMAL.value,
        priority_reason="",
        moment_of_truth=False,
        first_ask=None,
        queued_at=conversation.queued_at or conversation.updated_at,
        due_at=None,
        answered=False,
        overdue=False,
        excluded=False,
        last_seq=conversation.last_seq,
        team=home.name,
        team_id=home.id,
        skill=None,
        level=Level.FRONT_LINE.value,
        language=None,
        topic=None,
        segment=None,
        tags=[],
        routed_because="",
        can_take=True,
        overflowed=False,
        wanted=False,
        offered_to=None,
        offered_until=None,
        offered=False,
        alarm=False,
        next_due_at=None,
        resolve_due_at=None,
        joined=joined,
    )

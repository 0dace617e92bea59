"""What the help desk keeps beside the message log: each request for a person, and the agents' notes."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime

NOTE_LIMIT = 4000


class Priority(enum.StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class CloseOutcome(enum.StrEnum):
    """What became of the customer's problem, in the agent's words."""

    SOLVED = "solved"
    FOLLOW_UP = "follow_up"
    NOT_SOLVED = "not_solved"
    NO_REPLY = "no_reply"


class Level(enum.StrEnum):
    """Experience of an agent, and the least that a case needs."""

    FRONT_LINE = "front_line"
    SPECIALIST = "specialist"
    LEAD = "lead"


# How a request ended without an agent closing it.
HANDED_BACK = "handed_back"
CANCELLED = "cancelled"


class Handoff(Base):
    """One request for a person, from the queue to its outcome; a conversation may have several."""

    __tablename__ = "handoffs"
    __table_args__ = (Index("ix_handoffs_open", "closed_at", "conversation_id"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    episode: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[int] = mapped_column(Integer)
    """The conversation's epoch when it entered the queue."""
    reason: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str | None] = mapped_column(String(500))
    """What set it off, for the agent: a phrase, a score, an error's name."""
    priority: Mapped[str] = mapped_column(String(10), default=Priority.NORMAL.value)
    priority_rank: Mapped[int] = mapped_column(Integer, default=2)
    """0 is urgent, -1 an alarm; the queue is sorted by it."""
    priority_reason: Mapped[str] = mapped_column(String(500), default="")
    moment_of_truth: Mapped[bool] = mapped_column(Boolean, default=False)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When a person should have answered, by the priority's promise."""
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sweeper saw that nobody had."""
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """The first claim; kept when the chat returns to the queue."""
    first_response_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its customer was last told that the cause is mended."""
    agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Who has, or had, the chat last."""
    excluded_agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The customer asked for somebody else than this person."""
    returns: Mapped[int] = mapped_column(Integer, default=0)
    """How often the chat went back to the queue."""
    outcome: Mapped[str | None] = mapped_column(String(40))
    topic: Mapped[str | None] = mapped_column(String(80), index=True)
    """The intent it is about, or what the agent set instead."""
    language: Mapped[str | None] = mapped_column(String(8))
    segment: Mapped[str | None] = mapped_column(String(40))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    # -- where it is sent (handoff/routing)
    team_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    skill: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(12), default=Level.FRONT_LINE.value)
    """The least experience that may take it."""
    routed_because: Mapped[str] = mapped_column(String(300), default="")
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is this team's."""
    wanted_agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Whom the customer talked to before; preferred while they are there."""
    offered_to: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    offered_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Who let an offer pass, as ids."""
    overflowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # -- clocks (handoff/clocks): due_at above is the first response's
    next_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the customer's last unanswered message should be answered; null: none is open."""
    resolve_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The clocks (first, next, resolve) whose warning has been given since they were last set."""
    breached: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The clocks that were ever missed."""
    late: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The clocks whose breach has been told since they were last set."""
    escalated: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The clocks so late that the alarm was raised since they were last set."""
    # -- alarm: a moment of truth stays raised until somebody owns it
    alarm_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    alarm_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Null: the rules raised it."""
    alarm_why: Mapped[str] = mapped_column(String(300), default="")
    alarm_owned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # -- nobody there: the promise (handoff/promises)
    contact_email: Mapped[str | None] = mapped_column(String(254))
    """Where the customer wants the answer, when nobody was online."""
    promised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody will be there, as it was told to the customer."""
    card: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was known at the moment of the request (handoff.evidence.Evidence)."""


class Note(Base):
    """Written by staff for staff; it is in no code path that leads to a customer."""

    __tablename__ = "handoff_notes"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    staff_name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Mention(Base):
    """A colleague named in a note."""

    __tablename__ = "handoff_mentions"
    note_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("handoff_notes.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoffEvent(Base):
    """What happened to a request, by whom; never changed."""

    __tablename__ = "handoff_events"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    handoff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handoffs.id"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    """requested, routed, offered, declined, offer_lapsed, claimed, released, returned, transferred, joined, left,
    overflowed, warned, breached, alarm_raised, alarm_owned, contact_given, mailed, closed, …"""
    staff_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Null: the house's clock or rules."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeskSetting(Base):
    """One of the house's rule books (priority, clocks, segments, remedies), by key; the newest row holds.

    Rows are only added, so that every change is known with who made it and why.
    """

    __tablename__ = "desk_settings"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(40), index=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

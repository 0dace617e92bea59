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
    """0 is urgent; the queue is sorted by it."""
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
    agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Who has, or had, the chat last."""
    excluded_agent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The customer asked for somebody else than this person."""
    returns: Mapped[int] = mapped_column(Integer, default=0)
    """How often the chat went back to the queue."""
    outcome: Mapped[str | None] = mapped_column(String(40))
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

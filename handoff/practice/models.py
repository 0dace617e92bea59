"""A past chat to practise on, and what agents made of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class PracticeChat(Base):
    """A frozen, masked copy of one episode that people handled, and the lead's score of how they did."""

    __tablename__ = "practice_chats"
    __table_args__ = (UniqueConstraint("conversation_id", "episode"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    """Where it was taken from: told to leads only. Erasing the conversation erases the copy."""
    episode: Mapped[int] = mapped_column(Integer)
    topic: Mapped[str] = mapped_column(String(80))
    lines: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """``[{"author": "customer" | "assistant" | "agent", "text": masked}]``, in order."""
    points: Mapped[int] = mapped_column(Integer)
    """How often a person answered: a run of messages counts once."""
    scores: Mapped[dict[str, int]] = mapped_column(JSON)
    """The lead's, 1 to 5: ``{"acknowledge": 4, "clarify": 3, "resolve": 5, "confirm": 2}``."""
    why: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    made_by_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Offered to nobody any more; what was tried on it is kept."""


class PracticeAttempt(Base):
    """One agent's go at a practice chat, from the first answer to the lead's score."""

    __tablename__ = "practice_attempts"
    __table_args__ = (UniqueConstraint("practice_chat_id", "staff_id", "number"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    practice_chat_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("practice_chats.id", ondelete="CASCADE")
    )
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    number: Mapped[int] = mapped_column(Integer)
    """1 is this agent's first go at this chat."""
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    answered: Mapped[int] = mapped_column(Integer, default=0)
    """How many points have an answer; the next answer is written only where this many stand."""
    handled: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    """The agent's score of how the chat was really handled; before the lead's is shown."""
    own: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    """The agent's score of their own answers."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    lead_scores: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    """The lead's score of the agent's answers."""
    lead_why: Mapped[str] = mapped_column(String(300), default="")
    scored_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    scored_by_name: Mapped[str] = mapped_column(String(80), default="")
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

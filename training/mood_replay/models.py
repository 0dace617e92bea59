"""What the threshold has been, and scores that were worked out again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class MoodThreshold(Base):
    """One setting of the threshold; the highest version holds. No row: the house's settings hold."""

    __tablename__ = "mood_thresholds"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3 …; who saves names the version they saw, so that two can't overwrite each other."""
    handoff: Mapped[float] = mapped_column(Float)
    """The least score, 0 to 1, from which a person takes over."""
    reason: Mapped[str] = mapped_column(String(500))
    restores: Mapped[int | None] = mapped_column(Integer)
    """The version that this one brings back; 0 is the house's settings."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MoodScore(Base):
    """A message's score as the present model gives it, where the stored one is missing or older."""

    __tablename__ = "mood_scores"
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    first_seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(120))
    """`chats.version_of`: arithmetic, encoder and model."""
    score: Mapped[float] = mapped_column(Float)
    signals: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """``[{"name", "value", "evidence"}]``, as a parse carries them."""

"""The table of what trainers decided about suspicious examples."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class Decision(enum.StrEnum):
    KEPT = "kept"
    """Its intent is right: never offered again."""
    MOVED = "moved"
    REMOVED = "removed"


_KIND = Enum(
    Decision, native_enum=False, length=20, values_callable=lambda kind: [one.value for one in kind]
)


class SuspectDecision(Base):
    """What was decided about one text as an example of one intent; the newest decision replaces older ones."""

    __tablename__ = "suspect_decisions"
    __table_args__ = (UniqueConstraint("key", "intent"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    key: Mapped[str] = mapped_column(String(64))
    """Digest of the text without marks (training.texts.key): an edit elsewhere changes nothing."""
    intent: Mapped[str] = mapped_column(String(80))
    """What it was an example of when it was offered."""
    text: Mapped[str] = mapped_column(Text)
    decision: Mapped[Decision] = mapped_column(_KIND)
    moved_to: Mapped[str | None] = mapped_column(String(80))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

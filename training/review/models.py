"""What was sent from the review queue to the editors."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class SentQuestion(Base):
    """One text that a trainer sent to the editors as a question without an article; it leaves the queue."""

    __tablename__ = "sent_questions"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the text, as labels have it: it stands for every message that reads the same."""
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("turns.id"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    """The editors' report; messages that were sent together share one."""
    by: Mapped[str] = mapped_column(String(80))
    """Login."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)

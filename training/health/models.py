"""What a trainer has looked at and found to be no problem."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class NoProblem(Base):
    """A finding that is not shown again, unless it is about something else by then."""

    __tablename__ = "health_no_problems"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """`findings.Finding.key`."""
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

"""What is recorded of a case beside its request (handoff.models.Handoff)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class CaseRecord(Base):
    """The four questions of a case, and what the agent adds when it closes."""

    __tablename__ = "case_records"
    handoff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handoffs.id"), primary_key=True)
    in_time: Mapped[bool | None] = mapped_column(Boolean)
    """Closed before the resolution clock ran out."""
    acceptable: Mapped[bool | None] = mapped_column(Boolean)
    """The customer's own word (rating, confirmation), or else what the agent thinks; null: unknown."""
    alone: Mapped[bool | None] = mapped_column(Boolean)
    """One person had it from start to end."""
    escalated: Mapped[bool | None] = mapped_column(Boolean)
    """It went to a higher level."""
    note: Mapped[str] = mapped_column(String(2000), default="")
    sop_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sops.id", ondelete="SET NULL"))
    ticks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """``{step number: {"by": login, "at": time}}``"""
    root_cause_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("root_causes.id", ondelete="SET NULL"), index=True
    )
    whys: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The five whys, first one first."""
    remedy: Mapped[str | None] = mapped_column(String(20))
    """refund, credit, replacement or apology."""
    remedy_amount: Mapped[float | None] = mapped_column(Float)
    """In the house's currency."""
    remedy_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    remedy_note: Mapped[str] = mapped_column(String(500), default="")


class RootCause(Base):
    """Why cases of a kind come again, and what is done about it."""

    __tablename__ = "root_causes"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    text: Mapped[str] = mapped_column(String(300), unique=True)
    topic: Mapped[str | None] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(500), default="")
    """The corrective action."""
    action_owner: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    action_due: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Sop(Base):
    """How cases of a topic are handled, as a list to tick."""

    __tablename__ = "sops"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    intents: Mapped[list[str]] = mapped_column(JSON, default=list)
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    reply: Mapped[str] = mapped_column(Text, default="")
    """The form that replies take."""
    escalate_to: Mapped[str] = mapped_column(String(120), default="")
    resolution_minutes: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)

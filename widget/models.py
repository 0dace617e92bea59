"""What the house has set of its widget, each version kept."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class WidgetVersion(Base):
    """One published setting of the widget; the highest version holds. No row: widget.config.DEFAULT holds."""

    __tablename__ = "widget_settings"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3 …; who publishes names the version they saw, so that two can't overwrite each other."""
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    """widget.config.WidgetConfig."""
    note: Mapped[str] = mapped_column(String(300))
    """Why."""
    restores: Mapped[int | None] = mapped_column(Integer)
    """The version that this one brings back; 0 is the default."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvitationMark(Base):
    """What became of an invitation with one visitor: they are not shown it again."""

    __tablename__ = "invitation_marks"
    visitor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visitors.id"), primary_key=True)
    invitation: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Its id in the settings."""
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InvitationDay(Base):
    """How often an invitation was shown, opened, dismissed and answered on one day (UTC), by anybody."""

    __tablename__ = "invitation_days"
    invitation: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shown: Mapped[int] = mapped_column(Integer, default=0)
    opened: Mapped[int] = mapped_column(Integer, default=0)
    dismissed: Mapped[int] = mapped_column(Integer, default=0)
    answered: Mapped[int] = mapped_column(Integer, default=0)

"""What the house has set of its widget, each version kept."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
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

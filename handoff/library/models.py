"""Canned replies, macros and saved views."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class CannedReply(Base):
    __tablename__ = "canned_replies"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(80))
    shortcut: Mapped[str | None] = mapped_column(String(24), unique=True)
    """What an agent types after a slash."""
    text: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Handoff reasons it is suggested for; empty: any."""
    intents: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(8), default="en")
    minutes: Mapped[int | None] = mapped_column(Integer)
    """How far in the future the time that {by} names lies."""
    uses: Mapped[int] = mapped_column(Integer, default=0)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class Macro(Base):
    """Several actions in one: ``[{"do": "reply", "text": …}, {"do": "tag", "tag": …}, {"do": "close", …}]``."""

    __tablename__ = "macros"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class SavedView(Base):
    """A named filter of the queue; shared ones are everybody's."""

    __tablename__ = "saved_views"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)

"""Who is at the desk, when, and for what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class Team(Base):
    """People who take the same kind of chats in the same hours."""

    __tablename__ = "teams"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    """The first team takes what no rule sends elsewhere."""
    zone: Mapped[str] = mapped_column(String(64), default="Europe/Brussels")
    week: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Staffed hours: ``{"0": [["08:00", "12:00"], ["13:00", "20:00"]], …}``, Monday is 0."""
    holidays: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Days without staff: ``[{"day": "2026-12-25", "name": "Christmas"}]``."""
    assign: Mapped[str] = mapped_column(String(12), default="claim")
    """claim (from the queue), round_robin or least_busy (offered to one agent at a time)."""
    offer_seconds: Mapped[int] = mapped_column(Integer, default=20)
    """How long an offer waits for an answer."""
    overflow_team_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("teams.id", ondelete="SET NULL")
    )
    overflow_seconds: Mapped[int] = mapped_column(Integer, default=120)
    """After this wait the second team sees the chat, too."""
    escalates_to_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("teams.id", ondelete="SET NULL")
    )
    backup_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The member of staff who stands in for the team's lead."""
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class TeamMember(Base):
    __tablename__ = "team_members"
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)


class Profile(Base):
    """What a member of staff can take; without one: everything, `capacity` of the default."""

    __tablename__ = "agent_profiles"
    staff_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    level: Mapped[str] = mapped_column(String(12), default="front_line")
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    """ISO 639-1; empty means the house's language only."""
    capacity: Mapped[int] = mapped_column(Integer, default=4)
    """Chats at once."""
    last_offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Turns of the round robin."""


class RoutingRule(Base):
    """The first rule that holds decides team, skill and level."""

    __tablename__ = "routing_rules"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    when: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """``{"intents": […], "languages": […], "segments": […], "reasons": […]}``: all named must hold."""
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    skill: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(12), default="front_line")

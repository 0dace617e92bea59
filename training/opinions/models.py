"""The tables of second opinions: the house's rules, the messages that wait for one, what each person said."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Enum,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class Why(enum.StrEnum):
    """Why a message was given to a second person."""

    DRAWN = "drawn"
    NEW_INTENT = "new_intent"
    LISTED = "listed"
    UNSURE = "unsure"
    """Its author asked."""


class CaseState(enum.StrEnum):
    WAITING = "waiting"
    """For the second opinion."""
    DISAGREED = "disagreed"
    AGREED = "agreed"
    """Decided, and about to be written; a crash leaves it here, and the next start writes it."""
    DONE = "done"
    WITHDRAWN = "withdrawn"


def _enum(kind: type[enum.StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=20, values_callable=lambda k: [m.value for m in k])


class OpinionRules(Base):
    """Which labels need a second opinion; rows are only added, the newest holds."""

    __tablename__ = "opinion_rules"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    enabled: Mapped[bool] = mapped_column(Boolean)
    share: Mapped[float] = mapped_column(Float)
    """0 to 1: of all labels, drawn by the message's key."""
    new_intents: Mapped[bool] = mapped_column(Boolean)
    intents: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Their labels always need one."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OpinionCase(Base):
    """One message about which two people are asked. What the first one said stands in `Opinion` alone, so
    that nothing read from here can tell the second."""

    __tablename__ = "opinion_cases"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("turns.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    """As `Label.key`."""
    open_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The key while the case is open, so that no message has two; null afterwards."""
    text: Mapped[str] = mapped_column(Text)
    """As `Label.text`: masked."""
    why: Mapped[Why] = mapped_column(_enum(Why))
    state: Mapped[CaseState] = mapped_column(
        _enum(CaseState), default=CaseState.WAITING, index=True
    )
    spans: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """The entities that the first person marked."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    intent: Mapped[str | None] = mapped_column(String(80))
    """What it came to; null until then."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why, where two people differed first."""
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    """The third person who settled it, or the one of the two who changed their mind last."""
    problem: Mapped[str] = mapped_column(String(500), default="")
    """Why nothing was written, in words for the trainer."""


class Opinion(Base):
    """What one person said about one case; nobody twice, and no third."""

    __tablename__ = "opinions"
    __table_args__ = (UniqueConstraint("case_id", "by"), UniqueConstraint("case_id", "number"))
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opinion_cases.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    """1 or 2."""
    by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    intent: Mapped[str] = mapped_column(String(80))
    """Said without knowing the other's; agreement is measured on this, whatever comes later."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    later: Mapped[str | None] = mapped_column(String(80))
    """What this person says after talking about it."""
    reason: Mapped[str] = mapped_column(String(500), default="")

    @property
    def now(self) -> str:
        return self.later or self.intent

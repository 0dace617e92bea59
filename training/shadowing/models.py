"""The tables of shadowing: trials, and what a candidate made of each message."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import Enum, Float, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class TrialState(enum.StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    """Somebody asked for its end; whoever runs it sees that within a second."""
    ENDED = "ended"
    FAILED = "failed"


ACTIVE = (TrialState.STARTING, TrialState.RUNNING, TrialState.STOPPING)


class ShadowTrial(Base):
    """One time of reading along."""

    __tablename__ = "shadow_trials"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    state: Mapped[TrialState] = mapped_column(
        Enum(
            TrialState, native_enum=False, length=20, values_callable=lambda k: [m.value for m in k]
        ),
        default=TrialState.STARTING,
        index=True,
    )
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_runs.id"))
    model: Mapped[str] = mapped_column(String(500))
    serving: Mapped[str | None] = mapped_column(String(500))
    """Path of the model that answers meanwhile; when another one comes, the trial ends."""
    share: Mapped[float] = mapped_column(Float)
    """Of the messages, 0 to 1."""
    wanted: Mapped[int] = mapped_column(Integer)
    """It ends after so many messages."""
    dropped: Mapped[int] = mapped_column(Integer, default=0)
    """Messages that it was too busy for."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(500), default="")
    """Why it ended."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))


class ShadowResult(Base):
    """What the candidate made of one message; what the serving model made of it stands in the turn."""

    __tablename__ = "shadow_results"
    __table_args__ = (Index("ix_shadow_results_turn_id_at", "turn_id", "at"),)
    trial_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("shadow_trials.id", ondelete="CASCADE"), primary_key=True
    )
    turn_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True
    )
    intent: Mapped[str | None] = mapped_column(String(80))
    confidence: Mapped[float | None] = mapped_column(Float)
    milliseconds: Mapped[float | None] = mapped_column(Float)
    """From question to answer, at low priority."""
    error: Mapped[str | None] = mapped_column(String(80))
    """Why there is no answer."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)

"""The tables of the training room: labels, training runs and promotions."""

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
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime

IGNORED = "ignored"
"""Stands in ``Label.intent`` for a message that nobody wants to see again; no intent is named so."""


class RunState(enum.StrEnum):
    TRAINING = "training"
    COMPARING = "comparing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Choice(enum.StrEnum):
    """What was decided about a candidate model."""

    PROMOTED = "promoted"
    KEPT_OLD = "kept_old"


class Source(enum.StrEnum):
    """Where a label's example came from."""

    TURN = "turn"
    """A trainer, looking at a customer's message."""
    AGENT = "agent"
    """A trainer, following what an agent said on the handoff card."""
    OPINION = "opinion"
    """Two trainers who agreed."""
    IMPORT = "import"
    TYPED = "typed"
    """Written by a trainer for a new intent."""
    FILE = "file"
    """It stood in the training files already; a trainer moved it."""


class PromotionState(enum.StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def _enum(kind: type[enum.StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=20, values_callable=lambda k: [m.value for m in k])


class Label(Base):
    """What a trainer said about one message; it speaks for every message that reads the same.

    Here, and nowhere in the training files, stands which message of which customer an example came from.
    """

    __tablename__ = "labels"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    turn_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("turns.id"), unique=True)
    """The message; none for what was imported, typed, or stood in a file before."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of the masked, normalised text: equal for messages that read the same."""
    text: Mapped[str] = mapped_column(Text)
    """Masked and made safe for the training files: at most 500 characters, one line."""
    predicted: Mapped[str | None] = mapped_column(String(80))
    confidence: Mapped[float | None] = mapped_column(Float)
    intent: Mapped[str] = mapped_column(String(80), index=True)
    """The right intent, or ``ignored``."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    written: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the text stands in ``data/nlu``; a label that a crash left unwritten is written later."""
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("training_runs.id"))
    """The first training that finished with this label in its data."""
    source: Mapped[Source] = mapped_column(
        _enum(Source), default=Source.TURN, server_default=Source.TURN.value
    )
    spans: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """Entities marked in ``text``: ``{"start": int, "end": int, "entity": str}``, perhaps value and role."""
    history: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What it was labelled before, oldest first; of source ``file``, first the intent it stood at."""
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    """The second trainer, where two were asked."""


class CreatedIntent(Base):
    """An intent that trainers made: taken back with the labels that made it (training/labels/uncreating.py)."""

    __tablename__ = "created_intents"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    """`Label.key` of its first examples."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    going: Mapped[bool] = mapped_column(Boolean, default=False)
    """It is being taken out of the files; a crash on the way is made good at the next start."""


class TrainingRun(Base):
    """One attempt at a better model, and how it compares with the one that served at that time."""

    __tablename__ = "training_runs"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    state: Mapped[RunState] = mapped_column(_enum(RunState), default=RunState.TRAINING, index=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Finished steps in order: ``{"step": str, "seconds": float}``."""
    model: Mapped[str | None] = mapped_column(String(500))
    """Path of the candidate model."""
    serving: Mapped[str | None] = mapped_column(String(500))
    """Path of the model that it was compared with."""
    labels: Mapped[int] = mapped_column(Integer, default=0)
    """How many labels were new in its data."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(500))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The comparison on the golden set: see training/compare.py."""
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at_a_start: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Its model was made by a start, because files or code had changed, and served at once."""
    choice: Mapped[Choice | None] = mapped_column(_enum(Choice))
    chosen_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))


class Promotion(Base):
    """One change of the model that serves; going back to an older model is one, too."""

    __tablename__ = "promotions"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    model: Mapped[str] = mapped_column(String(500))
    previous: Mapped[str | None] = mapped_column(String(500))
    """The model that served before: where a roll-back leads."""
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("training_runs.id"))
    state: Mapped[PromotionState] = mapped_column(
        _enum(PromotionState), default=PromotionState.RUNNING
    )
    rollback: Mapped[bool] = mapped_column(Boolean, default=False)
    error: Mapped[str | None] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Proposal(Base):
    """What an agent said on the handoff card: this was really about another intent. A trainer decides."""

    __tablename__ = "label_proposals"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("turns.id"), index=True)
    intent: Mapped[str] = mapped_column(String(80))
    by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

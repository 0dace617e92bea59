"""What happened to the model, step by step."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class What(enum.StrEnum):
    TRAINED = "trained"
    STOPPED = "stopped"
    """Somebody stopped its training."""
    COMPARED = "compared"
    SHADOWED = "shadowed"
    """It read along with customers for a while."""
    PROMOTED = "promoted"
    REFUSED = "refused"
    """Somebody wanted it to serve, and it was not allowed to."""
    KEPT_OLD = "kept_old"
    """Somebody decided against it."""
    ROLLED_BACK = "rolled_back"
    """It served before, and serves again."""
    FOUND = "found"
    """It serves since a start, without a promotion: the first one, or one that new inputs asked for."""
    FAILED = "failed"


TOOK_OVER = (What.PROMOTED, What.ROLLED_BACK, What.FOUND)
"""From such a step on the model answers customers."""


class ModelStep(Base):
    __tablename__ = "model_steps"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    what: Mapped[What] = mapped_column(
        Enum(What, native_enum=False, length=20, values_callable=lambda k: [m.value for m in k])
    )
    model: Mapped[str | None] = mapped_column(String(500))
    """Path of the model; null where there is none yet."""
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("training_runs.id"))
    """The training it comes from."""
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    """Null: no member of staff at a page."""
    who: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Who did it where `by` says nobody: ``command line, NAME``; empty: the system itself."""
    why: Mapped[str] = mapped_column(String(500), default="")

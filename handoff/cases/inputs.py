"""What an agent may say of a case when they close it."""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from conversations import text as texts

Cleaned = AfterValidator(texts.clean)
Line = Annotated[str, AfterValidator(lambda text: " ".join(texts.clean(text).split()))]
WHYS = 5


class RemedyKind(enum.StrEnum):
    REFUND = "refund"
    CREDIT = "credit"
    REPLACEMENT = "replacement"
    APOLOGY = "apology"


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RemedyGiven(_Input):
    """What the customer gets for their trouble."""

    kind: RemedyKind
    amount: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] | None = None
    """In the house's currency; of a replacement its value."""
    note: Annotated[Line, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _is_worth_something(self) -> RemedyGiven:
        if self.kind is RemedyKind.APOLOGY and self.amount is not None:
            raise ValueError("an apology has no amount")
        if self.kind is not RemedyKind.APOLOGY and self.amount is None:
            raise ValueError(f"say how much the {self.kind.value} is worth")
        return self


class CauseGiven(_Input):
    """Why it happened: a cause that is known, or a new one; what will be done about it, by whom and when."""

    id: UUID | None = None
    text: Annotated[Line, Field(max_length=300)] = ""
    whys: Annotated[list[Annotated[Line, Field(max_length=300)]], Field(max_length=WHYS)] = []
    action: Annotated[Line, Field(max_length=500)] = ""
    owner: UUID | None = None
    due: date | None = None

    @model_validator(mode="after")
    def _is_one(self) -> CauseGiven:
        if (self.id is None) == (not self.text):
            raise ValueError("choose a known root cause or write a new one")
        if (self.owner or self.due) and not self.action:
            raise ValueError("say what will be done")
        return self


class FollowUpGiven(_Input):
    """What was promised for later."""

    why: Annotated[Line, Field(min_length=1, max_length=300)]
    due_at: AwareDatetime | None = None


class Closing(_Input):
    """All that may be recorded of a case at its end; everything has a default."""

    acceptable: bool | None = None
    """What the agent thinks; the customer's own word goes before it."""
    note: Annotated[str, Cleaned, Field(max_length=2000)] = ""
    cause: CauseGiven | None = None
    remedy: RemedyGiven | None = None
    follow_up: FollowUpGiven | None = None


class Tick(_Input):
    """A step of the procedure, done or not; its words, so that nobody ticks what they did not read."""

    step: Annotated[int, Field(ge=0, le=99)]
    text: Annotated[str, Field(max_length=300)]
    done: bool


class SopChosen(_Input):
    sop: UUID

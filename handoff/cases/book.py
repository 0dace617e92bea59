"""The rule books "cases" and "remedies": when a topic recurs, and what who may give a customer."""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import rule_books
from handoff.models import Level
from handoff.teams.ruling import LEVELS
from server.auth import Staff
from server.clock import Clock

CASES: Final = "cases"
REMEDIES: Final = "remedies"
Amount = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]

log = structlog.get_logger(__name__)


class CaseRules(BaseModel):
    """When cases of a topic are so many that their root cause is asked for, and when one follows up."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    recurs_after: Annotated[int, Field(ge=2, le=1000)] = 5
    within_days: Annotated[int, Field(ge=1, le=366)] = 30
    follow_up_days: Annotated[int, Field(ge=1, le=90)] = 2
    """Until when a follow-up is due that names no day of its own."""
    whys_required: bool = False
    """Whether a case of a topic that recurs is closed only with its first three whys."""


class RemedyRules(BaseModel):
    """How much of the house's currency each level may give in one case, and all of them to one customer."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    limits: dict[Level, Amount] = {
        Level.FRONT_LINE: 25.0,
        Level.SPECIALIST: 100.0,
        Level.LEAD: 500.0,
    }
    per_customer: Amount | None = None
    """To one customer in so many days, whoever gives it; None: without a limit."""
    per_customer_days: Annotated[int, Field(ge=1, le=366)] = 30

    @model_validator(mode="after")
    def _rises_with_the_level(self) -> RemedyRules:
        if set(self.limits) != set(Level):
            raise ValueError("name a limit for each level")
        amounts = [self.limits[level] for level in LEVELS]
        if amounts != sorted(amounts):
            raise ValueError("a higher level may give at least as much as a lower one")
        return self


# A house that wrote a book of its own before there was this limit goes on without it.
SHIPPED_REMEDIES: Final = RemedyRules(per_customer=500.0)
Book = TypeVar("Book", CaseRules, RemedyRules)


async def case_rules(db: AsyncSession) -> CaseRules:
    return await _read(db, CASES, CaseRules())


async def remedy_rules(db: AsyncSession) -> RemedyRules:
    return await _read(db, REMEDIES, SHIPPED_REMEDIES)


async def _read(db: AsyncSession, key: str, shipped: Book) -> Book:
    """The book as it holds now; one that this version can't read is logged, and the shipped one holds."""
    value = await rule_books.read(db, key)
    if value is None:
        return shipped
    try:
        return type(shipped).model_validate(value)
    except ValidationError as error:
        log.error("rule_book_unreadable", key=key, problems=error.error_count())
        return shipped


def write(
    db: AsyncSession, clock: Clock, rules: CaseRules | RemedyRules, by: Staff, note: str
) -> None:
    """Let these rules hold for what is closed from now on."""
    key = CASES if isinstance(rules, CaseRules) else REMEDIES
    rule_books.write(db, clock, key, rules.model_dump(mode="json"), by, note)

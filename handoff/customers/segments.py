"""Segments of customers, by the house's rules over history and signed attributes: the rule book "segments"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import structlog
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Visitor
from handoff import rule_books, words
from handoff.customers import history
from handoff.customers.history import History
from handoff.teams.fresh import Fresh
from handoff.teams.setup import lock
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict

KEY: Final = "segments"
SHIPPED = Path(__file__).parent.parent / "segments.yml"
RULES_AT_MOST = 50
Count = Annotated[int, Field(ge=1, le=10_000)] | None
Is = Literal["equal", "not_equal", "above", "below"]
IS_WORDS: dict[str, str] = {
    "equal": "is",
    "not_equal": "is not",
    "above": "is above",
    "below": "is below",
}

log = structlog.get_logger(__name__)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attribute(_Strict):
    """A condition on one signed attribute; one that the site did not sign holds for nothing."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    is_: Annotated[Is, Field(alias="is")]
    value: (
        bool | Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(max_length=200)]
    )

    @model_validator(mode="after")
    def _compares_numbers(self) -> Attribute:
        number = isinstance(self.value, float) and not isinstance(self.value, bool)
        if self.is_ in ("above", "below") and not number:
            raise ValueError(f"“{self.name}” is compared with a number")
        return self

    def holds(self, given: dict[str, Any]) -> bool:
        if self.name not in given:
            return False
        value = given[self.name]
        if self.is_ in ("above", "below"):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return False
            assert isinstance(self.value, float)
            return value > self.value if self.is_ == "above" else value < self.value
        return _same(value, self.value) == (self.is_ == "equal")

    def said(self) -> str:
        value = f"{self.value:g}" if type(self.value) is float else str(self.value)
        return f"{self.name} {IS_WORDS[self.is_]} {value}"


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other


class When(_Strict):
    """Conditions of a rule, "at least" each; all that are named must hold."""

    episodes_30: Count = None
    episodes_90: Count = None
    low_ratings_90: Count = None
    reopened_30: Count = None
    frustration_30: Annotated[float, Field(gt=0, le=1)] | None = None
    remedies_90: Count = None
    remedied_90: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if not self.numbers() and not self.attributes:
            raise ValueError("a rule needs at least one condition")
        return self

    def numbers(self) -> dict[str, float]:
        return {name: value for name in NUMBER_WORDS if (value := getattr(self, name)) is not None}

    def holds(self, seen: History) -> bool:
        return all(getattr(seen, name) >= least for name, least in self.numbers().items()) and all(
            one.holds(seen.attributes) for one in self.attributes
        )

    def said(self) -> str:
        """ "2 low ratings in 90 days; plan is pro"."""
        numbers = [
            f"{NUMBER_WORDS[name]}: {value:g} or more" for name, value in self.numbers().items()
        ]
        return "; ".join([*numbers, *(one.said() for one in self.attributes)])


NUMBER_WORDS = {
    "episodes_30": "Chats in 30 days",
    "episodes_90": "Chats in 90 days",
    "low_ratings_90": "Ratings of 1 or 2 in 90 days",
    "reopened_30": "Came back within 3 days, in 30 days",
    "frustration_30": "Highest frustration in 30 days (0 to 1)",
    "remedies_90": "Remedies in 90 days",
    "remedied_90": "Worth of remedies in 90 days",
}


class Rule(_Strict):
    segment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    why: Annotated[str, Field(min_length=1, max_length=120)]
    when: When


class Book(_Strict):
    """The rules in their order: the first that holds decides."""

    rules: Annotated[tuple[Rule, ...], Field(max_length=RULES_AT_MOST)]

    def judge(self, seen: History) -> Verdict | None:
        for rule in self.rules:
            if rule.when.holds(seen):
                return Verdict(rule.segment, f"{words.humanise(rule.segment)}: {rule.why}")
        return None

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        return {"rules": [], **found}


@dataclass(frozen=True)
class Verdict:
    """A customer's segment, and by which rule."""

    segment: str
    why: str


@cache
def shipped() -> Book:
    return Book.model_validate(yaml.safe_load(SHIPPED.read_text("utf-8")))


async def read(db: AsyncSession) -> Book:
    """The rules as they hold now; a book that this version can't read is logged, and the shipped one holds."""
    return _readable(await rule_books.read(db, KEY))


def _readable(value: dict[str, Any] | None) -> Book:
    if value is None:
        return shipped()
    try:
        return Book.model_validate(value)
    except ValidationError as error:
        log.error("rule_book_unreadable", key=KEY, problems=error.error_count())
        return shipped()


async def version(db: AsyncSession) -> int:
    """The number of the book in force, 0 for the shipped one; `change` asks for it back."""
    changes = await rule_books.changes(db, KEY)
    return changes[0].id if changes else 0


async def change(
    db: AsyncSession, clock: Clock, book: Book, by: Staff, *, note: str, seen: int
) -> None:
    """Let these rules hold from now on.

    Raises:
        Conflict: somebody else changed them since `seen`.
    """
    await lock(db)
    if await version(db) != seen:
        raise Conflict("Somebody else changed the segments meanwhile. Load the page again.")
    rule_books.write(db, clock, KEY, book.stored(), by, note)
    await db.flush()


class HouseSegments:
    """Tells customers apart by the house's rules (handoff.routing.facts.Segments)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.books: Fresh[Book] = Fresh(clock, read)

    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None:
        """The customer's segment; None when no rule holds."""
        verdict = await self.verdict(db, visitor)
        return verdict.segment if verdict else None

    async def verdict(self, db: AsyncSession, visitor: Visitor) -> Verdict | None:
        """The segment with its reason."""
        book = await self.books.now(db)
        return book.judge(await history.of(db, visitor, self._clock.now()))


def sizes(book: Book, histories: Iterable[History]) -> Counter[str]:
    """How many of these customers each segment would have."""
    verdicts = (book.judge(one) for one in histories)
    return Counter(verdict.segment for verdict in verdicts if verdict)

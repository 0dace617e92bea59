"""Priority = impact × urgency, by rules that are data: the house's own book, or the shipped priority.yml.

The agent is told why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import rule_books
from handoff.models import Priority
from handoff.teams.fresh import Fresh
from server.clock import Clock

Level = Literal["low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high")
RANKS = {priority.value: rank for rank, priority in enumerate(Priority)}
RULES_FILE = Path(__file__).parent / "priority.yml"
KEY = "priority"
RULES_AT_MOST, NAMES_AT_MOST = 100, 200
_WORD = re.compile(r"\w+(?:'\w+)*")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Facts:
    """What a rule may look at."""

    reason: str
    intents: frozenset[str] = frozenset()
    frustration: float = 0.0
    text: str = ""
    """All that the customer wrote in this episode."""
    returns: int = 0
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    priority: Priority
    impact: Level
    urgency: Level
    why: str
    moment_of_truth: bool

    @property
    def rank(self) -> int:
        return RANKS[self.priority.value]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _single_words(words: frozenset[str] | None) -> frozenset[str] | None:
    for word in words or ():
        if _WORD.fullmatch(word) is None:
            raise ValueError(f"“{word}” is not one word")
    return None if words is None else frozenset(word.lower() for word in words)


Name = Annotated[str, Field(min_length=1, max_length=60)]
# An empty list is no condition, as a field left empty on the page means.
Names = Annotated[
    Annotated[frozenset[Name], Field(max_length=NAMES_AT_MOST), PlainSerializer(sorted)] | None,
    BeforeValidator(lambda given: given or None),
]
Words = Annotated[Names, AfterValidator(_single_words)]


class When(_Strict):
    """Conditions of one rule: all that are named must hold."""

    reasons: Names = None
    intents: Names = None
    frustration: float | None = Field(None, ge=0, le=1)
    words: Words = None
    returns: int | None = Field(None, ge=1, le=100)
    segments: Names = None
    outage: Literal[True] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if not self.model_dump(exclude_none=True):
            raise ValueError("a rule needs at least one condition")
        return self

    def holds(self, facts: Facts, *, outage: bool = False) -> bool:
        return (
            (self.reasons is None or facts.reason in self.reasons)
            and (self.intents is None or not self.intents.isdisjoint(facts.intents))
            and (self.frustration is None or facts.frustration >= self.frustration)
            and (self.words is None or not self.words.isdisjoint(words_of(facts.text)))
            and (self.returns is None or facts.returns >= self.returns)
            and (self.segments is None or not self.segments.isdisjoint(facts.segments))
            and (self.outage is None or outage)
        )


class Rule(_Strict):
    why: str = Field(min_length=1, max_length=120)
    when: When
    impact: Level
    urgency: Level
    moment_of_truth: bool = False


class Outage(_Strict):
    """Something that is broken for many now; it touches whoever asks about it in one of these ways."""

    name: str = Field(min_length=1, max_length=120)
    intents: Names = None
    words: Words = None

    @model_validator(mode="after")
    def _touches_somebody(self) -> Outage:
        if self.intents is None and self.words is None:
            raise ValueError("an outage needs a topic or a word by which it is known")
        return self

    def touches(self, facts: Facts) -> bool:
        return not (self.intents or frozenset()).isdisjoint(facts.intents) or not (
            self.words or frozenset()
        ).isdisjoint(words_of(facts.text))


class Rules(_Strict):
    """The whole rule book. ``load`` reads the shipped file."""

    matrix: dict[Level, dict[Level, Priority]]
    rules: tuple[Rule, ...] = Field(default=(), max_length=RULES_AT_MOST)
    outages: tuple[Outage, ...] = Field(default=(), max_length=RULES_AT_MOST)

    @model_validator(mode="after")
    def _is_complete(self) -> Rules:
        for impact in LEVELS:
            for urgency in LEVELS:
                if urgency not in self.matrix.get(impact, {}):
                    raise ValueError(
                        f"the matrix says nothing of impact {impact}, urgency {urgency}"
                    )
        return self

    @classmethod
    def load(cls, path: Path = RULES_FILE) -> Rules:
        """Raises:
        pydantic.ValidationError: the file does not have the expected form.
        """
        return _parsed(path.read_text("utf-8"))

    def stored(self) -> dict[str, Any]:
        """As `rule_books` keeps it; the same book is always stored the same."""
        return self.model_dump(mode="json", exclude_none=True)

    def judge(self, facts: Facts) -> Verdict:
        """The priority, and the reasons of the rules that set an axis to the value that counted."""
        touching = [outage.name for outage in self.outages if outage.touches(facts)]
        matching = [rule for rule in self.rules if rule.when.holds(facts, outage=bool(touching))]
        impact = _highest([rule.impact for rule in matching])
        urgency = _highest([rule.urgency for rule in matching])
        deciding = [rule for rule in matching if (rule.impact, rule.urgency) == (impact, urgency)]
        if not deciding:
            deciding = [
                rule for rule in matching if impact == rule.impact or urgency == rule.urgency
            ]
        reasons = [_why(rule, touching) for rule in deciding]
        return Verdict(
            priority=self.matrix[impact][urgency],
            impact=impact,
            urgency=urgency,
            why="; ".join(dict.fromkeys(reasons)) or "nothing unusual",
            moment_of_truth=any(rule.moment_of_truth for rule in matching),
        )

    def falls(self) -> list[str]:
        """Where the matrix gives a lower priority for a higher axis: allowed, but seldom meant."""
        found = []
        for fixed in LEVELS:
            for low, high in pairwise(LEVELS):
                if _rank(self.matrix[high][fixed]) > _rank(self.matrix[low][fixed]):
                    found.append(f"impact {high} ranks below impact {low} (urgency {fixed})")
                if _rank(self.matrix[fixed][high]) > _rank(self.matrix[fixed][low]):
                    found.append(f"urgency {high} ranks below urgency {low} (impact {fixed})")
        return found


@cache
def _parsed(text: str) -> Rules:
    """Read every two seconds, and YAML takes 20 ms."""
    return Rules.model_validate(yaml.safe_load(text))


class Priorities(Fresh[Rules]):
    """``await priorities.now(db)`` is the book in force, at most two seconds old, in every process."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, load)


async def load(db: AsyncSession) -> Rules:
    """The house's own book, or the shipped one."""
    return readable(await rule_books.read(db, KEY))


def readable(stored: dict[str, Any] | None) -> Rules:
    """The book that was stored, or the shipped one where there is none that can be read."""
    if stored is None:
        return Rules.load()
    try:
        return Rules.model_validate(stored)
    except ValidationError as error:
        # Written by another version. Nobody may be left without a priority.
        log.error("priority_book_unreadable", problems=error.error_count())
        return Rules.load()


def _why(rule: Rule, outages: list[str]) -> str:
    return f"{rule.why}: {', '.join(outages)}" if rule.when.outage else rule.why


def _rank(priority: Priority) -> int:
    return RANKS[priority.value]


def _highest(levels: list[Level]) -> Level:
    return max(levels, key=LEVELS.index) if levels else "medium"


def words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower().replace("’", "'")))

"""Priority = impact × urgency, by rules that are data (priority.yml). The agent is told why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from handoff.models import Priority

Level = Literal["low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high")
RANKS = {priority.value: rank for rank, priority in enumerate(Priority)}
RULES_FILE = Path(__file__).parent / "priority.yml"


@dataclass(frozen=True)
class Facts:
    """What a rule may look at."""

    reason: str
    intents: frozenset[str] = frozenset()
    frustration: float = 0.0
    text: str = ""
    """All that the customer wrote in this episode."""
    returns: int = 0


@dataclass(frozen=True)
class Verdict:
    priority: Priority
    impact: Level
    urgency: Level
    why: str
    moment_of_truth: bool
    first_response: timedelta

    @property
    def rank(self) -> int:
        return RANKS[self.priority.value]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Strict):
    reasons: frozenset[str] | None = None
    intents: frozenset[str] | None = None
    frustration: float | None = None
    words: frozenset[str] | None = None
    returns: int | None = None

    def holds(self, facts: Facts) -> bool:
        return (
            (self.reasons is None or facts.reason in self.reasons)
            and (self.intents is None or not self.intents.isdisjoint(facts.intents))
            and (self.frustration is None or facts.frustration >= self.frustration)
            and (self.words is None or not self.words.isdisjoint(words_of(facts.text)))
            and (self.returns is None or facts.returns >= self.returns)
        )


class Rule(_Strict):
    why: str
    when: When
    impact: Level
    urgency: Level
    moment_of_truth: bool = False


class Rules(_Strict):
    """The whole rule book. ``load`` reads the house's file."""

    first_response_seconds: dict[Priority, int]
    matrix: dict[Level, dict[Level, Priority]]
    rules: tuple[Rule, ...] = Field(default=())

    @classmethod
    def load(cls, path: Path = RULES_FILE) -> Rules:
        """Raises:
        pydantic.ValidationError: the file does not have the expected form.
        """
        return cls.model_validate(yaml.safe_load(path.read_text("utf-8")))

    def judge(self, facts: Facts) -> Verdict:
        """The priority, and the reasons of the rules that set an axis to the value that counted."""
        matching = [rule for rule in self.rules if rule.when.holds(facts)]
        impact = _highest([rule.impact for rule in matching])
        urgency = _highest([rule.urgency for rule in matching])
        deciding = [
            rule.why for rule in matching if (rule.impact, rule.urgency) == (impact, urgency)
        ]
        if not deciding:
            deciding = [
                rule.why for rule in matching if impact == rule.impact or urgency == rule.urgency
            ]
        priority = self.matrix[impact][urgency]
        return Verdict(
            priority=priority,
            impact=impact,
            urgency=urgency,
            why="; ".join(dict.fromkeys(deciding)) or "nothing unusual",
            moment_of_truth=any(rule.moment_of_truth for rule in matching),
            first_response=timedelta(seconds=self.first_response_seconds[priority]),
        )


def _highest(levels: list[Level]) -> Level:
    return max(levels, key=LEVELS.index) if levels else "medium"


def words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z']+", text.lower()))

"""What a routing rule looks at, and when it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from handoff.models import Level

LEVELS = tuple(Level)
Names = Annotated[frozenset[str], PlainSerializer(sorted)]


@dataclass(frozen=True)
class RouteFacts:
    """What is known about a request when its team is chosen."""

    reason: str = ""
    intents: frozenset[str] = frozenset()
    language: str | None = None
    segment: str | None = None


class RouteWhen(BaseModel):
    """Conditions of one rule; all that are named must hold, and without any it holds always."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    intents: Names = frozenset()
    languages: Names = frozenset()
    segments: Names = frozenset()
    reasons: Names = frozenset()

    def stored(self) -> dict[str, list[str]]:
        """As the table holds it: only what is named."""
        return {name: names for name, names in self.model_dump(mode="json").items() if names}

    def holds(self, facts: RouteFacts) -> bool:
        return (
            (not self.intents or not self.intents.isdisjoint(facts.intents))
            and (not self.languages or facts.language in self.languages)
            and (not self.segments or facts.segment in self.segments)
            and (not self.reasons or facts.reason in self.reasons)
        )

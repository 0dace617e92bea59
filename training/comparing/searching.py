"""The search as a replay asks it: the app passes the knowledge base in, whatever class that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from training.comparing.deeds import Found, Question
from understanding.language import ENGLISH


class Article(Protocol):
    @property
    def article_id(self) -> UUID: ...
    @property
    def title(self) -> str: ...


class Decision(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def candidates(self) -> Sequence[Article]: ...


class Searches(Protocol):
    async def decide(self, question: str, context: Any) -> Decision:
        """``context`` is a `Context`; rooms share no classes, so its fields are the contract."""
        ...


@dataclass(frozen=True)
class Context:
    """What is known beside the question's words; the fields of the knowledge base's own context."""

    intent: str | None
    confidence: float
    excluded: frozenset[UUID] = frozenset()
    topic: str | None = None
    audience: str = "public"
    language: str | None = ENGLISH


class Asker:
    """Asks each question once: both models mostly ask the same."""

    def __init__(self, searches: Searches | None) -> None:
        self._searches = searches
        self._known: dict[Question, Found] = {}

    @property
    def there(self) -> bool:
        return self._searches is not None

    async def find(self, question: Question) -> Found | None:
        """Return what today's articles say, or None where nothing can be searched."""
        if self._searches is None:
            return None
        if question not in self._known:
            excluded = frozenset(map(UUID, question.excluded))
            context = Context(question.intent, question.confidence, excluded, question.topic)
            decision = await self._searches.decide(question.text, context)
            best = decision.candidates[0] if decision.candidates else None
            self._known[question] = Found(
                str(decision.kind),
                str(best.article_id) if best is not None else None,
                best.title if best is not None else "",
                tuple(one.title for one in decision.candidates),
            )
        return self._known[question]

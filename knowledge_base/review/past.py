"""The questions that a change is tried on: stored ones with their right article, and customers' past ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn, TurnState
from knowledge_base.models import StoredQuestion
from knowledge_base.search.tongues import terms
from knowledge_base.search.words import words
from understanding.patterns import mask

#: Customers' questions: of so many days back, so many different ones, the newest first.
PAST_DAYS, PAST_LIMIT = 90, 2000
#: Turns looked at for them; many ask the same or are second tries.
TURN_LIMIT = 3 * PAST_LIMIT
STORED_LIMIT = 2000
#: Longer ones are pasted texts; what they ask stands in the beginning.
LENGTH_LIMIT = 500


@dataclass(frozen=True)
class Question:
    """One question and what is known of it. `right`: the article that answers it, None when none does;
    it says something only where the question is `labelled`."""

    text: str
    labelled: bool = False
    right: UUID | None = None
    golden: bool = False
    intent: str | None = None
    confidence: float = 0.0

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.text))


async def stored_questions(db: AsyncSession) -> list[Question]:
    """The labelled questions, golden ones first."""
    query = select(StoredQuestion).order_by(StoredQuestion.golden.desc(), StoredQuestion.key)
    found = await db.scalars(query.limit(STORED_LIMIT))
    return [_question(one) for one in found]


async def has_golden(db: AsyncSession) -> bool:
    """Whether any question is golden."""
    found = await db.scalar(select(StoredQuestion.id).where(StoredQuestion.golden).limit(1))
    return found is not None


def _question(stored: StoredQuestion) -> Question:
    # A refused one names the article that did not help: which one is right nobody has said.
    if stored.source == "refused":
        return Question(stored.text)
    return Question(stored.text, True, stored.article_id, stored.golden)


#: A customer's question as written, the intent heard in it, and its confidence.
Asked = tuple[str, str | None, float]


async def past_turns(db: AsyncSession, now: datetime) -> list[Asked]:
    """What customers asked the knowledge base, newest first.

    Second tries are left out: for them the articles that did not help were set aside.
    """
    rows = await db.execute(
        select(Turn.decision, Turn.intent, Turn.confidence)
        .where(Turn.started_at >= now - timedelta(days=PAST_DAYS), Turn.state == TurnState.DONE)
        .order_by(Turn.started_at.desc())
        .limit(TURN_LIMIT)
    )
    return [
        (decision["question"][:LENGTH_LIMIT], intent, confidence or 0.0)
        for decision, intent, confidence in rows.all()
        if isinstance(decision.get("question"), str)
        and not decision.get("excluded")
        and intent != "foreign_language"
    ]


def together(stored: Sequence[Question], past: Iterable[Asked]) -> tuple[Question, ...]:
    """All questions that differ in more than case and marks; personal data in the customers' is masked."""
    found: dict[str, Question] = {}
    for question in stored:
        found.setdefault(_key(question.text), question)
    room = len(found) + PAST_LIMIT
    for text, intent, confidence in past:
        if len(found) >= room:
            break
        if (key := _key(text)) and key not in found:
            found[key] = Question(mask(text), intent=intent, confidence=confidence)
    return tuple(found.values())


def _key(text: str) -> str:
    return " ".join(words(text))

"""What the trainer's review queue needs of the knowledge base (training.review.protocols)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from encoder import Encoder
from knowledge_base import reports
from knowledge_base.review.vectors import Vectors
from knowledge_base.service import KnowledgeBase
from server.clock import Clock
from server.settings import Settings
from training.review.protocols import Beside
from training.review.said import KEPT_ARTICLES, FoundArticle


@dataclass(frozen=True)
class ToSearch:
    """training.review.protocols.Search."""

    knowledge: KnowledgeBase

    @property
    def revision(self) -> int:
        return self.knowledge.snapshot.revision

    async def find(self, text: str) -> Sequence[FoundArticle]:
        found = await self.knowledge.search(text, limit=KEPT_ARTICLES)
        return [FoundArticle(one.article_id, one.title, one.probability) for one in found]

    def concerns(self, intent: str) -> bool:
        return intent in self.knowledge.snapshot.intents


@dataclass(frozen=True)
class ToEditor:
    """training.review.protocols.Editor."""

    clock: Clock

    async def report(
        self,
        db: AsyncSession,
        *,
        conversation_id: UUID,
        episode: int,
        question: str,
        parse: Mapping[str, Any],
        note: str,
        by: str,
        about: str,
    ) -> tuple[UUID, bool]:
        return await reports.add(
            db, self.clock, what=reports.MISSING, article_id=None,
            conversation_id=conversation_id, episode=episode, question=question, parse=parse,
            note=note, by=by, about=about,
        )  # fmt: skip

    async def withdraw(self, db: AsyncSession, report_id: UUID, by: str) -> bool:
        return await reports.withdraw(db, report_id, by)


def beside(settings: Settings, clock: Clock, encoder: Encoder, knowledge: KnowledgeBase) -> Beside:
    """What stands beside the review queue; `encoder` is the one that the classifier reads with."""
    vectors = Vectors(encoder, settings.var / "review")
    return Beside(vectors, ToSearch(knowledge), ToEditor(clock))

"""What the review queue needs of other rooms; server/reviewed.py passes it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from training.review.said import FoundArticle


class Vectors(Protocol):
    """Vectors of texts, kept on disk (knowledge_base.review.vectors)."""

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length 1 for each text."""
        ...

    def save(self) -> None: ...


class Search(Protocol):
    """The knowledge base, asked what it would have found."""

    @property
    def revision(self) -> int:
        """Rises when the articles change."""
        ...

    async def find(self, text: str) -> Sequence[FoundArticle]:
        """The best articles, best first."""
        ...

    def concerns(self, intent: str) -> bool:
        """Whether an article answers this intent."""
        ...


class Editor(Protocol):
    """The editors' list of questions without an article."""

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
        """Its id, and whether that is news: the same `about` again is the same report while it waits."""
        ...

    async def withdraw(self, db: AsyncSession, report_id: UUID, by: str) -> bool:
        """Take it back; False: there is none any more.

        Raises:
            Conflict: an editor has dealt with it.
        """
        ...


@dataclass(frozen=True)
class Beside:
    """What stands beside the queue. Without vectors messages are ranked by their reasons, and nothing is folded
    but what reads the same."""

    vectors: Vectors | None = None
    search: Search | None = None
    editor: Editor | None = None

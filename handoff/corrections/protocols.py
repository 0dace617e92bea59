"""What the card needs of the rooms that mend things: `server.app` passes implementations in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Proposal:
    """An agent's word about what a message was about."""

    id: UUID
    turn_id: UUID
    intent: str
    by: UUID
    name: str
    at: datetime
    settled: bool


@dataclass(frozen=True)
class Report:
    """An agent's word about an article, or about a question without one."""

    id: UUID
    article_id: UUID | None
    by: str
    """Login."""
    at: datetime
    settled: bool


class Trainer(Protocol):
    """Takes labels that agents propose. Each call is part of the caller's transaction."""

    async def intents(self) -> Sequence[str]:
        """Every intent that a message may be given."""
        ...

    async def propose(
        self, db: AsyncSession, turn_id: UUID, intent: str, by: UUID
    ) -> tuple[UUID, bool]:
        """Its id, and whether it is news; one of each agent about each message."""
        ...

    async def withdraw(self, db: AsyncSession, proposal_id: UUID, by: UUID) -> bool:
        """False: there is none of this agent's. Raises a HandrailError when it was dealt with."""
        ...

    async def proposed(
        self, db: AsyncSession, turn_ids: Collection[UUID]
    ) -> Sequence[Proposal]: ...


class Editor(Protocol):
    """Takes reports about articles. Each call is part of the caller's transaction."""

    async def report(
        self,
        db: AsyncSession,
        *,
        article_id: UUID | None,
        conversation_id: UUID,
        episode: int,
        question: str,
        parse: Mapping[str, Any],
        note: str,
        by: str,
    ) -> tuple[UUID, bool]:
        """Its id, and whether it is news; without an article: there is none for this question."""
        ...

    async def withdraw(self, db: AsyncSession, report_id: UUID, by: str) -> bool:
        """False: there is none of this agent's. Raises a HandrailError when it was dealt with."""
        ...

    async def reported(
        self, db: AsyncSession, conversation_id: UUID, since: datetime
    ) -> Sequence[Report]:
        """What was reported from a conversation since then."""
        ...

"""Corrections on the handoff card, handed to the rooms that mend what was wrong (handoff.corrections)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.corrections.protocols import Proposal, Report
from knowledge_base import reports
from server.clock import Clock
from training import proposals
from training.labels import Labels


@dataclass(frozen=True)
class ToTrainer:
    """handoff.corrections.protocols.Trainer."""

    clock: Clock
    labels: Labels

    async def intents(self) -> Sequence[str]:
        return await self.labels.names()

    async def propose(
        self, db: AsyncSession, turn_id: UUID, intent: str, by: UUID
    ) -> tuple[UUID, bool]:
        return await proposals.add(db, self.clock, turn_id=turn_id, intent=intent, by=by)

    async def withdraw(self, db: AsyncSession, proposal_id: UUID, by: UUID) -> bool:
        return await proposals.withdraw(db, proposal_id, by)

    async def proposed(self, db: AsyncSession, turn_ids: Collection[UUID]) -> Sequence[Proposal]:
        return [
            Proposal(
                id=one.id, turn_id=one.turn_id, intent=one.intent, by=one.by, name=one.name,
                at=one.at, settled=one.settled,
            )
            for one in await proposals.of_turns(db, turn_ids)
        ]  # fmt: skip


@dataclass(frozen=True)
class ToEditor:
    """handoff.corrections.protocols.Editor."""

    clock: Clock

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
        return await reports.add(
            db, self.clock, what=reports.WRONG if article_id else reports.MISSING,
            article_id=article_id, conversation_id=conversation_id, episode=episode,
            question=question, parse=parse, note=note, by=by,
        )  # fmt: skip

    async def withdraw(self, db: AsyncSession, report_id: UUID, by: str) -> bool:
        return await reports.withdraw(db, report_id, by)

    async def reported(
        self, db: AsyncSession, conversation_id: UUID, since: datetime
    ) -> Sequence[Report]:
        return [
            Report(id=one.id, article_id=one.article_id, by=one.by, at=one.at, settled=one.settled)
            for one in await reports.of_conversation(db, conversation_id)
            if one.at >= since
        ]

"""What nobody's message triggers: turns left behind, and chats that end by silence."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, select

from conversations import owners
from conversations.errors import OwnerChanged
from conversations.models import Conversation, Episode, Outcome, Owner, Stage
from conversations.turns import TurnRunner
from server.clock import Clock
from server.database import Database
from server.settings import Settings

log = structlog.get_logger(__name__)

PAUSE = 5.0
ABANDONED_AFTER = timedelta(hours=24)
"""A customer who left the bot without an ending comes back to a new episode after so long."""
BATCH = 500


class Sweeper:
    def __init__(
        self, database: Database, clock: Clock, settings: Settings, turns: TurnRunner
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._turns = turns
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """One round; returns how many chats were closed.

        A customer who was answered, asked whether it helped, and stayed silent, is assumed to be helped; one
        who left in the middle has abandoned the chat.
        """
        await self._turns.recover()
        closed = 0
        helped = timedelta(seconds=self._settings.assumed_resolved_after)
        for conversation_id in await self._silent(helped, Episode.stage == Stage.CONFIRM):
            closed += await self._close(conversation_id, helped, Outcome.ASSUMED)
        for conversation_id in await self._silent(ABANDONED_AFTER, Conversation.last_seq > 0):
            closed += await self._close(conversation_id, ABANDONED_AFTER, Outcome.ABANDONED)
        return closed

    async def _silent(
        self, since: timedelta, condition: ColumnElement[bool]
    ) -> Sequence[uuid.UUID]:
        """Chats of the bot in which nobody has said anything for so long."""
        quiet = self._clock.now() - since
        async with self._database.read() as db:
            found = await db.scalars(
                select(Conversation.id)
                .join(
                    Episode,
                    (Episode.conversation_id == Conversation.id)
                    & (Episode.number == Conversation.episode),
                )
                .where(
                    Conversation.owner == Owner.BOT,
                    Conversation.running_turn.is_(None),
                    Conversation.updated_at < quiet,
                    Episode.ended_at.is_(None),
                    condition,
                )
                .limit(BATCH)
            )
            return found.all()

    async def _close(self, conversation_id: uuid.UUID, since: timedelta, outcome: Outcome) -> bool:
        quiet = self._clock.now() - since
        try:
            async with self._database.write() as db:
                conversation = await db.get(Conversation, conversation_id, with_for_update=True)
                if conversation is None or conversation.updated_at >= quiet:
                    return False  # the customer wrote a moment ago
                await owners.end(
                    db, self._clock, conversation,
                    epoch=conversation.epoch, outcome=outcome,
                )  # fmt: skip
        except OwnerChanged:
            return False
        return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                await self.sweep()
            except Exception as error:
                log.error("sweep_broke", exc_info=error)

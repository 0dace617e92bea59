"""A lead reads the masked copy of a chat, strikes what is left of the customer, scores it, and keeps it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from handoff import words
from handoff.practice import errors, masking, source
from handoff.practice.inputs import TOPIC_LIMIT, WHY_LIMIT, NewChat
from handoff.practice.masking import Line, Second
from handoff.practice.models import PracticeChat
from handoff.teams.setup import lock
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import NotFound

log = structlog.get_logger(__name__)
NO_TOPIC = "A chat"


@dataclass(frozen=True)
class Copy:
    """A masked copy that is kept nowhere yet."""

    topic: str
    lines: tuple[Line, ...]
    doubtful: tuple[str, ...]
    """Words that may be names: for the lead to look at."""

    @property
    def points(self) -> int:
        return len(masking.points_of(self.lines))

    @property
    def mark(self) -> str:
        """The digest of what was read; another copy has another one."""
        stored = json.dumps([one.stored() for one in self.lines], ensure_ascii=True)
        return hashlib.sha256(stored.encode()).hexdigest()


class Practice:
    """Makes copies; `second` is the reader that masks beside the desk's own."""

    def __init__(self, database: Database, clock: Clock, second: Second) -> None:
        self._database, self._clock, self._second = database, clock, second

    async def preview(
        self, conversation_id: UUID, episode: int, strikes: Sequence[str] = ()
    ) -> Copy:
        """The copy as it would be kept.

        Raises:
            NotFound, NotFinished, NothingToPractise, TooLong: see `source.read`.
        """
        chat = await self._read(conversation_id, episode)
        # Two hundred messages, each searched for names and numbers: not on the event loop.
        return await asyncio.to_thread(self._copy, chat, list(strikes))

    async def keep(self, wanted: NewChat, lead: Staff) -> PracticeChat:
        """Keep the copy that the lead has read.

        Raises:
            CopyChanged: it would be another one by now. ExistsAlready. TooManyChats. TooManyKept.
            And what `preview` raises.
        """
        chat = await self._read(wanted.conversation, wanted.episode)
        copy = await asyncio.to_thread(self._copy, chat, wanted.strikes)
        if copy.mark != wanted.seen:
            raise errors.CopyChanged()
        made = PracticeChat(
            conversation_id=wanted.conversation,
            episode=wanted.episode,
            topic=self._own(wanted.topic, chat, wanted.strikes)[:TOPIC_LIMIT],
            lines=[one.stored() for one in copy.lines],
            points=copy.points,
            scores=wanted.scores.model_dump(),
            why=self._own(wanted.why, chat, wanted.strikes)[:WHY_LIMIT],
            made_by=lead.id,
            made_by_name=lead.name,
            made_at=self._clock.now(),
        )
        async with self._database.write() as db:
            await _room(db)
            if await db.get(Conversation, wanted.conversation) is None:
                raise NotFound()  # erased while it was read
            try:
                async with db.begin_nested():
                    db.add(made)
                    await db.flush()
            except IntegrityError as error:
                raise errors.ExistsAlready() from error
        log.info("practice_chat_made", chat=str(made.id), by=lead.login)
        return made

    def _copy(self, chat: source.Chat, strikes: Sequence[str]) -> Copy:
        lines = masking.masked(chat.lines, chat.known, self._second, strikes)
        topic = words.humanise(chat.topic) if chat.topic else NO_TOPIC
        return Copy(
            topic=self._own(topic, chat, strikes)[:TOPIC_LIMIT],
            lines=tuple(lines),
            doubtful=tuple(masking.doubtful(lines)),
        )

    def _own(self, line: str, chat: source.Chat, strikes: Iterable[str]) -> str:
        """What a lead writes may name somebody, too."""
        people = masking.people_in(chat.lines, chat.known)
        return masking.strike(masking.written(line, chat.known, people, self._second), strikes)

    async def _read(self, conversation_id: UUID, episode: int) -> source.Chat:
        async with self._database.read() as db:
            return await source.read(db, conversation_id, episode)


async def _room(db: AsyncSession) -> None:
    """Go on only while there is room for one more.

    Raises:
        TooManyChats: 100 are in use. TooManyKept: 500 with the retired ones.
    """
    await lock(db)
    kept = await db.scalar(select(func.count(PracticeChat.id))) or 0
    if kept >= errors.MOST_KEPT:
        raise errors.TooManyKept()
    await room_in_use(db)


async def room_in_use(db: AsyncSession) -> None:
    """Go on only while fewer than 100 are offered.

    Raises:
        TooManyChats: there are 100.
    """
    in_use = select(func.count(PracticeChat.id)).where(PracticeChat.retired_at.is_(None))
    if (await db.scalar(in_use) or 0) >= errors.MOST_IN_USE:
        raise errors.TooManyChats()

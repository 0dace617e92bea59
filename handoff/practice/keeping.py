"""The practice chats that are kept: read by leads, struck again, retired, offered again, erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.practice import errors, masking
from handoff.practice.making import room_in_use
from handoff.practice.models import PracticeAttempt, PracticeChat
from handoff.teams.setup import lock
from server.auth import Staff
from server.clock import Clock
from server.errors import NotFound

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kept:
    """A practice chat, and how many tries on it were finished."""

    chat: PracticeChat
    tries: int


async def every(db: AsyncSession) -> list[Kept]:
    """All of them; the ones in use first, each the newest first."""
    tries = (
        select(PracticeAttempt.practice_chat_id, func.count(PracticeAttempt.id).label("tries"))
        .where(PracticeAttempt.finished_at.is_not(None))
        .group_by(PracticeAttempt.practice_chat_id)
        .subquery()
    )
    rows = await db.execute(
        select(PracticeChat, tries.c.tries)
        .outerjoin(tries, tries.c.practice_chat_id == PracticeChat.id)
        .order_by(PracticeChat.made_at.desc(), PracticeChat.id)
        .limit(errors.MOST_KEPT)
    )
    kept = [Kept(chat, int(count or 0)) for chat, count in rows]
    return sorted(kept, key=lambda one: one.chat.retired_at is not None)


async def get(db: AsyncSession, chat_id: UUID, *, change: bool = False) -> PracticeChat:
    """One practice chat; with `change`, nobody else changes it until this transaction ends.

    Raises:
        NotFound: there is none, or it was erased.
    """
    chat = await db.get(PracticeChat, chat_id, with_for_update=change or None)
    if chat is None:
        raise NotFound()
    return chat


async def strike(
    db: AsyncSession, chat_id: UUID, words: Sequence[str], lead: Staff
) -> PracticeChat:
    """Take words out that were overlooked; they can't be put back.

    Raises:
        NotFound.
    """
    chat = await get(db, chat_id, change=True)
    chat.lines = [{**line, "text": masking.strike(line["text"], words)} for line in chat.lines]
    chat.topic = masking.strike(chat.topic, words)[:80]
    chat.why = masking.strike(chat.why, words)[:300]
    await db.flush()
    log.info("practice_chat_struck", chat=str(chat_id), by=lead.login)
    return chat


async def retire(db: AsyncSession, clock: Clock, chat_id: UUID) -> None:
    """Offer it to nobody any more; a try that was begun may be finished, and all are kept.

    Raises:
        NotFound.
    """
    chat = await get(db, chat_id, change=True)
    chat.retired_at = chat.retired_at or clock.now()
    await db.flush()


async def restore(db: AsyncSession, chat_id: UUID) -> None:
    """Offer it again.

    Raises:
        NotFound. TooManyChats: 100 are in use.
    """
    await lock(db)
    chat = await get(db, chat_id, change=True)
    if chat.retired_at is not None:
        await room_in_use(db)
        chat.retired_at = None
        await db.flush()


async def erase(db: AsyncSession, chat_id: UUID, lead: Staff) -> None:
    """Remove it with everything that was tried on it.

    Raises:
        NotFound.
    """
    await db.delete(await get(db, chat_id, change=True))
    await db.flush()
    log.info("practice_chat_erased", chat=str(chat_id), by=lead.login)

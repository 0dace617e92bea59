"""Thumbs in the chat count for the article, each showing's word once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from conversations.models import Outcome, Thumb, Turn
from knowledge_base.asked import health
from knowledge_base.asked.health import Health
from server.database import Database
from tests.knowledge_base.asked.story import Chat
from tests.support import FakeClock


async def mark(
    database: Database, clock: FakeClock, chat: Chat, article: uuid.UUID, up: bool
) -> None:
    async with database.write() as db:
        first = select(Turn.id).where(Turn.conversation_id == chat.id).order_by(Turn.first_seq)
        turn_id = await db.scalar(first.limit(1))
        await db.merge(
            Thumb(
                conversation_id=chat.id, seq=2, episode=1, turn_id=turn_id,
                article_id=str(article), up=up, at=clock.now(),
            )
        )  # fmt: skip


async def test_a_thumb_counts_and_outranks_what_was_said_after_it(
    any_database: Database, clock: FakeClock
) -> None:
    lamp, at = uuid.uuid4(), clock.now() - timedelta(days=2)

    async def counted() -> Health:
        async with any_database.read() as db:
            since = clock.now() - timedelta(days=30)
            return (await health.of(db, [lamp], since=since))[lamp]

    silent = Chat(at).asks("lamp?", "answer", lamp).ends(Outcome.ASSUMED)
    await silent.write(any_database)
    polite = Chat(at).asks("lamp", "answer", lamp).says("yes", helped=True, of=lamp)
    await polite.ends(Outcome.CONFIRMED).write(any_database)
    assert await counted() == Health(shown=2, helped=1, not_helped=0, deflected=2)
    await mark(any_database, clock, silent, lamp, up=True)
    assert await counted() == Health(shown=2, helped=2, not_helped=0, deflected=2)
    # The mark on the very article is the customer's word, not one more beside the "yes".
    await mark(any_database, clock, polite, lamp, up=False)
    assert await counted() == Health(shown=2, helped=1, not_helped=1, deflected=1)
    await mark(any_database, clock, polite, lamp, up=True)
    assert await counted() == Health(shown=2, helped=2, not_helped=0, deflected=2)

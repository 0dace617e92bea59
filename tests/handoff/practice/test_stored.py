"""What the database itself holds to, on both databases."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import delete, func, select

from conversations import visitors
from conversations.models import Conversation, Episode
from handoff.practice import trying
from handoff.practice.errors import OutOfTurn
from handoff.practice.inputs import Answer
from handoff.practice.models import PracticeAttempt, PracticeChat
from server.auth import Staff
from server.database import Database
from tests.handoff.practice.conftest import SCORES
from tests.support import FakeClock


@pytest.fixture
def agent(clock: FakeClock) -> Staff:
    return Staff(id=uuid.uuid4(), login="ada", name="Ada", roles=["agent"])


@pytest.fixture
async def chat(any_database: Database, clock: FakeClock) -> PracticeChat:
    async with any_database.write() as db:
        visitor, _ = await visitors.create(db, clock, "http://testserver")
        conversation = await visitors.conversation_of(db, visitor.id)
        lines = [{"author": one, "text": "x"} for one in ("customer", "agent")]
        made = PracticeChat(
            conversation_id=conversation.id, episode=1, topic="x", lines=lines, points=1,
            scores=SCORES, why="y", made_by=uuid.uuid4(), made_by_name="Lena", made_at=clock.now(),
        )  # fmt: skip
        db.add(made)
    return made


async def test_a_try_is_begun_and_a_point_answered_once(
    any_database: Database, clock: FakeClock, chat: PracticeChat, agent: Staff
) -> None:
    async def begin() -> uuid.UUID:
        async with any_database.write() as db:
            return (await trying.begin(db, clock, chat.id, agent))[1].id

    async def answer(text: str) -> int:
        try:
            async with any_database.write() as db:
                await trying.answer(db, attempt, Answer(point=0, text=text), agent)
        except OutOfTurn:
            return 0
        return 1

    (attempt,) = set(await asyncio.gather(*(begin() for _ in range(4))))
    assert sum(await asyncio.gather(*(answer(f"answer {n}") for n in range(4)))) == 1
    async with any_database.read() as db:
        stored = await db.get_one(PracticeAttempt, attempt)
    assert (len(stored.answers), stored.answered) == (1, 1)


async def test_erasing_the_conversation_erases_the_copy_and_its_tries(
    any_database: Database, clock: FakeClock, chat: PracticeChat, agent: Staff
) -> None:
    async with any_database.write() as db:
        await trying.begin(db, clock, chat.id, agent)
    async with any_database.write() as db:
        await db.execute(delete(Episode).where(Episode.conversation_id == chat.conversation_id))
        await db.execute(delete(Conversation).where(Conversation.id == chat.conversation_id))
    async with any_database.read() as db:
        assert await db.scalar(select(func.count(PracticeChat.id))) == 0
        assert await db.scalar(select(func.count(PracticeAttempt.id))) == 0

"""Saving changes what the very next turn does, and the replay tells what really happened."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from conversations import messages, visitors
from conversations.bot_client import BotTurn
from conversations.models import Author, Conversation, Owner, TurnStep
from conversations.turns import TurnRunner
from server.database import Database
from server.events import LocalBus
from server.settings import Settings
from tests.conversations.fakes import FakeBot, FakeDesk
from tests.support import FakeClock
from tests.training.mood_replay.past import turns_of
from training.mood_replay.desk import MoodReplay
from training.mood_replay.replay import Change, change_of
from understanding.frustration import Level, Thresholds

WHY = "try it with the other threshold"


class Assistant(FakeBot):
    """Scores a message by the number in it, and decides as the detector does: by the levels of the turn."""

    def __init__(self, database: Database) -> None:
        super().__init__(before=self._decide)
        self._database = database

    async def _decide(self, request: BotTurn) -> None:
        score = float(str(request.text).rsplit(" ", 1)[1])
        levels = dict(request.metadata["frustration_levels"])
        del levels["version"]
        level = Thresholds(**levels).level(score)
        self.parse = {"frustration": {"score": score, "level": level.value, "signals": []}}
        if level is Level.HANDOFF:
            step = TurnStep(
                turn_id=uuid.UUID(request.turn_id),
                action="action_social",
                records={"handoff": {"reason": "frustration", "detail": ""}},
                milliseconds=1,
            )
            async with self._database.write() as db:
                db.add(step)


class House:
    """Customers who talk to the assistant, on the real turn runner."""

    def __init__(self, database: Database, clock: FakeClock, turns: TurnRunner) -> None:
        self._database, self._clock, self._turns = database, clock, turns

    async def chat(self, *scores: float) -> Conversation:
        async with self._database.write() as db:
            visitor, _ = await visitors.create(db, self._clock, "https://shop.example")
            chat = await visitors.conversation_of(db, visitor.id)
        for score in scores:
            async with self._database.write() as db:
                chat = await messages.lock(db, chat.id)
                if chat.owner is not Owner.BOT:
                    break
                await messages.append(
                    db, self._clock, chat, author=Author.CUSTOMER, text=f"I am fed up {score}"
                )
            self._clock.advance(5)
            self._turns.wake(chat.id)
            worker = self._turns._workers[chat.id]
            assert worker.task is not None
            await worker.task
        async with self._database.read() as db:
            return await db.get_one(Conversation, chat.id)


@pytest.fixture
async def house(
    database: Database, clock: FakeClock, settings: Settings, bus: LocalBus, desk: MoodReplay
) -> AsyncIterator[House]:
    turns = TurnRunner(
        database, bus, clock, settings, Assistant(database), FakeDesk(), patience=desk.patience
    )
    yield House(database, clock, turns)
    await turns.stop()


async def test_the_next_turn_is_judged_by_what_was_saved(house: House, desk: MoodReplay) -> None:
    assert (await house.chat(0.55)).owner is Owner.BOT
    await desk.patience.save(0.5, WHY, None, seen=0)
    assert (await house.chat(0.55)).owner is Owner.QUEUED
    await desk.patience.save(0.7, WHY, None, seen=1)
    assert (await house.chat(0.65)).owner is Owner.BOT
    await desk.patience.restore(0, "back to how it was", None, seen=2)
    assert (await house.chat(0.65)).owner is Owner.QUEUED


async def test_at_the_threshold_that_held_the_replay_is_what_really_happened(
    house: House, desk: MoodReplay
) -> None:
    for threshold, seen in ((0.6, None), (0.5, 0), (0.8, 1)):
        if seen is not None:
            await desk.patience.save(threshold, WHY, None, seen=seen)
        before = {chat.conversation_id for chat in (await desk.load(30)).replay.chats}
        for scores in ((0.1, 0.55, 0.9), (0.45, 0.62), (0.85,), (0.2, 0.3), (0.6, 0.6), (0.5,)):
            await house.chat(*scores)
        loaded = await desk.load(30)
        fresh = [chat for chat in loaded.replay.chats if chat.conversation_id not in before]
        assert len(fresh) == 6
        assert [change_of(chat, threshold) for chat in fresh] == 6 * [None]
        handed = sum(chat.handed is not None for chat in fresh)
        assert handed == sum(max(scores) >= threshold for scores in
                             ((0.9,), (0.62,), (0.85,), (0.3,), (0.6,), (0.5,)))  # fmt: skip


async def test_the_chats_of_another_threshold_are_told_as_changed(
    house: House, desk: MoodReplay, database: Database
) -> None:
    await house.chat(0.55, 0.7)  # handed over at the second message
    await house.chat(0.52)
    assert [turn.frustration for turn in await turns_of(database)] == [0.55, 0.7, 0.52]
    replay = (await desk.load(30)).replay
    assert replay.changed(0.6) == []
    assert {one.change for one in replay.changed(0.5)} == {Change.EARLIER, Change.NEW}
    assert [one.change for one in replay.changed(0.75)] == [Change.GONE]

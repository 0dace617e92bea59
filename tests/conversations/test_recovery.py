"""After a crash: every message still gets its one answer; silence ends what was answered."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import select, update

from conversations import episodes, owners, speaking
from conversations.models import Conversation, Episode, Outcome, Owner, Stage, Turn, TurnState
from conversations.sweeper import ABANDONED_AFTER, Sweeper
from conversations.turns import TurnRunner
from tests.conversations.conftest import Room
from tests.conversations.fakes import Gate


def another_runner(room: Room) -> TurnRunner:
    return TurnRunner(room.database, room.bus, room.clock, room.settings, room.bot, room.desk)


async def crash(room: Room) -> None:
    """The process is gone, in the middle of whatever it did."""
    workers = [worker.task for worker in room.turns._workers.values() if worker.task]
    for task in (*workers, *room.turns._tasks):
        task.cancel()
    await asyncio.gather(*workers, *room.turns._tasks, return_exceptions=True)


async def answered_after_restart(room: Room, chat: uuid.UUID) -> None:
    room.turns = another_runner(room)
    await room.turns.start()
    await room.settled(chat)


async def test_a_message_that_no_turn_took_up_is_answered(room: Room) -> None:
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    await crash(room)
    await answered_after_restart(room, chat)
    assert await room.texts(chat) == ["re: hello"]
    await room.turns.stop()


@pytest.mark.parametrize("bot_had_answered", [False, True])
async def test_a_turn_left_running_is_sent_again_under_its_id(
    room: Room, bot_had_answered: bool
) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    room.turns.wake(chat)
    await gate.reached.wait()
    await crash(room)
    first = room.bot.seen[0]
    room.bot.before = None
    if bot_had_answered:
        await room.bot.turn(first)  # Rasa finished, but its answer met nobody
    await answered_after_restart(room, chat)
    assert {request.turn_id for request in room.bot.seen} == {first.turn_id}
    assert {request.text for request in room.bot.seen} == {"hello"}
    assert await room.texts(chat) == ["re: hello"]
    await room.turns.recover(everything=True)
    await room.settled(chat)
    assert await room.texts(chat) == ["re: hello"]
    await room.turns.stop()


async def test_a_turn_left_running_in_an_old_epoch_is_dropped(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    room.turns.wake(chat)
    await gate.reached.wait()
    await crash(room)
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)
    room.bot.before = None
    await answered_after_restart(room, chat)
    assert await room.texts(chat) == []
    async with room.database.read() as db:
        assert (await db.scalars(select(Turn.state))).all() == [TurnState.DROPPED]
    await room.turns.stop()


async def test_another_processs_turn_is_left_alone_until_it_is_late(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    room.turns.wake(chat)
    await gate.reached.wait()
    await crash(room)
    room.bot.before = None
    room.turns = another_runner(room)
    await room.turns.recover()
    await room.settled(chat)
    assert await room.texts(chat) == []
    room.clock.advance(60)
    await room.turns.recover()
    await room.settled(chat)
    assert await room.texts(chat) == ["re: hello"]


async def test_a_graceful_stop_ends_what_runs(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    room.turns.wake(chat)
    await gate.reached.wait()
    stopping = asyncio.create_task(room.turns.stop())
    await asyncio.sleep(0)
    gate.released.set()
    await stopping
    assert await room.texts(chat) == ["re: hello"]


async def in_stage(room: Room, stage: Stage) -> uuid.UUID:
    chat, _ = await room.visitor()
    async with room.database.write() as db:
        await episodes.keep(db, chat, 1, stage=stage, slots={})
    return chat


async def test_silence_after_an_answer_is_assumed_to_be_consent(room: Room) -> None:
    sweeper = Sweeper(room.database, room.clock, room.settings, room.turns)
    asked = await in_stage(room, Stage.CONFIRM)
    clarifying = await in_stage(room, Stage.CLARIFY)
    waiting = await in_stage(room, Stage.CONFIRM)
    async with room.database.write() as db:
        await owners.request_handoff(
            db, room.clock, await db.get_one(Conversation, waiting), epoch=0, reason="asked"
        )
    room.clock.advance(room.settings.assumed_resolved_after - 1)
    assert await sweeper.sweep() == 0
    room.clock.advance(2)
    assert await sweeper.sweep() == 1
    assert await sweeper.sweep() == 0
    assert (await room.conversation(asked)).owner is Owner.CLOSED
    assert (await room.conversation(clarifying)).owner is Owner.BOT
    assert (await room.conversation(waiting)).owner is Owner.QUEUED
    async with room.database.read() as db:
        ended = await db.scalars(select(Episode).where(Episode.ended_at.is_not(None)))
        assert [episode.outcome for episode in ended] == [Outcome.ASSUMED]


async def test_who_left_in_the_middle_has_abandoned_the_chat(room: Room) -> None:
    sweeper = Sweeper(room.database, room.clock, room.settings, room.turns)
    never_spoke, _ = await room.visitor()
    left = await in_stage(room, Stage.CLARIFY)
    await room.say(left, "which one?")
    room.turns.wake(left)
    await room.settled(left)
    room.clock.advance(ABANDONED_AFTER.total_seconds() - 1)
    assert await sweeper.sweep() == 0
    room.clock.advance(2)
    assert await sweeper.sweep() == 1
    assert (await room.conversation(left)).owner is Owner.CLOSED
    assert (await room.conversation(never_spoke)).owner is Owner.BOT
    async with room.database.read() as db:
        ended = await db.scalars(select(Episode).where(Episode.ended_at.is_not(None)))
        assert [episode.outcome for episode in ended] == [Outcome.ABANDONED]


async def test_the_sweeper_finds_messages_nobody_answers(room: Room) -> None:
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    async with room.database.write() as db:
        await db.execute(update(Conversation).values(updated_at=room.clock.now()))
    await Sweeper(room.database, room.clock, room.settings, room.turns).sweep()
    await room.settled(chat)
    assert await room.texts(chat) == ["re: hello"]

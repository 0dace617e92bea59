"""The turn runner: one turn at a time, an answer or an apology for every message."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import select

from conversations import owners, replies, speaking
from conversations.bot_client import BotMessage, BotTurn
from conversations.models import Author, Owner, Stage, Turn, TurnState, TurnStep
from conversations.turns import TurnRunner
from server.database import Database
from tests.conversations.conftest import Room
from tests.conversations.fakes import Gate


async def turns_of(room: Room) -> list[Turn]:
    async with room.database.read() as db:
        return list(await db.scalars(select(Turn).order_by(Turn.first_seq)))


async def ask(room: Room, chat: uuid.UUID, text: str) -> None:
    await room.say(chat, text)
    room.turns.wake(chat)


async def test_a_message_is_answered_and_the_turn_is_stored(room: Room) -> None:
    room.bot.slots = {"stage": "confirm", "order_number": "FW-1", "attempts": None}
    room.bot.parse = {
        "intent": {"name": "order_status", "confidence": 0.9},
        "frustration": {"score": 0.25, "level": "calm"},
    }
    chat, _ = await room.visitor()
    await ask(room, chat, "where is it?")
    await room.settled(chat)
    assert await room.texts(chat) == ["re: where is it?"]
    (turn,) = await turns_of(room)
    assert (turn.state, turn.intent, turn.confidence) == (TurnState.DONE, "order_status", 0.9)
    assert (turn.frustration, turn.stage) == (0.25, Stage.CONFIRM)
    assert turn.versions == {"model": "fake"}
    request = room.bot.seen[0]
    assert request.sender == f"{chat}:1"
    assert request.metadata["turn_id"] == str(turn.id)
    room.bot.slots = {}
    await ask(room, chat, "thanks")
    await room.settled(chat)
    assert room.bot.seen[1].metadata["slots"] == {"stage": "confirm", "order_number": "FW-1"}


async def test_one_turn_at_a_time_and_in_order(room: Room) -> None:
    chat, _ = await room.visitor()
    pause = iter(range(9, -1, -1))

    async def slower_first(_: BotTurn) -> None:
        await asyncio.sleep(next(pause, 0) * 0.01)

    room.bot.before = slower_first
    for n in range(10):
        await ask(room, chat, f"m{n}")
        await asyncio.sleep(0.004)
    await room.settled(chat)
    assert room.bot.most_running == 1
    heard = "\n".join(request.text or "" for request in room.bot.seen).split("\n")
    assert heard == [f"m{n}" for n in range(10)]
    assert [m.seq for m in await room.log(chat)] == list(range(1, len(await room.log(chat)) + 1))


async def test_what_arrives_during_a_turn_forms_the_next(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await ask(room, chat, "one")
    await gate.reached.wait()
    for text in ("two", "three"):
        await ask(room, chat, text)
    gate.released.set()
    await room.settled(chat)
    assert [request.text for request in room.bot.seen] == ["one", "two\nthree"]


async def test_a_turn_waits_while_the_customer_types(room: Room) -> None:
    chat, _ = await room.visitor()
    room.turns.typing(chat, True)
    await ask(room, chat, "one")
    await asyncio.sleep(0.05)
    assert not room.bot.seen
    await ask(room, chat, "two")
    room.turns.typing(chat, False)
    await room.settled(chat)
    assert [request.text for request in room.bot.seen] == ["one\ntwo"]


async def test_typing_for_ever_holds_a_turn_only_so_long(room: Room) -> None:
    chat, _ = await room.visitor()
    room.turns.typing(chat, True)
    await ask(room, chat, "one")
    await room.settled(chat, within=2)
    assert await room.texts(chat) == ["re: one"]


async def test_conversations_do_not_wait_for_each_other(room: Room) -> None:
    gate = Gate()
    slow, _ = await room.visitor()
    fast, _ = await room.visitor()

    async def only_slow(request: BotTurn) -> None:
        if request.sender.startswith(str(slow)):
            await gate(request)

    room.bot.before = only_slow
    await ask(room, slow, "slow")
    await gate.reached.wait()
    await ask(room, fast, "fast")
    await room.settled(fast)
    assert await room.texts(fast) == ["re: fast"]
    gate.released.set()
    await room.settled(slow)


@pytest.mark.parametrize("fault", ["down", "hung", "raising", "empty", "failed", "broken_reply"])
async def test_a_failing_bot_yields_an_apology_then_a_person(room: Room, fault: str) -> None:
    async def hang(_: BotTurn) -> None:
        await asyncio.sleep(60)

    async def crash(_: BotTurn) -> None:
        raise RuntimeError("bug")

    room.bot.down = fault == "down"
    room.bot.before = {"hung": hang, "raising": crash}.get(fault)
    room.bot.failed = "no policy" if fault == "failed" else None
    if fault == "empty":
        room.bot.script = lambda _: []
    if fault == "broken_reply":
        room.bot.script = lambda _: [BotMessage(text="", custom={"buttons": [{"title": "x"}]})]
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await room.settled(chat)
    (apology,) = [m for m in await room.log(chat) if m.author is Author.BOT]
    assert apology.text == replies.APOLOGY
    assert apology.payload["buttons"][0]["title"] == "Talk to a person"
    assert (await room.conversation(chat)).owner is Owner.BOT
    await ask(room, chat, "hello?")
    await room.settled(chat)
    now = await room.conversation(chat)
    assert (now.owner, now.bot_failures) == (Owner.QUEUED, 2)
    assert [(r[0], r[1]) for r in room.desk.requests] == [(chat, "bot_failure")]
    assert {turn.state for turn in await turns_of(room)} == {TurnState.FAILED}


async def test_a_success_between_two_failures_counts_anew(room: Room) -> None:
    chat, _ = await room.visitor()
    for down in (True, False, True):
        room.bot.down = down
        await ask(room, chat, "hello")
        await room.settled(chat)
    now = await room.conversation(chat)
    assert (now.owner, now.bot_failures) == (Owner.BOT, 1)


async def test_an_action_that_failed_is_a_failure_though_the_bot_answered(room: Room) -> None:
    chat, _ = await room.visitor()

    async def action_fails(request: BotTurn) -> None:
        async with room.database.write() as db:
            db.add(
                TurnStep(
                    turn_id=uuid.UUID(request.turn_id),
                    action="action_answer",
                    failed="ValueError",
                    records={"handoff": {"reason": "asked", "detail": ""}},
                    milliseconds=1,
                )
            )

    room.bot.before = action_fails
    await ask(room, chat, "hello")
    await room.settled(chat)
    assert await room.texts(chat) == [replies.APOLOGY]
    assert (await room.conversation(chat)).owner is Owner.BOT
    assert (await turns_of(room))[0].error == "action_failed:action_answer"


def recording(room: Room, records: dict[str, object]) -> None:
    async def record(request: BotTurn) -> None:
        async with room.database.write() as db:
            db.add(
                TurnStep(
                    turn_id=uuid.UUID(request.turn_id),
                    action="action_answer",
                    records=records,
                    milliseconds=1,
                )
            )

    room.bot.before = record


async def test_a_recorded_handoff_queues_with_the_reply(room: Room) -> None:
    recording(
        room,
        {
            "handoff": {"reason": "no_answer", "detail": "twice"},
            "decision": {"kind": "nothing", "versions": {"index": 7}},
        },
    )
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await room.settled(chat)
    authors = [m.author for m in await room.log(chat)]
    assert authors == [Author.CUSTOMER, Author.BOT, Author.SYSTEM]
    assert (await room.conversation(chat)).owner is Owner.QUEUED
    (turn,) = await turns_of(room)
    assert room.desk.requests == [(chat, "no_answer", "twice", turn.id)]
    assert turn.decision["kind"] == "nothing"
    assert turn.versions == {"model": "fake", "index": 7}


async def test_a_card_that_can_not_be_made_stops_no_handoff(room: Room) -> None:
    recording(room, {"handoff": {"reason": "frustration", "detail": ""}})
    room.desk.broken = True
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await room.settled(chat)
    assert (await room.conversation(chat)).owner is Owner.QUEUED


async def test_a_confirmed_outcome_closes_and_the_next_message_opens_again(room: Room) -> None:
    recording(room, {"outcome": "confirmed"})
    room.bot.slots = {"email": "a@example.com", "stage": "confirm"}
    chat, _ = await room.visitor()
    await ask(room, chat, "yes")
    await room.settled(chat)
    assert (await room.conversation(chat)).owner is Owner.CLOSED
    room.bot.before = None
    async with room.database.write() as db:
        said = await speaking.say(
            db, room.clock, room.desk, chat,
            client_id="client-1", text="one more thing", button=None, limit=2000,
        )  # fmt: skip
    assert said.for_bot
    room.turns.wake(chat)
    await room.settled(chat)
    assert room.bot.seen[1].sender == f"{chat}:2"
    assert room.bot.seen[1].metadata["slots"] == {"email": "a@example.com"}


async def test_the_bot_never_talks_over_a_person(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    room.bot.slots = {"stage": "confirm"}
    chat, _ = await room.visitor()
    ada = await room.agent()
    await ask(room, chat, "hello")
    await gate.reached.wait()
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)
    async with room.database.write() as db:
        await owners.claim(db, room.clock, chat, ada)
    gate.released.set()
    await room.settled(chat)
    assert await room.texts(chat) == []
    assert (await turns_of(room))[0].state is TurnState.DROPPED
    assert (await room.conversation(chat)).running_turn is None


async def test_a_new_epochs_turn_does_not_wait_for_the_old_one(room: Room) -> None:
    gate = Gate()
    room.bot.before = gate
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await gate.reached.wait()
    room.bot.before = None
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)
    async with room.database.write() as db:
        await speaking.leave_queue(db, room.clock, chat)
    await ask(room, chat, "again")
    await room.settled(chat, within=0.4)  # less than the bot's time limit
    assert await room.texts(chat) == ["re: again"]


async def test_messages_in_the_queue_are_no_turns(room: Room) -> None:
    chat, _ = await room.visitor()
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, chat)
        said = await speaking.say(
            db, room.clock, room.desk, chat,
            client_id="client-1", text="are you there?", button=None, limit=2000,
        )  # fmt: skip
    assert not said.for_bot
    async with room.database.write() as db:
        await speaking.leave_queue(db, room.clock, chat)
    room.turns.wake(chat)
    await room.settled(chat)
    assert not room.bot.seen


async def test_a_database_that_fails_for_a_moment_loses_no_reply(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conversations import turn_finish
    from server.errors import Unavailable

    finish, failures = turn_finish.finish, [Unavailable(), Unavailable()]

    async def sometimes(*args: object, **more: object) -> bool:
        if failures:
            raise failures.pop()
        return await finish(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(turn_finish, "finish", sometimes)
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await room.settled(chat)
    assert await room.texts(chat) == ["re: hello"]


async def test_turns_run_on_postgresql_too(room: Room, postgres: Database) -> None:
    room.database = postgres
    room.turns._database = postgres
    chats = [(await room.visitor())[0] for _ in range(4)]
    for n in range(3):
        for chat in chats:
            await ask(room, chat, f"m{n}")
    for chat in chats:
        await room.settled(chat)
        said = "\n".join(text.removeprefix("re: ") for text in await room.texts(chat))
        assert said == "m0\nm1\nm2"


class Encoding:
    """Knows a text from the moment it was told of it."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def begin(self, text: str) -> None:
        self.begun.append(text)

    async def ready(self, text: str) -> dict[str, str] | None:
        return {"encoder": "e", "values": text} if text in self.begun else None


async def test_what_is_known_of_a_typed_text_goes_to_the_bot_with_it(room: Room) -> None:
    ahead = Encoding()
    room.turns = turns = TurnRunner(
        room.database, room.bus, room.clock, room.settings, room.bot, room.desk, ahead=ahead
    )
    for expected in (" where is it\n", "something else"):
        turns.expect(expected)
        chat, _ = await room.visitor()
        await room.say(chat, "where is it")
        turns.wake(chat)
        await room.settled(chat)
    await turns.stop()
    assert ahead.begun == ["where is it", "something else"]
    assert [turn.vector for turn in room.bot.seen] == 2 * [
        {"encoder": "e", "values": "where is it"}
    ]


async def test_a_text_nobody_expected_goes_to_the_bot_alone(room: Room) -> None:
    chat, _ = await room.visitor()
    await ask(room, chat, "hello")
    await room.settled(chat)
    assert room.bot.seen[-1].vector is None

"""Each clock warns and breaches once per setting, and what it says comes from the log."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from conversations.events import QUEUE
from handoff import rule_books
from handoff.clocks import book
from handoff.clocks.due import shipped
from handoff.clocks.sweeper import Sweeper
from handoff.events import ClockBreached, ClockWarned
from handoff.models import Handoff, Level
from server.auth import Staff
from server.database import Database
from server.events import Event, LocalBus, Subscription
from tests.handoff.clocks.conftest import GRACE, Scene

TOLD = ("warned", "breached", "escalated")


async def heard(events: Subscription) -> list[Event]:
    """What was announced of clocks so far."""
    found: list[Event] = []
    while True:
        try:
            event = await asyncio.wait_for(events.next(), 0.02)
        except TimeoutError:
            return found
        if isinstance(event, (ClockWarned, ClockBreached)):
            found.append(event)


async def test_the_first_clock_warns_then_breaches_each_once_in_the_journal_and_to_everybody(
    scene: Scene, bus: LocalBus
) -> None:
    chat = await scene.asks()
    case = await scene.case(chat)
    names = {"conversation_id": chat.id, "handoff_id": case.id, "clock": "first"}
    async with bus.subscribe(QUEUE) as events:
        await scene.sweep(22)
        assert await heard(events) == []
        await scene.sweep(1)
        await scene.sweep()
        assert await heard(events) == [ClockWarned(**names)]
        await scene.sweep(7)
        await scene.sweep(5)
        assert await heard(events) == [ClockBreached(**names)]
    assert await scene.lines(chat, *TOLD) == ["warned first", "breached first"]
    case = await scene.case(chat)
    assert (case.breached, case.overdue_at) == (["first"], scene.clock.now() - timedelta(seconds=5))


async def test_the_next_clock_starts_with_each_question_and_is_told_of_once_for_each(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    for _ in range(2):
        await scene.says(chat)
        asked = scene.clock.now()
        await scene.sweep(10)
        await scene.says(chat, "hello?")
        await scene.sweep()
        assert (await scene.case(chat)).next_due_at == asked + timedelta(seconds=120)
        await scene.sweep(85)
        await scene.sweep(30)
        await scene.sweep(30)
        await scene.answers(chat, ada)
        await scene.sweep()
        assert (await scene.case(chat)).next_due_at is None
    assert await scene.lines(chat, *TOLD) == ["warned next", "breached next"] * 2
    assert (await scene.case(chat)).breached == ["next"]


@pytest.mark.parametrize(("took", "told"), [(119, []), (121, ["breached next"])])
async def test_an_answer_that_came_while_nobody_swept_is_judged_by_its_own_time(
    scene: Scene, ada: Staff, took: float, told: list[str]
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    await scene.says(chat)
    await scene.sweep(10)
    scene.clock.advance(took - 10)
    await scene.answers(chat, ada)
    await scene.sweep(3600)
    assert [one for one in await scene.lines(chat, *TOLD) if "next" in one] == told


async def test_a_first_answer_that_came_late_is_a_breach_though_nobody_swept_before(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    scene.clock.advance(31)
    await scene.answers(chat, ada)
    at = scene.clock.now()
    await scene.sweep(600)
    case = await scene.case(chat)
    assert (case.first_response_at, case.overdue_at, case.breached) == (at, at, ["first"])


async def test_a_customer_who_was_put_back_after_an_answer_waits_by_the_next_clock(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    await scene.presence.leave(ada.id)
    await scene.sweep(GRACE + 1)
    returned = scene.clock.now()
    await scene.sweep()
    case = await scene.case(chat)
    promised = shipped().seconds("next", case.priority)
    assert case.next_due_at == returned + timedelta(seconds=promised)


async def test_what_is_long_overdue_raises_the_alarm_once_and_a_long_case_needs_experience(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.asks()
    await scene.sweep(299)
    assert (await scene.case(chat)).alarm_at is None
    await scene.sweep(2)
    await scene.sweep(60)
    assert await scene.lines(chat, "escalated", "alarm_raised") == [
        "escalated first", "alarm_raised",
    ]  # fmt: skip
    await scene.presence.enter(ada.id)
    await scene.claims(chat, ada)
    assert (await scene.case(chat)).alarm_owned_at is not None
    await scene.answers(chat, ada)
    await scene.sweep(4 * 3600)
    assert (await scene.case(chat)).level == Level.FRONT_LINE
    await scene.sweep(6 * 3600)
    assert await scene.lines(chat, "escalated") == ["escalated first", "escalated resolve"]
    assert (await scene.case(chat)).level == Level.SPECIALIST


async def test_the_clocks_stand_still_at_night_and_run_while_somebody_is_there(
    scene: Scene, ada: Staff
) -> None:
    scene.clock.moment = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    chat = await scene.asks()
    await scene.sweep(3600)
    assert await scene.lines(chat, *TOLD) == []
    await scene.presence.enter(ada.id)
    await scene.sweep()
    assert (await scene.case(chat)).due_at == scene.clock.now() + timedelta(seconds=30)
    await scene.sweep(31)
    assert await scene.lines(chat, *TOLD) == ["breached first"]


async def test_the_houses_own_promises_hold_for_the_next_case(
    scene: Scene, database: Database, ada: Staff
) -> None:
    own = shipped().model_dump(mode="json")
    own["first"]["normal"] = 600
    async with database.write() as db:
        book.write(db, scene.clock, type(shipped()).model_validate(own), ada, "calmer")
    chat = await scene.asks()
    assert (await scene.case(chat)).due_at == scene.clock.now() + timedelta(seconds=600)


async def test_a_book_that_cannot_be_read_any_more_gives_way_to_the_shipped_one(
    scene: Scene, database: Database, ada: Staff
) -> None:
    async with database.write() as db:
        rule_books.write(db, scene.clock, book.KEY, {"first": "soon"}, ada, "")
        await db.flush()
        assert await book.read(db) == shipped()


async def test_two_sweepers_at_once_say_everything_once(
    any_database: Database, bus: LocalBus, scene: Scene
) -> None:
    scene.database = any_database
    chats = [await scene.asks() for _ in range(5)]
    scene.clock.advance(31)
    sweepers = [Sweeper(any_database, scene.desk, agent_grace=GRACE) for _ in range(3)]
    async with bus.subscribe(QUEUE) as events:
        await asyncio.gather(*(one.step() for one in sweepers))
        await asyncio.gather(*(one.step() for one in sweepers))
        told = await heard(events)
    assert sorted(one.conversation_id for one in told if isinstance(one, ClockBreached)) == sorted(
        chat.id for chat in chats
    )
    for chat in chats:
        assert await scene.lines(chat, *TOLD) == ["breached first"]


async def test_an_idle_desk_writes_nothing(
    scene: Scene, ada: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    await scene.sweep()

    def refuse(self: Database) -> None:
        raise AssertionError("a sweep that finds nothing must not take the writer's turn")

    monkeypatch.setattr(Database, "write", refuse)
    await scene.sweep(1)
    assert isinstance(await scene.case(chat), Handoff)

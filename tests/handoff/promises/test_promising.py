"""Nobody there: the customer hears when somebody will be, and is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from conversations.desk import Reason
from conversations.models import Conversation, Owner
from conversations.presence import Presence
from handoff import queue
from handoff.clocks.alarms import raise_alarm
from handoff.models import Handoff
from handoff.promises import keeper
from server.auth import Role, create_staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.promises.conftest import MONDAY, House, build, settings
from tests.handoff.routing.staff import teaming
from tests.support import FakeClock

OPENING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


async def test_at_night_the_customer_hears_the_opening_on_their_own_clock(house: House) -> None:
    there = await house.waits(zone="America/New_York")
    nowhere = await house.waits()
    assert "Monday, 2 March at 02:00 (your time)" in (await house.told(there, "promised"))[0]
    assert (
        "Monday, 2 March at 08:00 (Europe/Brussels time)"
        in (await house.told(nowhere, "promised"))[0]
    )
    assert (await house.handoff(there)).promised_at == OPENING


async def test_the_request_is_kept_in_the_queue_and_never_an_error(house: House) -> None:
    chat = await house.waits()
    agent = await house.agent()
    async with house.database.read() as db:
        conversation = await db.get_one(Conversation, chat)
        standing = await house.desk.standing(db, conversation)
        waiting = [entry.conversation for entry in await queue.waiting(db, house.desk, agent)]
    assert conversation.owner is Owner.QUEUED
    assert waiting == [chat]
    assert (standing.online, standing.position, standing.opens_at) == (False, 1, OPENING)
    assert (standing.promised_at, standing.mail) == (OPENING, "ask")


async def test_a_known_address_is_only_confirmed(house: House) -> None:
    chat = await house.waits(email="eve@shop.example")
    [told] = await house.told(chat, "promised")
    assert "eve@shop.example" in told
    assert (await house.handoff(chat)).contact_email == "eve@shop.example"
    async with house.database.read() as db:
        standing = await house.desk.standing(db, await db.get_one(Conversation, chat))
    assert standing.mail == "known"


async def test_an_address_given_later_is_kept_with_the_request_once(house: House) -> None:
    chat = await house.waits()
    await house.gives(chat, "eve@shop.example")
    await house.gives(chat, "eve@shop.example")
    assert (await house.handoff(chat)).contact_email == "eve@shop.example"
    assert len(await house.told(chat, "contact_given")) == 1
    assert (await house.noted(chat)).count("contact_given") == 1


async def test_without_a_mail_server_no_mail_is_promised(
    database: Database, clock: FakeClock, presence: Presence, house: House
) -> None:
    off = build(database, clock, presence, settings(smtp_host=""))
    chat = await off.waits(email="eve@shop.example")
    [told] = await off.told(chat, "promised")
    assert "mail" not in told
    assert "@" not in told
    await off.gives(chat, "eve@shop.example")
    assert (await off.handoff(chat)).contact_email is None
    async with database.read() as db:
        standing = await off.desk.standing(db, await db.get_one(Conversation, chat))
    assert standing.mail is None


async def test_within_the_hours_with_nobody_at_the_desk_an_answer_within_the_hour_is_promised(
    house: House,
) -> None:
    house.clock.moment = MONDAY
    chat = await house.waits(zone="Europe/Berlin")
    assert (await house.handoff(chat)).promised_at == MONDAY.replace(hour=11)
    assert "answers you by Monday, 2 March at 12:00" in (await house.told(chat, "promised"))[0]


async def test_near_closing_time_the_promised_hour_goes_on_the_next_day(house: House) -> None:
    house.clock.moment = datetime(2026, 3, 2, 18, 40, tzinfo=UTC)  # 20 minutes before closing
    chat = await house.waits()
    assert (await house.handoff(chat)).promised_at == datetime(2026, 3, 3, 7, 40, tzinfo=UTC)


async def test_somebody_there_within_the_hours_promises_nothing(house: House) -> None:
    house.clock.moment = MONDAY
    await house.opens(await house.agent())
    chat = await house.waits()
    assert await house.told(chat, "promised") == []
    assert (await house.handoff(chat)).promised_at is None


async def test_outside_the_hours_the_time_is_said_even_if_somebody_is_still_there(
    house: House,
) -> None:
    await house.opens(await house.agent())
    chat = await house.waits()
    [told] = await house.told(chat, "promised")
    assert "A colleague may still answer now" in told
    assert "Monday, 2 March at 08:00" in told


async def test_a_bot_that_is_down_leads_to_the_same_promise(house: House) -> None:
    chat = await house.waits(reason=Reason.BOT_FAILURE)
    assert len(await house.told(chat, "promised")) == 1
    assert (await house.handoff(chat)).reason == "bot_failure"


async def test_who_waits_while_the_last_agent_leaves_hears_it_after_half_a_minute(
    house: House,
) -> None:
    house.clock.moment = MONDAY
    agent = await house.agent()
    await house.opens(agent)
    chat = await house.waits()
    await house.presence.leave(agent.id)
    await house.keeper.step()
    await house.presence.enter(agent.id)  # a reload of the console
    house.clock.advance(40)
    await house.keeper.step()
    assert await house.told(chat, "promised") == []
    await house.presence.leave(agent.id)
    for _ in range(3):
        house.clock.advance(20)
        await house.keeper.step()
    assert len(await house.told(chat, "promised")) == 1


async def test_whoever_waits_gets_their_turn_however_many_wait_before_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "BATCH", 2)
    house.clock.moment = MONDAY
    ada, bob = await house.agent("Ada"), await house.agent("Bob")
    team = teaming(house.database, house.desk)
    await team("Day", ada)
    night = await team("Night", bob, position=1)
    await house.opens(ada)
    for _ in range(2):  # theirs are there: they need no promise and stay where they are
        await house.waits()
    late = []
    for _ in range(3):
        house.clock.advance(1)
        late.append(await house.waits())
    async with house.database.write() as db:
        for handoff in await db.scalars(
            select(Handoff).where(Handoff.conversation_id.in_(late)).with_for_update()
        ):
            handoff.team_id = night
    for _ in range(3):
        house.clock.advance(20)
        await house.keeper.step()
    assert [len(await house.told(chat, "promised")) for chat in late] == [1, 1, 1]


async def test_a_broken_promise_that_can_not_be_owned_up_to_is_in_nobodys_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "BATCH", 2)
    chats = []
    for _ in range(3):
        chats.append(await house.waits())
        house.clock.advance(1)

    def fails(db: Any, clock: Any, handoff: Handoff, why: str) -> None:
        if handoff.conversation_id in chats[:2]:
            raise RuntimeError("no alarm today")
        raise_alarm(db, clock, handoff, why)

    monkeypatch.setattr("handoff.promises.keeper.raise_alarm", fails)
    house.clock.moment = MONDAY
    await house.keeper.step()
    assert [len(await house.told(chat, "promise_missed")) for chat in chats] == [0, 0, 1]


async def test_a_supervisor_who_steps_in_at_night_is_announced_without_any_promise(
    house: House,
) -> None:
    async with house.database.write() as db:
        chief = await create_staff(
            db, house.clock, login="cleo", name="Cleo",
            password="a long password", roles=[Role.SUPERVISOR],
        )  # fmt: skip
        chat = await Chat.begin(db, house.clock)
        await queue.join(db, house.desk, chat.id, chief)
    assert await house.told(chat.id, "promised") == []
    assert (await house.handoff(chat.id)).promised_at is None

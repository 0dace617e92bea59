"""An effect and a change of owner: one of them is first, and the other one knows."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from business.demo import DemoShop
from conversations import messages, owners, turn_begin, visitors
from conversations.errors import OwnerChanged
from conversations.models import Author, Conversation, Owner
from conversations.turn_guard import TurnGuard
from server.database import Database
from tests.support import FakeClock

ORDER = "FW-204411"


async def running_turn(database: Database, clock: FakeClock) -> tuple[Conversation, str]:
    """A conversation whose turn the bot is working on, and the turn's id."""
    async with database.write() as db:
        visitor, _ = await visitors.create(db, clock, "https://shop.example")
        found = await visitors.conversation_of(db, visitor.id)
        conversation = await messages.lock(db, found.id)
        await messages.append(db, clock, conversation, author=Author.CUSTOMER, text="cancel it")
        job = await turn_begin.begin(db, clock, conversation, limit=2000)
    assert job is not None
    return conversation, str(job.turn_id)


async def hand_off(database: Database, clock: FakeClock, conversation: Conversation) -> None:
    async with database.write() as db:
        await owners.request_handoff(
            db, clock, conversation, epoch=conversation.epoch, reason="asked"
        )


async def shop_of(database: Database, clock: FakeClock) -> DemoShop:
    shop = DemoShop(database, clock, TurnGuard(database).hold)
    await shop.seed()
    return shop


async def cancellable(shop: DemoShop) -> bool:
    order = await shop.find_order(ORDER)
    assert order is not None
    return order.cannot_cancel is None


async def test_the_turns_own_effect_happens_and_may_be_repeated(
    any_database: Database, clock: FakeClock
) -> None:
    shop = await shop_of(any_database, clock)
    conversation, turn_id = await running_turn(any_database, clock)
    receipt = await shop.cancel_order(ORDER, key=turn_id)
    await hand_off(any_database, clock, conversation)
    # Its receipt is known: that a person has the chat by now changes nothing about it.
    assert await shop.cancel_order(ORDER, key=turn_id) == receipt


async def test_after_a_person_took_over_there_is_no_effect(
    any_database: Database, clock: FakeClock
) -> None:
    shop = await shop_of(any_database, clock)
    conversation, turn_id = await running_turn(any_database, clock)
    await hand_off(any_database, clock, conversation)
    for key in (turn_id, str(uuid.uuid4()), "no turn"):
        with pytest.raises(OwnerChanged):
            await shop.cancel_order(ORDER, key=key)
    assert await cancellable(shop)


async def test_who_takes_over_meanwhile_waits_for_the_effect(
    any_database: Database, clock: FakeClock
) -> None:
    conversation, turn_id = await running_turn(any_database, clock)
    inside, go = asyncio.Event(), asyncio.Event()
    guard = TurnGuard(any_database)

    async def slow_hold(db: AsyncSession, key: str) -> None:
        await guard.hold(db, key)
        inside.set()
        await go.wait()

    shop = DemoShop(any_database, clock, slow_hold)
    await shop.seed()
    effect = asyncio.create_task(shop.cancel_order(ORDER, key=turn_id))
    await inside.wait()
    taking_over = asyncio.create_task(hand_off(any_database, clock, conversation))
    done, _ = await asyncio.wait({taking_over}, timeout=0.2)
    assert not done
    go.set()
    await effect
    await taking_over
    async with any_database.read() as db:
        assert (await db.get_one(Conversation, conversation.id)).owner is Owner.QUEUED
    assert not await cancellable(shop)

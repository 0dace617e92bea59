"""Owner changes: one winner, one epoch each, details kept."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, update

from conversations import episodes, owners, visitors
from conversations.errors import AlreadyClaimed, AlreadyRated, NotOwner, OwnerChanged
from conversations.models import Author, Conversation, Episode, Message, Outcome, Owner
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.errors import Conflict, NotFound
from tests.support import FakeClock

Change = Callable[..., Awaitable[Conversation]]


class Desk:
    """Runs one change in a transaction of its own."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock

    async def new(self, slots: dict[str, object] | None = None) -> uuid.UUID:
        async with self.database.write() as db:
            visitor, _ = await visitors.create(db, self.clock, "https://shop.example")
            chat = await visitors.conversation_of(db, visitor.id)
            await episodes.keep(db, chat.id, 1, stage=None, slots=slots or {})
            return chat.id

    async def staff(self, name: str) -> Staff:
        async with self.database.write() as db:
            return await create_staff(
                db, self.clock, login=name, name=name, password="x" * 12, roles=[Role.AGENT]
            )

    async def request(self, chat: uuid.UUID, epoch: int = 0) -> Conversation:
        async with self.database.write() as db:
            conversation = await db.get_one(Conversation, chat)
            return await owners.request_handoff(
                db, self.clock, conversation, epoch=epoch, reason="asked"
            )

    async def do(self, change: Change, chat: uuid.UUID, *more: object) -> Conversation:
        async with self.database.write() as db:
            return await change(db, self.clock, chat, *more)

    async def read(self, chat: uuid.UUID) -> Conversation:
        async with self.database.read() as db:
            return await db.get_one(Conversation, chat)

    async def events(self, chat: uuid.UUID) -> list[str]:
        async with self.database.read() as db:
            found = await db.scalars(
                select(Message)
                .where(Message.conversation_id == chat, Message.author == Author.SYSTEM)
                .order_by(Message.seq)
            )
            return [message.payload["event"] for message in found]


@pytest.fixture
def desk(database: Database, clock: FakeClock) -> Desk:
    return Desk(database, clock)


async def test_of_many_concurrent_claims_one_wins(any_database: Database, clock: FakeClock) -> None:
    desk = Desk(any_database, clock)
    agents = [await desk.staff(f"agent{n}") for n in range(8)]
    for _ in range(5):
        chat = await desk.new()
        await desk.request(chat)
        results = await asyncio.gather(
            *(desk.do(owners.claim, chat, agent) for agent in agents * 3), return_exceptions=True
        )
        won = [r for r in results if isinstance(r, Conversation)]
        lost = [r for r in results if isinstance(r, AlreadyClaimed)]
        assert (len(won), len(lost)) == (1, 23)
        now = await desk.read(chat)
        assert (now.owner, now.agent_id, now.epoch) == (Owner.AGENT, won[0].agent_id, 2)
        assert await desk.events(chat) == ["queued", "claimed"]


async def test_a_claim_and_a_cancel_at_once_have_one_winner(desk: Desk) -> None:
    ada = await desk.staff("ada")
    for _ in range(10):
        chat = await desk.new()
        await desk.request(chat)
        results = await asyncio.gather(
            desk.do(owners.claim, chat, ada), desk.do(owners.cancel, chat), return_exceptions=True
        )
        assert sum(isinstance(result, Conversation) for result in results) == 1
        assert sum(isinstance(result, Conflict) for result in results) == 1
        assert (await desk.read(chat)).epoch == 2


async def test_an_old_epoch_can_not_hand_off(desk: Desk) -> None:
    chat = await desk.new()
    await desk.request(chat)
    await desk.do(owners.cancel, chat)
    with pytest.raises(OwnerChanged):
        await desk.request(chat, epoch=0)
    assert (await desk.request(chat, epoch=2)).owner is Owner.QUEUED


async def test_only_the_owner_acts_on_a_chat(desk: Desk) -> None:
    ada, bob = await desk.staff("ada"), await desk.staff("bob")
    chat = await desk.new()
    with pytest.raises(AlreadyClaimed):
        await desk.do(owners.claim, chat, ada)  # nobody asked for a person
    await desk.request(chat)
    await desk.do(owners.claim, chat, ada)
    for change in (owners.release, owners.close, owners.hand_back):
        with pytest.raises(NotOwner):
            await desk.do(change, chat, bob)
    with pytest.raises(NotOwner):
        await desk.do(owners.transfer, chat, bob, bob)
    with pytest.raises(NotFound):
        await desk.do(owners.claim, uuid.uuid4(), ada)
    assert (await desk.read(chat)).agent_id == ada.id


async def test_a_released_chat_keeps_its_place(desk: Desk, clock: FakeClock) -> None:
    ada = await desk.staff("ada")
    chat = await desk.new()
    queued_at = (await desk.request(chat)).queued_at
    clock.advance(300)
    await desk.do(owners.claim, chat, ada)
    clock.advance(300)
    released = await desk.do(owners.release, chat, ada)
    assert released.owner is Owner.QUEUED
    assert released.queued_at == queued_at
    assert released.agent_id is None


async def test_a_transferred_chat_belongs_to_the_colleague(desk: Desk) -> None:
    ada, bob = await desk.staff("ada"), await desk.staff("bob")
    chat = await desk.new()
    await desk.request(chat)
    await desk.do(owners.claim, chat, ada)
    moved = await desk.do(owners.transfer, chat, ada, bob)
    assert (moved.owner, moved.agent_id, moved.epoch) == (Owner.AGENT, bob.id, 3)
    with pytest.raises(NotOwner):
        await desk.do(owners.close, chat, ada)


@pytest.mark.parametrize("way", ["hand_back", "cancel", "reopen"])
async def test_back_to_the_bot_is_a_new_episode_that_knows_the_details(
    desk: Desk, way: str
) -> None:
    ada = await desk.staff("ada")
    chat = await desk.new(
        {"order_number": "FW-204411", "stage": "resolve", "attempts": 2, "email": None}
    )
    await desk.request(chat)
    if way == "cancel":
        await desk.do(owners.cancel, chat)
    else:
        await desk.do(owners.claim, chat, ada)
    if way == "hand_back":
        await desk.do(owners.hand_back, chat, ada)
    if way == "reopen":
        await desk.do(owners.close, chat, ada)
        await desk.do(owners.reopen, chat)
    now = await desk.read(chat)
    assert (now.owner, now.episode, now.queued_at) == (Owner.BOT, 2, None)
    async with desk.database.read() as db:
        old, new = list(await db.scalars(select(Episode).order_by(Episode.number)))
    expected = {
        "hand_back": Outcome.HANDED_BACK,
        "cancel": Outcome.CANCELLED,
        "reopen": Outcome.CLOSED_BY_AGENT,
    }
    assert old.outcome is expected[way]
    assert old.ended_at is not None
    assert new.slots == {"order_number": "FW-204411"}


async def test_a_change_of_owner_voids_the_running_turn(desk: Desk) -> None:
    chat = await desk.new()
    async with desk.database.write() as db:
        await db.execute(update(Conversation).values(running_turn=uuid.uuid4(), last_seq=4))
    changed = await desk.request(chat)
    assert changed.running_turn is None
    assert changed.answered_seq == 4


async def test_an_ended_episode_is_rated_once(desk: Desk) -> None:
    ada = await desk.staff("ada")
    chat = await desk.new()

    async def rate() -> None:
        async with desk.database.write() as db:
            await episodes.rate(db, desk.clock, chat, 1, score=5, comment=" fine\x00 ")

    with pytest.raises(NotFound):
        await rate()  # it hasn't ended
    await desk.request(chat)
    await desk.do(owners.claim, chat, ada)
    await desk.do(owners.close, chat, ada)
    await rate()
    with pytest.raises(AlreadyRated):
        await rate()
    async with desk.database.read() as db:
        episode = await episodes.numbered(db, chat, 1)
    assert (episode.rating, episode.rating_comment) == (5, "fine")

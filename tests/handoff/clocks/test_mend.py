"""Conversation and case agree again after the next sweep, whichever of them is missing or too many."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import owners, speaking
from conversations.desk import Reason
from conversations.models import Conversation, Owner
from handoff.clocks import mend
from handoff.clocks.sweeper import Sweeper
from handoff.desk import HandoffDesk
from handoff.models import CANCELLED, HANDED_BACK, Handoff, HandoffEvent
from server.auth import Staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.clocks.conftest import GRACE, Scene


async def cases(scene: Scene, chat: Chat) -> list[Handoff]:
    async with scene.database.read() as db:
        found = await db.scalars(
            select(Handoff).where(Handoff.conversation_id == chat.id).order_by(Handoff.epoch)
        )
        return list(found)


async def lose_case(scene: Scene, chat: Chat) -> None:
    async with scene.database.write() as db:
        await db.execute(delete(HandoffEvent))
        await db.execute(delete(Handoff).where(Handoff.conversation_id == chat.id))


async def test_a_chat_whose_card_could_not_be_made_gets_its_case_with_the_reason(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("no card today")

    async with scene.database.write() as db:
        chat = await Chat.begin(db, scene.clock)
        with monkeypatch.context() as patched:
            patched.setattr(HandoffDesk, "request", breaks)
            await chat.needs_person(scene.desk, Reason.BOT_FAILURE)
    assert await cases(scene, chat) == []
    asked = scene.clock.now()
    await scene.sweep(20)
    (case,) = await cases(scene, chat)
    assert (case.reason, case.requested_at, case.closed_at) == (Reason.BOT_FAILURE, asked, None)
    assert case.due_at > asked
    await scene.sweep(1)
    assert len(await cases(scene, chat)) == 1


async def test_where_the_card_still_cannot_be_made_a_bare_case_is_opened(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await scene.asks()
    await lose_case(scene, chat)

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("no card today")

    monkeypatch.setattr(HandoffDesk, "request", breaks)
    await scene.sweep(31)
    (case,) = await cases(scene, chat)
    assert (case.reason, case.priority, case.closed_at) == (Reason.ASKED, "normal", None)
    assert case.breached == ["first"], "its clocks run from the request"


async def test_a_chat_of_an_agent_without_a_case_gets_one_that_is_theirs(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await lose_case(scene, chat)
    await scene.sweep()
    (case,) = await cases(scene, chat)
    assert (case.agent_id, case.claimed_at) == (ada.id, scene.clock.now())


async def test_a_case_follows_the_conversations_agent(scene: Scene, ada: Staff, bob: Staff) -> None:
    chat = await scene.taken(ada)
    async with scene.database.write() as db:
        await db.execute(update(Handoff).values(agent_id=bob.id))
    await scene.sweep()
    assert (await scene.case(chat)).agent_id == ada.id


async def test_a_customer_who_left_and_came_back_without_a_card_has_one_case_of_the_new_episode(
    scene: Scene,
) -> None:
    chat = await scene.asks()
    async with scene.database.write() as db:
        await speaking.leave_queue(db, scene.clock, chat.id)
        await db.execute(
            update(Conversation)
            .where(Conversation.id == chat.id)
            .values(owner=Owner.QUEUED, queued_at=scene.clock.now(), epoch=Conversation.epoch + 1)
        )
    await scene.sweep()
    old, new = await cases(scene, chat)
    assert (old.outcome, new.closed_at) == (CANCELLED, None)
    assert new.episode == old.episode + 1


async def test_of_two_open_cases_the_newer_one_stands(scene: Scene) -> None:
    chat = await scene.asks()
    async with scene.database.write() as db:
        first = await db.scalar(select(Handoff))
        assert first is not None
        db.add(
            Handoff(
                conversation_id=chat.id, episode=first.episode, epoch=first.epoch + 1,
                reason="asked", requested_at=scene.clock.now(), due_at=scene.clock.now(),
            )
        )  # fmt: skip
    await scene.sweep()
    old, new = await cases(scene, chat)
    assert (old.outcome, new.closed_at) == (CANCELLED, None)


@pytest.mark.parametrize(
    ("leaves", "outcome"),
    [("cancel", CANCELLED), ("hand_back", HANDED_BACK)],
)
async def test_an_open_case_of_a_chat_that_went_back_to_the_assistant_is_ended(
    scene: Scene, ada: Staff, leaves: str, outcome: str
) -> None:
    chat = await scene.asks() if leaves == "cancel" else await scene.taken(ada)
    async with scene.database.write() as db:
        if leaves == "cancel":
            await owners.cancel(db, scene.clock, chat.id)
        else:
            await owners.hand_back(db, scene.clock, chat.id, ada)
    await scene.sweep(3)
    case = await scene.case(chat)
    assert (case.outcome, case.closed_at) == (outcome, scene.clock.now())
    assert await scene.lines(chat, "closed") == ["closed"]


async def test_two_sweepers_mend_a_missing_case_once(any_database: Database, scene: Scene) -> None:
    scene.database = any_database
    chat = await scene.asks()
    await lose_case(scene, chat)
    sweepers = [Sweeper(any_database, scene.desk, agent_grace=GRACE) for _ in range(3)]
    await asyncio.gather(*(one.step() for one in sweepers))
    assert len(await cases(scene, chat)) == 1


async def test_one_chat_that_cannot_be_mended_keeps_no_other_from_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = [await scene.asks() for _ in range(3)]
    for chat in chats:
        await lose_case(scene, chat)
    mending = mend._open

    async def poisoned(db: AsyncSession, desk: HandoffDesk, conversation: Conversation) -> Handoff:
        if conversation.id == chats[1].id:
            raise RuntimeError("poison")
        return await mending(db, desk, conversation)

    monkeypatch.setattr(mend, "_open", poisoned)
    with pytest.raises(RuntimeError, match="poison"):
        await scene.sweep(31)
    assert [len(await cases(scene, chat)) for chat in chats] == [1, 0, 1]
    assert (await scene.case(chats[0])).breached == ["first"], "the later parts ran, too"

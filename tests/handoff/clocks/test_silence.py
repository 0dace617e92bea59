"""A customer who was answered and left is let go; one who waits for an answer never is."""

from __future__ import annotations

import asyncio

from conversations import messages, speaking
from conversations.models import Owner, Seen
from handoff.cases.models import CaseRecord
from handoff.clocks.sweeper import Sweeper
from handoff.models import CANCELLED, CloseOutcome
from server.auth import Staff
from server.database import Database
from tests.handoff.clocks.conftest import GRACE, Scene

DAY = 24 * 3600.0


async def test_a_customer_who_gives_no_sign_after_an_answer_is_let_go(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await scene.says(chat)
    await scene.answers(chat, ada)
    await scene.sweep(DAY)
    assert (await scene.conversation(chat)).owner is Owner.AGENT
    await scene.sweep(1)
    conversation, case = await scene.conversation(chat), await scene.case(chat)
    assert (conversation.owner, conversation.agent_id) == (Owner.CLOSED, None)
    assert (case.outcome, case.closed_at) == (CloseOutcome.NO_REPLY, scene.clock.now())
    assert await scene.lines(chat, "closed") == ["closed"]


async def test_a_customer_who_waits_for_an_answer_is_never_closed(scene: Scene, ada: Staff) -> None:
    waiting, owned = await scene.asks(), await scene.taken(ada)
    await scene.answers(owned, ada)
    await scene.says(owned, "and the second parcel?")
    await scene.sweep(30 * DAY)
    await scene.sweep(30 * DAY)
    assert (await scene.conversation(waiting)).owner is Owner.QUEUED
    assert (await scene.conversation(owned)).owner is Owner.AGENT


async def test_a_customer_who_reads_has_not_left(
    scene: Scene, database: Database, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    scene.clock.advance(DAY - 60)
    async with database.write() as db:
        db.add(Seen(conversation_id=chat.id, side="customer", seq=3, at=scene.clock.now()))
    await scene.sweep(DAY - 60)
    assert (await scene.conversation(chat)).owner is Owner.AGENT
    await scene.sweep(61)
    assert (await scene.conversation(chat)).owner is Owner.CLOSED


async def test_one_whose_agent_left_after_the_answer_is_let_go_from_the_queue_as_well(
    scene: Scene, ada: Staff
) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    await scene.presence.leave(ada.id)
    await scene.sweep(GRACE + 1)
    assert (await scene.conversation(chat)).owner is Owner.QUEUED
    assert await scene.lines(chat, "returned") == ["returned"]
    await scene.sweep(DAY)
    conversation, case = await scene.conversation(chat), await scene.case(chat)
    assert (conversation.owner, case.outcome) == (Owner.CLOSED, CloseOutcome.NO_REPLY)


async def test_two_sweepers_return_and_close_once(
    any_database: Database, scene: Scene, ada: Staff
) -> None:
    scene.database = any_database
    async with any_database.write() as db:
        await db.merge(ada)
    chat = await scene.taken(ada)
    await scene.presence.leave(ada.id)
    scene.clock.advance(GRACE + 1)
    sweepers = [Sweeper(any_database, scene.desk, agent_grace=GRACE) for _ in range(3)]
    await asyncio.gather(*(one.step() for one in sweepers))
    assert (await scene.case(chat)).returns == 1
    assert await scene.lines(chat, "returned") == ["returned"]


async def test_what_the_clocks_close_has_its_record_at_once(scene: Scene, ada: Staff) -> None:
    chat = await scene.taken(ada)
    await scene.answers(chat, ada)
    await scene.sweep(DAY + 1)
    case = await scene.case(chat)
    async with scene.database.read() as db:
        record = await db.get(CaseRecord, case.id)
    assert record is not None and case.outcome == CloseOutcome.NO_REPLY
    assert (record.in_time, record.acceptable) == ("resolve" not in case.breached, None)
    assert (record.alone, record.escalated) == (True, True), "the resolution clock escalated it"


async def test_so_has_a_case_whose_customer_left_the_queue_and_one_asked_for_again(
    scene: Scene,
) -> None:
    swept, again = await scene.asks(), await scene.asks()
    earlier = await scene.case(again)
    async with scene.database.write() as db:
        await speaking.leave_queue(db, scene.clock, swept.id)
        await speaking.leave_queue(db, scene.clock, again.id)
        again.db, again.conversation = db, await messages.lock(db, again.id)
        await again.needs_person(scene.desk)
    await scene.sweep(1)
    async with scene.database.read() as db:
        for case_id in ((await scene.case(swept)).id, earlier.id):
            record = await db.get(CaseRecord, case_id)
            assert record is not None
            assert (record.acceptable, record.alone, record.escalated) == (None, True, False)
    assert (await scene.case(swept)).outcome == CANCELLED

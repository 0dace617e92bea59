"""What the agent sees first of a moment of truth, and of a language."""

from __future__ import annotations

import pytest

from conversations.desk import Reason
from handoff import card, queue
from handoff.desk import HandoffDesk
from server.auth import Role
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("self_harm", "Self harm"),
        ("self_harm: language German", "Self harm: language German"),
        ("cancellation_threat", "Cancellation threat"),
    ],
)
async def test_the_head_says_what_it_is_and_the_queue_puts_it_first(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire, detail: str, shown: str
) -> None:
    ada = await hire("ada", Role.AGENT)
    kind = detail.partition(":")[0]
    async with database.write() as db:
        earlier = await Chat.begin(db, clock)
        await earlier.says("where is it", "order_status")
        await earlier.needs_person(desk)
        clock.advance(60)
        chat = await Chat.begin(db, clock)
        await chat.says("where is my parcel", "order_status")
        turn = await chat.says("the words that led here", kind)
        await chat.needs_person(desk, Reason.MOMENT_OF_TRUTH, detail=detail, turn=turn)
    async with database.read() as db:
        waiting = await queue.waiting(db, desk, ada)
        conversation = await queue.readable(db, chat.id, ada)
        seen = await card.build(db, desk, conversation, ada.name)
    assert [entry.conversation for entry in waiting] == [chat.id, earlier.id]
    assert (waiting[0].priority, waiting[0].moment_of_truth) == ("urgent", True)
    assert seen.reason is not None and seen.priority is not None
    assert (seen.reason.words, seen.reason.detail) == ("Serious matter", shown)
    why = {
        "self_harm": "somebody may harm themselves",
        "cancellation_threat": "leaves us unless this is solved",
    }
    assert seen.priority.why.startswith(why[kind])


async def test_a_language_stands_before_the_matter(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire
) -> None:
    ada = await hire("ada", Role.AGENT)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        turn = await chat.says("Wo ist mein Paket?", "foreign_language")
        await chat.needs_person(desk, detail="language: German; Wo ist mein Paket?", turn=turn)
    async with database.read() as db:
        conversation = await queue.readable(db, chat.id, ada)
        seen = await card.build(db, desk, conversation, ada.name)
    assert seen.reason is not None
    assert seen.reason.detail == "Language: German; Wo ist mein Paket?"

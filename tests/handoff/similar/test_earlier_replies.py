"""Earlier agents' replies on the card: read from the log, kept up to date, filled for this customer."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import update

from conversations import episodes, messages
from conversations.models import Author, Episode
from handoff import card, queue
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome, Handoff
from handoff.similar.index import Index
from handoff.similar.keeper import EarlierReplies
from handoff.similar.pairs import Pair
from knowledge_base.review.vectors import Vectors
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, FakeKnowledge, Hire
from tests.knowledge_base.support import FakeEncoder
from tests.support import FakeClock

Solve = Callable[..., Awaitable[Chat]]
ASKED = "my parcel 4411 has not arrived yet"
REPLY = "Hello Marta, parcel 4411 is held at the depot. Please bring your pass."


@pytest.fixture
async def ada(hire: Hire) -> Staff:
    return await hire("ada", Role.AGENT)


@pytest.fixture
def solve(database: Database, clock: FakeClock, desk: HandoffDesk, ada: Staff) -> Solve:
    async def solve(
        asked: str = ASKED,
        *replies: str,
        name: str = "Marta Nowak",
        order: str = "4411",
        outcome: CloseOutcome = CloseOutcome.SOLVED,
        rating: int | None = None,
    ) -> Chat:
        async with database.write() as db:
            chat = await Chat.begin(db, clock, name=name)
            await chat.says(asked, "order_status", entities={"order_number": order})
            await chat.needs_person(desk)
            await queue.claim(db, desk, chat.id, ada)
            for text in replies or (REPLY,):
                clock.advance(1)
                await messages.append(
                    db, clock, chat.conversation, author=Author.AGENT, text=text, agent=ada
                )
            await queue.close(db, desk, chat.id, ada, outcome)
            if rating:
                await episodes.rate(db, clock, chat.id, 1, score=rating, comment="")
        return chat

    return solve


async def asked_anew(database: Database, clock: FakeClock, desk: HandoffDesk) -> Chat:
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Tom Maes")
        await chat.says("my parcel 77 has not arrived", entities={"order_number": "77"})
        await chat.needs_person(desk)
    return chat


async def test_a_reply_is_offered_with_this_customers_details(
    api: Api, database: Database, clock: FakeClock, desk: HandoffDesk, solve: Solve,
    earlier: EarlierReplies, ada: Staff,
) -> None:  # fmt: skip
    await solve()
    await solve(ASKED, "Hi there!", "Hello Eva, parcel 5522 is held at the depot. Please bring your pass!",
                name="Eva Dorn", order="5522")  # fmt: skip
    await earlier.refresh()
    chat = await asked_anew(database, clock, desk)
    http = await api.as_staff(ada)
    made = (await http.get(f"/api/conversations/{chat.id}/card")).json()
    before = [one for one in made["suggested_replies"] if one["source"] == "earlier"]
    assert [(one["text"], one["used"], one["missing"]) for one in before] == [
        ("Hello Tom, parcel 77 is held at the depot. Please bring your pass!", 2, [])
    ]
    assert "Marta" not in str(before)
    assert "4411" not in str(before)
    assert made["suggested_replies"][0]["title"] == "Greet", "nobody has written yet"


async def test_only_what_ended_well_is_offered(
    earlier: EarlierReplies, solve: Solve, database: Database
) -> None:
    await solve("is it waterproof", "It is waterproof down to two metres.", rating=2)
    await solve(
        "is it heavy", "It weighs about three kilos in all.", outcome=CloseOutcome.NOT_SOLVED
    )
    liked = await solve(
        "is it red", "It comes in red and in blue.", outcome=CloseOutcome.NOT_SOLVED, rating=5
    )
    assert await earlier.refresh()
    assert len(earlier) == 1
    found = await earlier.suggest(["is it red"], limit=3, language=None, details={})
    assert [one.reply for one in found] == ["It comes in red and in blue."]
    assert not await earlier.refresh(), "nothing new"
    async with database.write() as db:
        poor = update(Episode).where(Episode.conversation_id == liked.id)
        await db.execute(poor.values(rating=1))
    assert await earlier.refresh()
    assert len(earlier) == 0, "what no longer counts is forgotten"


async def test_greetings_and_small_talk_are_left_out(earlier: EarlierReplies, solve: Solve) -> None:
    await solve(
        "where is it now", "Hello Marta!", "One moment please.", "It is still in our depot today."
    )
    await earlier.refresh()
    assert len(earlier) == 1


async def test_it_is_bounded_and_made_anew_from_the_log(
    database: Database, encoder: FakeEncoder, solve: Solve, clock: FakeClock
) -> None:
    kept = EarlierReplies(database, Vectors(encoder), encoder.encode, limit=3)
    for number in range(5):
        await solve(
            f"question about thing{number}", f"Take the lid of thing{number} off with care."
        )
        clock.advance(60)
    await kept.refresh()
    assert len(kept) == 3
    newest = await kept.suggest(["question about thing4"], limit=1, language=None, details={})
    await kept.rebuild()
    assert (
        await kept.suggest(["question about thing4"], limit=1, language=None, details={}) == newest
    )
    oldest = await kept.suggest(["question about thing0"], limit=1, language=None, details={})
    assert not oldest or "thing0" not in oldest[0].reply


async def test_a_reply_in_another_language_is_left_out(
    database: Database, earlier: EarlierReplies, solve: Solve
) -> None:
    await solve()
    async with database.write() as db:
        await db.execute(update(Handoff).values(language="nl"))
    await earlier.rebuild()
    assert await earlier.suggest([ASKED], limit=1, language="en", details={}) == []
    assert await earlier.suggest([ASKED], limit=1, language="nl", details={})


async def test_the_card_survives_a_broken_search(
    database: Database, clock: FakeClock, desk: HandoffDesk, solve: Solve, ada: Staff,
    knowledge: FakeKnowledge,
) -> None:  # fmt: skip
    chat = await asked_anew(database, clock, desk)
    async with database.read() as db:
        conversation = await queue.readable(db, chat.id, ada)
        made = await card.build(db, desk, conversation, ada.name)

    async def broken(*_: object, **__: object) -> list[object]:
        raise RuntimeError

    full = await card.suggest_articles(
        made,
        desk,
        knowledge,
        "Ada",
        SimpleNamespace(suggest=broken),
    )
    assert full.suggested_replies == made.suggested_replies


async def test_two_thousand_pairs_cost_a_search_little(clock: FakeClock) -> None:
    random = np.random.default_rng(2)
    rows = random.standard_normal((2000, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    at = clock.now()
    pairs = [
        Pair(uuid.uuid4(), f"how do i mend part {n % 97} of {n % 53}", f"Turn screw number {n % 400} twice.",
             at - timedelta(seconds=n)) for n in range(2000)
    ]  # fmt: skip
    index = await asyncio.to_thread(Index, pairs, rows)
    assert index.replies == 400
    began = time.perf_counter()
    for n in range(20):
        assert index.search("how do i mend part 7", rows[n], limit=3, near=-1.0)
    assert (time.perf_counter() - began) / 20 < 0.05

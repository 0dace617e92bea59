"""Unanswered questions: together by meaning, ranked, drafted, added, set aside; clicks become labels."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import numpy as np
import pytest

from conversations.models import Outcome
from knowledge_base import catalogue
from knowledge_base.asked import questions
from knowledge_base.asked.clusters import group, typical
from knowledge_base.asked.desk import AskedDesk
from knowledge_base.asked.outcomes import Fate
from knowledge_base.drafts import QUESTION_LIMIT
from knowledge_base.models import Status
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.errors import Invalid, NotFound
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    draft,
    published,
)
from tests.support import FakeClock

FILTER = (
    "where do i buy a new filter",
    "where can i buy a new filter please",
    "buy new filter where",
)


@pytest.fixture
def desk(
    database: Database, clock: FakeClock, encoder: FakeEncoder, knowledge: KnowledgeBase
) -> AskedDesk:
    return AskedDesk(database, clock, encoder, knowledge)


async def asked_in_vain(database: Database, clock: FakeClock, *texts: str, days: int = 1) -> None:
    for at, text in enumerate(texts):
        when = clock.now() - timedelta(days=days) + timedelta(minutes=at)
        await Chat(when).asks(text, intent="spare_parts").write(database)


async def test_one_meaning_is_one_line_and_the_most_painful_comes_first(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await asked_in_vain(database, clock, *FILTER, "do you ship to norway")
    happy = Chat(clock.now() - timedelta(days=2)).asks("buy a new filter", "answer")
    await happy.ends(Outcome.ASSUMED).write(database)
    first, second = await desk.unanswered()
    assert set(first.cluster.examples) == set(FILTER)
    assert (first.cluster.failed, first.cluster.asked) == (3, 4)
    assert first.cluster.share == 0.75
    assert first.cluster.newest == FILTER[2]
    assert first.cluster.fates == {Fate.NOTHING: 3}
    assert first.cluster.intents == ("spare_parts",)
    assert len(first.cluster.chats) == 3
    assert second.cluster.heading == "do you ship to norway"
    assert first.nearest is None


async def test_what_one_customer_asks_beside_the_shop_is_left_out_and_what_two_ask_is_not(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    times = iter(range(60))

    async def strange(text: str) -> None:
        chat = Chat(clock.now() - timedelta(minutes=next(times)))
        await chat.asks(text, in_scope=False, intent="out_of_scope").write(database)

    await strange("who won the match")
    await strange("engrave a name on a mug")
    assert await desk.unanswered() == []
    clock.advance(60)
    await strange("engrave a name on my mug")
    (listed,) = await desk.unanswered()
    assert listed.cluster.heading.startswith("engrave a name")
    assert listed.cluster.failed == 2


async def test_the_list_is_the_same_every_time(
    database: Database, clock: FakeClock, encoder: FakeEncoder, knowledge: KnowledgeBase
) -> None:
    await asked_in_vain(database, clock, *FILTER, "norway?", "ship norway", "gift card gone")
    one = await AskedDesk(database, clock, encoder, knowledge).unanswered()
    other = await AskedDesk(database, clock, encoder, knowledge).unanswered()
    assert [item.cluster for item in one] == [item.cluster for item in other]


async def test_period_and_intent_choose(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await asked_in_vain(database, clock, "do you ship to norway", days=20)
    assert await desk.unanswered(days=7) == []
    assert await desk.unanswered(days=30, intent="billing") == []
    assert len(await desk.unanswered(days=30, intent="spare_parts")) == 1
    assert await desk.intents(30) == ["spare_parts"]


async def test_personal_data_never_reaches_the_list(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    chat = Chat(clock.now() - timedelta(hours=1)).asks(
        "i am Sofie Maes, mail sofie@example.com, phone 0470 12 34 56, where is FW-204411",
        entities=[{"entity": "PERSON", "value": "Sofie Maes"}],
    )
    await chat.write(database)
    (listed,) = await desk.unanswered()
    assert listed.cluster.heading == (
        "i am [name], mail [email], phone [phone], where is [order number]"
    )
    assert listed.cluster.variants == ["i am, mail, phone, where is"]


async def test_set_aside_until_it_comes_back_more_than_before(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await asked_in_vain(database, clock, FILTER[0], FILTER[1])
    key = (await desk.unanswered())[0].cluster.key
    await desk.set_aside(key, "ada")
    assert await desk.unanswered() == []
    clock.advance(86400)
    await asked_in_vain(database, clock, FILTER[0], FILTER[2], days=0)
    clock.advance(3600)
    assert await desk.unanswered() == []
    await asked_in_vain(database, clock, FILTER[1], days=0)
    clock.advance(3600)
    assert (await desk.unanswered())[0].cluster.failed == 5
    cluster = await desk.set_aside(key, "ada")
    assert await desk.unanswered() == []
    await desk.bring_back(cluster.keys)
    assert len(await desk.unanswered()) == 1


async def test_one_click_makes_a_draft_and_the_next_finds_it(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await asked_in_vain(database, clock, *FILTER)
    key = (await desk.unanswered())[0].cluster.key
    slug = await desk.draft(key, "ada")
    async with database.read() as db:
        article, newest = await catalogue.by_slug(db, slug)
    assert article.status == Status.DRAFT
    assert article.intents == ["spare_parts"]
    assert set(newest.questions) == set(FILTER)
    assert newest.title[0].isupper()
    assert await desk.draft(key, "bob") == slug
    async with database.read() as db:
        assert len(await catalogue.list_all(db)) == 1


async def test_questions_are_added_as_a_draft_version(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    await asked_in_vain(database, clock, *FILTER)
    key = (await desk.unanswered())[0].cluster.key
    assert await desk.add_to_article(key, lamp.slug, "ada") == 3
    assert await desk.add_to_article(key, lamp.slug, "ada") == 0
    async with database.read() as db:
        article, newest = await catalogue.by_slug(db, lamp.slug)
    assert (article.newest, article.published) == (2, 1)
    assert newest.questions == [*LAMP.questions, *(await desk.cluster(key)).variants]
    assert newest.action == LAMP.action
    full = draft("Full", *(f"question {number}" for number in range(QUESTION_LIMIT)))
    await published(database, clock, full)
    with pytest.raises(Invalid):
        await desk.add_to_article(key, "full", "ada")
    with pytest.raises(NotFound):
        await desk.add_to_article("0" * 64, lamp.slug, "ada")


async def test_what_is_answered_by_now_is_told_and_comes_last(
    desk: AskedDesk, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    await asked_in_vain(database, clock, *FILTER, "gift card lost")
    wanted = draft("Buy a new filter", *FILTER, context="Filters for every kettle.")
    for other in (LAMP, INVOICE, RETURN):
        await published(database, clock, other)
    article = await published(database, clock, wanted)
    await knowledge.wait_for_revision(article.revision)
    listed = await desk.unanswered()
    by_heading = {one.cluster.heading: one for one in listed}
    mended = next(one for one in listed if one.cluster.failed == 3)
    assert mended.nearest is not None
    assert mended.nearest.slug == article.slug
    assert mended.mended
    assert listed[-1] is mended
    assert not by_heading["gift card lost"].mended


async def test_suggestions_are_near_and_new(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await asked_in_vain(database, clock, *FILTER, "do you ship to norway")
    found = await desk.near_article("Buy a new filter", [FILTER[0]])
    assert set(found) == {FILTER[1], FILTER[2]}
    assert await desk.near_article("", []) == []


async def test_clicks_become_labelled_questions_and_deleted_ones_stay_deleted(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    at = clock.now() - timedelta(hours=1)
    yes = Chat(at).asks("lamp stays dark", "answer", lamp.id).says("yes", helped=True, of=lamp.id)
    await yes.write(database)
    no = Chat(at).asks("lamp too bright", "answer", lamp.id).says("no", helped=False, of=lamp.id)
    await no.write(database)
    assert await desk.fold() == 2
    assert await desk.fold() == 0
    async with database.write() as db:
        found = {one.text: one for one in await questions.labelled(db)}
        assert found["lamp stays dark"].source == "confirmed"
        assert found["lamp too bright"].source == "refused"
        assert not found["lamp stays dark"].golden
        line = (await questions.listing(db, words="dark")).lines[0]
        await questions.remove(db, line.question.id)
    assert await desk.fold() == 0


async def test_it_follows_the_log_in_the_background(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    chat = Chat(clock.now() - timedelta(hours=1)).asks("lamp stays dark", "answer", lamp.id)
    await chat.says("yes", helped=True, of=lamp.id).write(database)
    await desk.start()
    async with asyncio.timeout(10):
        found: list[questions.Labelled] = []
        while not found:
            await asyncio.sleep(0.01)
            async with database.read() as db:
                found = await questions.labelled(db)
    await desk.stop()
    assert found[0].slug == lamp.slug


def test_groups_join_what_is_near_on_average() -> None:
    rows = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.05, 1]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert group(rows, [5, 1, 3, 1]) == [[0, 1], [2, 3]]
    assert group(rows, [5, 1, 3, 1], near=1.1) == [[0], [1], [2], [3]]
    assert typical(rows[:2], [1, 9]) == 1
    assert group(np.zeros((0, 2), dtype=np.float32), []) == []


def test_many_groups_need_more_room_than_was_kept() -> None:
    rows = np.eye(200, dtype=np.float32)
    assert group(rows, [1] * 200) == [[at] for at in range(200)]

"""The knowledge base while articles change under it."""

from __future__ import annotations

import asyncio
import time
import weakref
from pathlib import Path

import pytest

from knowledge_base import articles
from knowledge_base.search.decision import DecisionContext
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.events import LocalBus
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    draft,
    published,
    settings_at,
)
from tests.support import FakeClock


async def slugs(knowledge: KnowledgeBase, text: str) -> list[str]:
    return [one.slug for one in await knowledge.search(text)]


async def test_a_published_article_answers_within_a_second_and_an_archived_one_no_more(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    assert (await knowledge.decide("my lamp is broken")).kind == "nothing"
    started = time.perf_counter()
    for wanted in (INVOICE, RETURN, LAMP):
        article = await published(database, clock, wanted)
    assert await knowledge.wait_for_revision(article.revision)
    assert time.perf_counter() - started < 1.0
    for question in LAMP.questions:
        decision = await knowledge.decide(question)
        assert (decision.kind, decision.candidates[0].slug) == ("answer", LAMP.slug)
        assert decision.candidates[0].action == LAMP.action
    async with database.write() as db:
        archived = await articles.archive(db, clock, article.id)
    assert await knowledge.wait_for_revision(archived.revision)
    assert LAMP.slug not in await slugs(knowledge, "my lamp is broken")
    assert await knowledge.article(article.id) is None


async def test_a_publish_by_another_process_is_seen_within_a_second(
    knowledge: KnowledgeBase, tmp_path: Path, clock: FakeClock
) -> None:
    waiting = asyncio.create_task(knowledge.wait_for_revision(1))
    await asyncio.sleep(0)
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", LocalBus())
    await published(other, clock, LAMP)
    started = time.perf_counter()
    assert await waiting
    assert time.perf_counter() - started < 1.0
    await other.close()
    assert await slugs(knowledge, "lamp") == [LAMP.slug]


async def test_a_draft_changes_no_answer_and_an_edit_replaces_the_old_words(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    article = await published(database, clock, LAMP)
    async with database.write() as db:
        text = draft("The kettle leaks", "water under my kettle", slug=LAMP.slug)
        await articles.save(db, clock, article.id, text, "bob", expected=1)
    await knowledge.wait_for_revision(1)
    assert (await knowledge.search("lamp"))[0].title == LAMP.title
    async with database.write() as db:
        changed = await articles.publish(db, clock, article.id, expected=2)
    await knowledge.wait_for_revision(changed.revision)
    (found,) = await knowledge.search("water under my kettle")
    assert (found.title, found.version) == ("The kettle leaks", 2)


async def test_excluded_articles_never_come_back(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    first = await published(database, clock, LAMP)
    second = await published(database, clock, RETURN)
    await knowledge.wait_for_revision(second.revision)
    context = DecisionContext(excluded=frozenset({first.id}))
    decision = await knowledge.decide("my lamp is broken", context)
    assert first.id not in {one.article_id for one in decision.candidates}
    everything = DecisionContext(excluded=frozenset({first.id, second.id}))
    assert (await knowledge.decide("my lamp is broken", everything)).candidates == ()


async def test_articles_for_staff_stay_with_staff(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    secret = draft("Goodwill vouchers", "when may I give a voucher", audience="staff")
    article = await published(database, clock, secret)
    await knowledge.wait_for_revision(article.revision)
    assert (await knowledge.decide("when may I give a voucher")).candidates == ()
    assert await knowledge.article(article.id) is None
    found = await knowledge.search("voucher", audience="staff")
    assert [one.slug for one in found] == [secret.slug]


async def test_two_articles_alike_are_offered_as_a_choice(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    await published(database, clock, INVOICE)
    await published(database, clock, draft("Track a parcel in the EU", "track my parcel"))
    last = await published(database, clock, draft("Track a parcel in the UK", "track my parcel"))
    await knowledge.wait_for_revision(last.revision)
    decision = await knowledge.decide("track my parcel")
    assert decision.kind == "choose"
    assert {one.slug for one in decision.candidates[:2]} == {
        "track-a-parcel-in-the-eu",
        "track-a-parcel-in-the-uk",
    }
    assert 2 <= len(decision.candidates) <= 4


async def test_a_question_whose_vector_is_known_is_not_encoded_and_decided_alike(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    last = await published(database, clock, LAMP)
    await knowledge.wait_for_revision(last.revision)
    encoder = knowledge.encoder
    assert isinstance(encoder, FakeEncoder)
    question = LAMP.questions[0]
    encoder.encoded.clear()
    wanted = await knowledge.decide(question)
    assert encoder.encoded == [question]
    encoder.known[question] = encoder.encode(question)
    encoder.encoded.clear()
    decision = await knowledge.decide(question)
    assert encoder.encoded == []
    assert (decision.kind, decision.candidates) == (wanted.kind, wanted.candidates)


async def test_a_question_of_one_word_is_read_with_its_topic(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    for wanted in (INVOICE, LAMP, RETURN):
        last = await published(database, clock, wanted)
    await knowledge.wait_for_revision(last.revision)
    topic = DecisionContext(topic="my lamp is broken")
    assert (await knowledge.decide("and now?", topic)).candidates[0].slug == LAMP.slug


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\x00\x01",
        "😀" * 10_000,
        "x" * 100_000,
        "شحن",
        "\ud83d",
        "<script>alert(1)</script>",
    ],
)
async def test_odd_questions_get_a_decision(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, question: str
) -> None:
    article = await published(database, clock, LAMP)
    await knowledge.wait_for_revision(article.revision)
    assert (await knowledge.decide(question)).kind in ("nothing", "choose", "answer")


async def test_a_database_that_is_away_keeps_the_old_answers(
    tmp_path: Path, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    article = await published(database, clock, LAMP)
    await knowledge.wait_for_revision(article.revision)
    (tmp_path / "test.db").rename(tmp_path / "away.db")
    await database.close()
    assert not await knowledge.wait_for_revision(article.revision + 1, seconds=0.2)
    assert await slugs(knowledge, "lamp") == [LAMP.slug]


async def test_a_large_delta_is_folded_into_the_base_and_the_old_one_is_let_go(
    tmp_path: Path,
    database: Database,
    clock: FakeClock,
    bus: LocalBus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("knowledge_base.search.keeper.DELTA_LIMIT", 2)
    monkeypatch.setattr("knowledge_base.search.keeper.DELTA_SHARE", 0.0)
    knowledge = KnowledgeBase(settings_at(tmp_path), clock, database, FakeEncoder(), bus=bus)
    await knowledge.start()
    old, gone = weakref.ref(knowledge.snapshot.base), asyncio.Event()
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(
        "knowledge_base.search.keeper._give_memory_back",
        lambda: old() is None and loop.call_soon_threadsafe(gone.set),
    )
    for wanted in (INVOICE, LAMP, RETURN):
        last = await published(database, clock, wanted)
        await knowledge.wait_for_revision(last.revision)
    async with asyncio.timeout(2):
        while len(knowledge.snapshot.base) < 3:  # noqa: ASYNC110 - folding is told to nobody
            await asyncio.sleep(0.01)
    assert knowledge.snapshot.stale == 0
    assert len(await slugs(knowledge, "lamp invoice return")) == 3
    async with asyncio.timeout(2):
        await gone.wait()
    await knowledge.stop()

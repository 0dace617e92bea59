"""Two thousand articles: what is published answers within a second, and reading never waits for a rebuild.

Ten thousand, with the real encoder, are measured by ``python -m benchmarks.knowledge.scale``.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.knowledge.scale import fill
from knowledge_base import articles
from knowledge_base.search import nearness
from knowledge_base.search.index import Segment, build_base
from knowledge_base.search.records import Record, Vector
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.events import LocalBus
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    published,
    record,
    settings_at,
)
from tests.support import FakeClock

ARTICLES = 2000
ENCODED: dict[str, Vector] = {}
TOPICS = ("kettle", "curtain", "voucher", "parcel", "mirror", "carpet", "basket", "candle")


class QuickEncoder(FakeEncoder):
    """The small encoder; what one test had encoded, the next ones need not."""

    def encode(self, text: str) -> Vector:
        if text not in ENCODED:
            ENCODED[text] = super().encode(text)
        return ENCODED[text]


def many() -> list[Record]:
    return [
        record(
            number,
            f"{TOPICS[number % 8]} part {number}",
            f"{TOPICS[number % 8]} number {number}",
            context="",
            action="Open the page.",
            outcome="",
        )
        for number in range(1, ARTICLES + 1)
    ]


@pytest.fixture
async def house(
    tmp_path: Path,
    database: Database,
    clock: FakeClock,
    bus: LocalBus,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[KnowledgeBase]:
    """A knowledge base with many articles, more vectors than it would search exactly."""
    monkeypatch.setattr(nearness, "EXACT_UP_TO", 2 * ARTICLES)
    await fill(database, clock, many())
    knowledge = KnowledgeBase(settings_at(tmp_path), clock, database, QuickEncoder(), bus=bus)
    await knowledge.start()
    yield knowledge
    await knowledge.stop()


class HeldBuild:
    """In the place of `build_base`: builds as it does, but not before it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self, records: list[Record], vectors: Vector) -> Segment:
        self.begun.set()
        assert self.go.wait(20)
        return build_base(records, vectors)


async def first(knowledge: KnowledgeBase, text: str) -> str:
    found = await knowledge.search(text)
    return found[0].slug if found else ""


async def test_a_publish_among_many_answers_within_a_second_and_an_archived_article_is_gone(
    house: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    assert len(house.snapshot.base) == ARTICLES
    for wanted in (LAMP, INVOICE, RETURN):
        article = await published(database, clock, wanted)
        committed = time.perf_counter()
        assert await house.wait_for_revision(article.revision)
        for question in wanted.questions:
            assert await first(house, question) == wanted.slug
        assert time.perf_counter() - committed < 1.0
        async with database.write() as db:
            archived = await articles.archive(db, clock, article.id)
        assert await house.wait_for_revision(archived.revision, seconds=1.0)
        for question in wanted.questions:
            assert all(one.slug != wanted.slug for one in await house.search(question))


async def test_reading_and_publishing_go_on_while_a_base_is_built(
    house: KnowledgeBase,
    database: Database,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = HeldBuild()
    monkeypatch.setattr("knowledge_base.search.keeper.build_base", held)
    monkeypatch.setattr("knowledge_base.search.keeper.DELTA_LIMIT", 0)
    monkeypatch.setattr("knowledge_base.search.keeper.DELTA_SHARE", 0.0)
    old = house.snapshot.base
    article = await published(database, clock, LAMP)
    assert await house.wait_for_revision(article.revision)
    assert await asyncio.to_thread(held.begun.wait, 5)

    late = await published(database, clock, INVOICE)
    assert await house.wait_for_revision(late.revision, seconds=1.0)
    assert await first(house, INVOICE.questions[0]) == INVOICE.slug
    async with database.write() as db:
        gone = await articles.archive(db, clock, article.id)
    assert await house.wait_for_revision(gone.revision, seconds=1.0)
    assert await first(house, "kettle number 1") != ""
    assert house.snapshot.base is old

    held.go.set()
    async with asyncio.timeout(15):
        while house.snapshot.base is old:  # noqa: ASYNC110 - a swap is told to nobody
            await asyncio.sleep(0.01)
    assert len(house.snapshot.base) == ARTICLES + 1, "the lamp was there when it began"
    assert await first(house, INVOICE.questions[0]) == INVOICE.slug
    for question in LAMP.questions:
        assert all(one.slug != LAMP.slug for one in await house.search(question))


async def test_what_changed_while_it_was_down_answers_from_the_start(
    tmp_path: Path,
    database: Database,
    clock: FakeClock,
    house: KnowledgeBase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And it starts at once: the base is built anew behind it."""
    await published(database, clock, LAMP)
    held = HeldBuild()
    monkeypatch.setattr("knowledge_base.search.keeper.build_base", held)
    encoder = FakeEncoder()
    again = KnowledgeBase(settings_at(tmp_path), clock, database, encoder)
    await again.start()
    assert await first(again, LAMP.questions[0]) == LAMP.slug
    assert len(encoder.encoded) < 20, "only what is new is encoded"
    held.go.set()
    async with asyncio.timeout(15):
        while again.snapshot.stale:  # noqa: ASYNC110 - a swap is told to nobody
            await asyncio.sleep(0.01)
    assert len(again.snapshot.base) == ARTICLES + 1
    await again.stop()

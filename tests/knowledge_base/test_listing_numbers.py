"""The list's health: counted once, then only what may have changed; equal to counting everything."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from conversations.models import Episode, Outcome
from knowledge_base.asked import health
from knowledge_base.asked.health import Health
from knowledge_base.listing.numbers import DAYS, RecentHealth
from knowledge_base.models import Article, ArticleDay
from server.database import Database
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock


@pytest.fixture
async def lamp(database: Database, clock: FakeClock) -> Article:
    return await published(database, clock, LAMP)


async def counted(database: Database, clock: FakeClock, article: uuid.UUID) -> Health:
    async with database.read() as db:
        found = await health.of(db, [article], since=clock.now() - timedelta(days=DAYS))
    return found[article]


async def tell(
    database: Database, clock: FakeClock, lamp: Article, hours: float, outcome: Outcome | None
) -> Chat:
    chat = Chat(clock.now() - timedelta(hours=hours)).asks("dark", "answer", lamp.id)
    chat.says("yes", helped=True, of=lamp.id)
    if outcome is not None:
        chat.ends(outcome)
    return await chat.write(database)


async def test_settled_and_unsettled_together_are_all_on_both_databases(
    any_database: Database, clock: FakeClock
) -> None:
    lamp = await published(any_database, clock, LAMP)
    for hours in (0.1, 0.9, 1.1, 3, 48, 700):
        await tell(any_database, clock, lamp, hours, Outcome.CONFIRMED)
    open_since_long = await tell(any_database, clock, lamp, 90, None)
    today = clock.now().date()
    async with any_database.write() as db:
        for days in (0, 1, 20):
            day = today - timedelta(days=days)
            db.add(ArticleDay(article_id=lamp.id, day=day, views=3, helped=1, not_helped=2))
    kept = RecentHealth(any_database, clock)
    first = (await kept.now())[lamp.id]
    assert first == await counted(any_database, clock, lamp.id)
    assert first == Health(views=9, shown=7, helped=10, not_helped=6, deflected=6)
    # What ends, and what is asked, after that is seen within a minute.
    async with any_database.write() as db:
        await db.execute(
            update(Episode)
            .where(Episode.conversation_id == open_since_long.id)
            .values(outcome=Outcome.ASSUMED, ended_at=clock.now())
        )
    await tell(any_database, clock, lamp, 0, Outcome.CLOSED_BY_AGENT)
    clock.advance(61)
    again = (await kept.now())[lamp.id]
    assert again == await counted(any_database, clock, lamp.id)
    assert (again.shown, again.deflected) == (8, 7)


async def test_a_look_within_half_a_minute_reads_nothing(
    database: Database, clock: FakeClock, lamp: Article
) -> None:
    kept = RecentHealth(database, clock)
    await asyncio.gather(kept.now(), kept.now())
    statements: list[str] = []
    engine = database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    clock.advance(29)
    assert (await kept.now())[lamp.id] == Health()
    assert statements == []


async def test_later_they_are_counted_in_the_background_and_past_a_minute_at_once(
    database: Database, clock: FakeClock, lamp: Article
) -> None:
    kept = RecentHealth(database, clock)
    await kept.now()
    await tell(database, clock, lamp, 0, Outcome.CONFIRMED)
    clock.advance(45)
    assert (await kept.now())[lamp.id].shown == 0
    for _ in range(500):
        if (await kept.now())[lamp.id].shown:
            break
        await asyncio.sleep(0.01)
    assert (await kept.now())[lamp.id].shown == 1
    await tell(database, clock, lamp, 0, Outcome.CONFIRMED)
    clock.advance(61)
    assert (await kept.now())[lamp.id].shown == 2
    await kept.stop()


async def test_settled_chats_are_read_a_few_times_a_day(
    database: Database, clock: FakeClock, lamp: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    settled = health.settled

    async def counting(*args: object, **named: object) -> object:
        times.append(1)
        return await settled(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(health, "settled", counting)
    await tell(database, clock, lamp, DAYS * 24 - 1, Outcome.CONFIRMED)
    kept = RecentHealth(database, clock)
    for _ in range(3):
        await kept.refresh()
        clock.advance(300)
    assert (len(times), (await kept.now())[lamp.id].shown) == (1, 1)
    clock.advance(6 * 3600)
    await kept.refresh()
    assert (len(times), (await kept.now())[lamp.id].shown) == (2, 0)


async def test_an_article_written_since_is_among_them(
    database: Database, clock: FakeClock, lamp: Article
) -> None:
    kept = RecentHealth(database, clock)
    assert set(await kept.now()) == {lamp.id}
    other = await published(database, clock, RETURN)
    clock.advance(61)
    assert set(await kept.now()) == {lamp.id, other.id}

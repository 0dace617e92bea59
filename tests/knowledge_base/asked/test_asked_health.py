"""How an article does, counted from recorded turns on both databases."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from conversations.models import Outcome, TurnState
from knowledge_base.asked import health
from knowledge_base.asked.health import Health, wilson
from knowledge_base.models import Article, ArticleDay
from server.database import Database
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock


async def counted(database: Database, clock: FakeClock, *articles: uuid.UUID) -> list[Health]:
    async with database.read() as db:
        found = await health.of(db, articles, since=clock.now() - timedelta(days=30))
    return [found[article] for article in articles]


@pytest.fixture
def lamp() -> uuid.UUID:
    return uuid.uuid4()


async def test_showings_verdicts_and_deflections_are_counted(
    any_database: Database, clock: FakeClock, lamp: uuid.UUID
) -> None:
    at = clock.now() - timedelta(days=2)
    other = uuid.uuid4()
    happy = Chat(at).asks("dark lamp", "answer", lamp).says("yes", helped=True, of=lamp)
    await happy.ends(Outcome.CONFIRMED).write(any_database)
    await Chat(at).asks("lamp?", "answer", lamp).ends(Outcome.ASSUMED).write(any_database)
    refused = Chat(at).asks("lamp", "answer", lamp)
    refused.asks("lamp", "answer", other, attempt=2, helped=False, of=lamp)
    refused.says("yes", helped=True, of=other)
    await refused.ends(Outcome.CONFIRMED).write(any_database)
    person = (
        Chat(at).asks("lamp", "answer", lamp).says("no", helped=False, of=lamp, handoff="asked")
    )
    await person.ends(Outcome.CLOSED_BY_AGENT).write(any_database)

    on_lamp, on_other = await counted(any_database, clock, lamp, other)
    assert on_lamp == Health(shown=4, helped=1, not_helped=2, deflected=2)
    assert on_other == Health(shown=1, helped=1, not_helped=0, deflected=1)


async def test_a_repeated_turn_counts_once_and_a_dropped_one_not_at_all(
    any_database: Database, clock: FakeClock, lamp: uuid.UUID
) -> None:
    at = clock.now()
    await Chat(at).asks("lamp", "answer", lamp).repeated().write(any_database)
    await Chat(at).asks("lamp", "answer", lamp, state=TurnState.DROPPED).write(any_database)
    assert (await counted(any_database, clock, lamp))[0].shown == 1


async def test_turns_before_the_period_do_not_count(
    database: Database, clock: FakeClock, lamp: uuid.UUID
) -> None:
    await Chat(clock.now() - timedelta(days=31)).asks("x", "answer", lamp).write(database)
    assert await counted(database, clock, lamp) == [Health()]


async def test_help_pages_count_beside_the_chat(any_database: Database, clock: FakeClock) -> None:
    article: Article = await published(any_database, clock, RETURN)
    silent: Article = await published(any_database, clock, LAMP)
    today = clock.now().date()
    async with any_database.write() as db:
        for day, views in ((today, 5), (today - timedelta(days=3), 7), (today - timedelta(60), 99)):
            db.add(ArticleDay(article_id=article.id, day=day, views=views, helped=2, not_helped=1))
    chat = Chat(clock.now()).asks("return", "answer", article.id)
    await chat.says("yes", helped=True, of=article.id).write(any_database)
    found, none = await counted(any_database, clock, article.id, silent.id)
    assert found == Health(views=12, shown=1, helped=5, not_helped=2, deflected=0)
    assert found.helpfulness is not None
    assert found.helpfulness.value == pytest.approx(5 / 7)
    assert none == Health()
    assert none.helpfulness is None


def test_the_interval_is_wilsons() -> None:
    # Wilson 1927, as in Brown, Cai, DasGupta 2001.
    share = wilson(8, 10)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0) is None
    all_of_them = wilson(3, 3)
    assert all_of_them is not None
    assert all_of_them.low < 0.5
    assert all_of_them.high == 1.0

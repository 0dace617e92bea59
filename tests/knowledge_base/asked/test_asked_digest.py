"""The week: what was asked in vain, which articles help least, which are old, how new ones do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from knowledge_base.asked.desk import AskedDesk
from knowledge_base.asked.digest import digest
from knowledge_base.asked.digest_letter import as_text
from knowledge_base.models import Article, ArticleDay
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.errors import Invalid
from server.week import Week
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, FakeEncoder, published
from tests.support import FakeClock


@pytest.fixture
def desk(
    database: Database, clock: FakeClock, encoder: FakeEncoder, knowledge: KnowledgeBase
) -> AskedDesk:
    return AskedDesk(database, clock, encoder, knowledge)


async def test_the_week_beside_the_one_before(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    back = await published(database, clock, RETURN)
    clock.advance(14 * 86400 + 4 * 86400)
    today = clock.now().date()
    async with database.write() as db:
        for article, helped, refused in ((lamp, 1, 9), (back, 9, 1)):
            row = {"article_id": article.id, "views": 20, "helped": helped, "not_helped": refused}
            db.add(ArticleDay(day=today, **row))
            db.add(ArticleDay(day=today - timedelta(days=7), **row))
        await db.execute(
            update(Article).where(Article.id == back.id).values(review_by=date(2026, 3, 10))
        )
    fresh = await published(database, clock, INVOICE)
    for days in (0, 1, 7):
        at = clock.now() - timedelta(days=days, hours=1)
        await Chat(at).asks("do you ship to norway").write(database)
    found = await digest(database, clock, desk, Week.of(today))
    (recurring,) = found.recurring
    assert (recurring.cluster.failed, recurring.before) == (2, 1)
    assert (found.totals.failed, found.before.failed) == (2, 1)
    assert [one.slug for one in found.worst] == [lamp.slug]
    assert [(one.slug, one.overdue) for one in found.old] == [(back.slug, True)]
    assert [one.slug for one in found.new] == [fresh.slug]
    assert (found.totals.views, found.before.views) == (40, 40)
    assert not found.quiet
    text = as_text(found)
    for words in ("2× do you ship to norway", "The lamp does not light: 10% of 10", "2026-03-10"):
        assert words in text


async def test_an_untouched_article_is_old_after_a_year(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    clock.advance(366 * 86400)
    found = await digest(database, clock, desk, Week.of(clock.now().date()))
    assert [(one.slug, one.overdue) for one in found.old] == [(lamp.slug, False)]


async def test_a_quiet_week_says_so(desk: AskedDesk, database: Database, clock: FakeClock) -> None:
    found = await digest(database, clock, desk, Week.of(clock.now().date()))
    assert found.quiet
    assert as_text(found).count("nothing") == 4
    with pytest.raises(Invalid):
        await digest(database, clock, desk, Week.of(clock.now().date()).later(1))


def test_weeks_are_iso_weeks() -> None:
    week = Week.read("2026-W53")
    assert week.begins.date() == date(2026, 12, 28)
    assert str(week.later(1)) == "2027-W01"
    for wrong in (
        "2025-W53",
        "2026-W00",
        "W1",
        "2026-47",
        "0000-W01",
        "0001-W01",
        "9999-W52",
        "x" * 500,
    ):
        with pytest.raises(Invalid):
            Week.read(wrong)

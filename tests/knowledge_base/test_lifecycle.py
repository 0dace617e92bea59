"""Review, set times, expiry and history of an article, on both databases' rules."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from knowledge_base import articles, catalogue, history, lifecycle
from knowledge_base.articles import SavedByOther
from knowledge_base.drafts import read_draft
from knowledge_base.markdown_files import parse_markdown, write_markdown
from knowledge_base.models import Article, Status
from knowledge_base.service import KnowledgeBase
from knowledge_base.timetable import Timetable
from server.database import Database
from server.errors import Conflict, HandrailError, Invalid, Unavailable
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock

HOUR = 3600.0


async def drafted(database: Database, clock: FakeClock) -> Article:
    async with database.write() as db:
        return await articles.create(db, clock, RETURN, "ada")


async def now(database: Database, article_id: UUID) -> Article:
    async with database.read() as db:
        return await catalogue.get(db, article_id)


async def steps(database: Database, article_id: UUID) -> list[tuple[str, str, int | None, str]]:
    """Every recorded step in its order: what, by whom, of which version, and why."""
    async with database.read() as db:
        found = await history.of(db, article_id)
    return [(one.what, one.by, one.version, one.note) for one in reversed(found)]


async def revision(database: Database) -> int:
    async with database.read() as db:
        return await catalogue.content_revision(db)


async def test_from_review_back_with_a_note_and_on_to_the_archive(
    any_database: Database, clock: FakeClock
) -> None:
    article = await drafted(any_database, clock)
    one = article.id
    async with any_database.write() as db:
        await lifecycle.submit(db, clock, one, expected=1, by="ada", note="please look")
        back = await lifecycle.send_back(db, clock, one, expected=1, by="bob", note="say  when")
        assert back.status == Status.DRAFT
        await lifecycle.submit(db, clock, one, expected=1, by="ada")
        await articles.publish(db, clock, one, expected=1, by="bob")
        await lifecycle.submit(db, clock, one, expected=1, by="ada")
        again = await lifecycle.send_back(db, clock, one, expected=1, by="bob", note="no")
        assert (again.status, again.published) == (Status.PUBLISHED, 1), "the old goes on answering"
        await articles.archive(db, clock, one, by="cleo", note="no lamps any more")
    assert await steps(any_database, one) == [
        ("submitted", "ada", 1, "please look"),
        ("returned", "bob", 1, "say when"),
        ("submitted", "ada", 1, ""),
        ("published", "bob", 1, ""),
        ("submitted", "ada", 1, ""),
        ("returned", "bob", 1, "no"),
        ("archived", "cleo", 1, "no lamps any more"),
    ]


@pytest.mark.parametrize("note", ["", "  ", "x" * 501, "nul \x00"])
async def test_a_return_needs_a_note_that_can_be_stored(
    database: Database, clock: FakeClock, note: str
) -> None:
    article = await drafted(database, clock)
    async with database.write() as db:
        await lifecycle.submit(db, clock, article.id, expected=1, by="ada")
    with pytest.raises(Invalid):
        async with database.write() as db:
            await lifecycle.send_back(db, clock, article.id, expected=1, by="bob", note=note)
    assert (await now(database, article.id)).status == Status.REVIEW
    assert len(await steps(database, article.id)) == 1


async def test_what_does_not_wait_for_review_can_not_be_returned(
    database: Database, clock: FakeClock
) -> None:
    article = await drafted(database, clock)
    with pytest.raises(Conflict):
        async with database.write() as db:
            await lifecycle.send_back(db, clock, article.id, expected=1, by="bob", note="why")


async def test_a_set_time_publishes_the_version_it_was_set_for(
    any_database: Database, clock: FakeClock
) -> None:
    article = await drafted(any_database, clock)
    at = clock.now() + timedelta(hours=2)
    table = Timetable(any_database, clock)
    async with any_database.write() as db:
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
        later = read_draft({**LAMP.model_dump(), "slug": RETURN.slug})
        await articles.save(db, clock, article.id, later, "bob", expected=1)
    clock.advance(2 * HOUR - 1)
    assert await table.sweep() == 0
    assert (await now(any_database, article.id)).published is None
    clock.advance(1)
    before = await revision(any_database)
    assert await table.sweep() == 1
    after = await now(any_database, article.id)
    assert (after.published, after.newest, after.status) == (1, 2, Status.PUBLISHED)
    assert (after.scheduled, after.publish_at) == (None, None)
    assert await revision(any_database) == before + 1
    assert (await steps(any_database, article.id))[-1] == (
        "published", "clock", 1, "scheduled by ada",
    )  # fmt: skip


async def test_of_several_processes_one_publishes(any_database: Database, clock: FakeClock) -> None:
    article = await drafted(any_database, clock)
    async with any_database.write() as db:
        at = clock.now() + timedelta(minutes=1)
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
    clock.advance(60)
    tables = [Timetable(any_database, clock) for _ in range(5)]
    assert sum(await asyncio.gather(*(table.sweep() for table in tables))) == 1
    assert await revision(any_database) == 1
    assert [what for what, *_ in await steps(any_database, article.id)] == [
        "scheduled",
        "published",
    ]


async def test_a_newer_version_in_review_stays_there(database: Database, clock: FakeClock) -> None:
    article = await drafted(database, clock)
    async with database.write() as db:
        at = clock.now() + timedelta(minutes=1)
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
        await articles.save(db, clock, article.id, RETURN, "bob", expected=1)
        await lifecycle.submit(db, clock, article.id, expected=2, by="bob")
    clock.advance(60)
    await Timetable(database, clock).sweep()
    after = await now(database, article.id)
    assert (after.published, after.status) == (1, Status.REVIEW)


async def test_unscheduling_archiving_and_publishing_drop_the_set_time(
    any_database: Database, clock: FakeClock
) -> None:
    article = await drafted(any_database, clock)
    at = clock.now() + timedelta(hours=1)

    async def set_time() -> None:
        async with any_database.write() as db:
            await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")

    await set_time()
    async with any_database.write() as db:
        await lifecycle.unschedule(db, clock, article.id, by="bob", note="not yet")
    with pytest.raises(Conflict):
        async with any_database.write() as db:
            await lifecycle.unschedule(db, clock, article.id, by="bob")
    await set_time()
    async with any_database.write() as db:
        await articles.archive(db, clock, article.id, by="bob")
    await set_time()
    async with any_database.write() as db:
        await articles.publish(db, clock, article.id, expected=1, by="bob")
    clock.advance(2 * HOUR)
    assert await Timetable(any_database, clock).sweep() == 0
    assert ("unscheduled", "bob", 1, "not yet") in await steps(any_database, article.id)


async def test_only_a_time_ahead_and_before_the_expiry_can_be_set(
    database: Database, clock: FakeClock
) -> None:
    article = await drafted(database, clock)
    ahead = clock.now() + timedelta(days=2)
    async with database.write() as db:
        await lifecycle.set_expiry(db, clock, article.id, at=ahead)
    wrong = (clock.now(), ahead, clock.now() + timedelta(days=2000), datetime(2030, 1, 1))
    for at in wrong:
        with pytest.raises(Invalid):
            async with database.write() as db:
                await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
    with pytest.raises(SavedByOther):
        async with database.write() as db:
            soon = clock.now() + timedelta(hours=1)
            await articles.save(db, clock, article.id, RETURN, "bob", expected=1)
            await lifecycle.schedule(db, clock, article.id, expected=1, at=soon, by="ada")
    assert (await now(database, article.id)).scheduled is None


async def test_an_expired_article_is_archived_once_and_can_come_back(
    any_database: Database, clock: FakeClock
) -> None:
    article = await published(any_database, clock, RETURN)
    async with any_database.write() as db:
        at = clock.now() + timedelta(days=1)
        await lifecycle.set_expiry(db, clock, article.id, at=at)
    tables = [Timetable(any_database, clock) for _ in range(3)]
    assert sum([await table.sweep() for table in tables]) == 0
    clock.advance(24 * HOUR)
    with pytest.raises(Invalid):
        async with any_database.write() as db:
            await articles.publish(db, clock, article.id, expected=1)
    assert sum(await asyncio.gather(*(table.sweep() for table in tables))) == 1
    gone = await now(any_database, article.id)
    assert (gone.status, gone.published, gone.expires_at) == (Status.ARCHIVED, None, None)
    assert (await steps(any_database, article.id))[-1] == ("expired", "clock", 1, "")
    async with any_database.write() as db:
        back = await articles.publish(db, clock, article.id, expected=1, by="ada")
    assert back.status == Status.PUBLISHED
    assert await tables[0].sweep() == 0


async def test_a_set_time_reaches_the_answers(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock
) -> None:
    article = await drafted(database, clock)
    async with database.write() as db:
        at = clock.now() + timedelta(hours=1)
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
        await lifecycle.set_expiry(db, clock, article.id, at=at + timedelta(hours=1))
    table = Timetable(database, clock)
    answers = []
    for _ in range(3):
        await table.sweep()
        assert await knowledge.wait_for_revision(await revision(database))
        answers.append(article.id in knowledge.snapshot.alive)
        clock.advance(HOUR)
    assert answers == [False, True, False]


async def test_the_timetable_runs_by_itself_from_start_to_stop(
    database: Database, clock: FakeClock
) -> None:
    article = await drafted(database, clock)
    async with database.write() as db:
        at = clock.now() + timedelta(seconds=1)
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
    clock.advance(1)
    table = Timetable(database, clock)
    await table.start()
    async with asyncio.timeout(5):
        while (await now(database, article.id)).published is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await table.stop()


async def test_reading_it_again_moves_the_date_on(any_database: Database, clock: FakeClock) -> None:
    article = await published(any_database, clock, RETURN)
    async with any_database.write() as db:
        read = await lifecycle.reviewed(db, clock, article.id, days=90, by="ada")
    assert read.review_by == clock.now().date() + timedelta(days=90)
    assert (await steps(any_database, article.id))[-1] == (
        "reviewed", "ada", 1, f"next by {read.review_by.isoformat()}",
    )  # fmt: skip
    for days in (0, 5000):
        with pytest.raises(HandrailError):
            async with any_database.write() as db:
                await lifecycle.reviewed(db, clock, article.id, days=days, by="ada")


async def test_a_save_that_does_not_state_the_dates_leaves_them(
    database: Database, clock: FakeClock
) -> None:
    stated = read_draft(
        {**RETURN.model_dump(), "review_by": "2026-06-01", "expires_at": "2026-07-01T12:00:00"}
    )
    article = await published(database, clock, stated)
    silent = read_draft({"title": RETURN.title, "slug": RETURN.slug, "action": "Ask us."})
    async with database.write() as db:
        saved = await articles.save(db, clock, article.id, silent, "bob", expected=1)
    assert saved.review_by == date(2026, 6, 1)
    assert saved.expires_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    cleared = read_draft({**silent.model_dump(exclude={"family"}), "review_by": None})
    async with database.write() as db:
        saved = await articles.save(db, clock, article.id, cleared, "bob", expected=2)
    assert (saved.review_by, saved.expires_at) == (None, None)


async def test_what_the_gate_objects_to_goes_back_to_review_once(
    any_database: Database, clock: FakeClock
) -> None:
    article = await drafted(any_database, clock)
    async with any_database.write() as db:
        fine = await articles.create(db, clock, LAMP, "ada")
        at = clock.now() + timedelta(minutes=1)
        for one in (article, fine):
            await lifecycle.schedule(db, clock, one.id, expected=1, at=at, by="ada")
    clock.advance(60)

    async def gate(article_id: UUID) -> str:
        return "Not published: it takes a question." if article_id == article.id else ""

    tables = [Timetable(any_database, clock, gate) for _ in range(3)]
    assert sum(await asyncio.gather(*(table.sweep() for table in tables))) == 1
    held, live = await now(any_database, article.id), await now(any_database, fine.id)
    assert (held.status, held.published, held.scheduled) == (Status.REVIEW, None, None)
    assert live.published == 1
    assert (await steps(any_database, article.id))[1:] == [
        ("unscheduled", "clock", 1, "Not published: it takes a question.")
    ]


async def test_a_gate_that_can_not_tell_yet_is_asked_again(
    database: Database, clock: FakeClock
) -> None:
    article = await drafted(database, clock)
    async with database.write() as db:
        at = clock.now() + timedelta(minutes=1)
        await lifecycle.schedule(db, clock, article.id, expected=1, at=at, by="ada")
    clock.advance(60)
    answers = iter([Unavailable(), None])

    async def gate(_: UUID) -> str:
        if error := next(answers):
            raise error
        return ""

    table = Timetable(database, clock, gate)
    assert [await table.sweep(), await table.sweep()] == [0, 1]


def test_dates_and_family_survive_a_file() -> None:
    wanted = read_draft(
        {
            **RETURN.model_dump(),
            "review_by": "2026-06-01",
            "expires_at": "2026-07-01T14:00:00+02:00",
            "family": "00000000-0000-0000-0000-000000000007",
        }
    )
    assert wanted.expires_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    again = parse_markdown(write_markdown(wanted))
    assert (again, again.stated) == (wanted, wanted.stated)
    assert parse_markdown(write_markdown(read_draft({"title": "A", "action": "b"}))).stated == {}


def test_no_article_takes_the_address_of_a_page() -> None:
    assert read_draft({"title": "Import", "action": "x"}).slug == "import-article"
    with pytest.raises(Invalid, match="belongs to a page"):
        read_draft({"title": "x", "slug": "unanswered", "action": "x"})

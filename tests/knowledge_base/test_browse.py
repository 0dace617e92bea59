"""The editor's list: words, filters, needs, order and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import articles, lifecycle
from knowledge_base.listing import browse
from knowledge_base.listing.facets import facets
from knowledge_base.listing.filters import Filters, Need, Sort
from knowledge_base.models import Article, Audience, Status
from server.auth import Role, create_staff
from server.database import Database
from tests.knowledge_base.support import draft, published
from tests.support import FakeClock

DAY = 86_400.0


@dataclass
class Seen:
    views: int = 0
    shown: int = 0
    helped: int = 0
    not_helped: int = 0
    deflected: int = 0


async def titles(database: Database, clock: FakeClock, **filters: object) -> list[str]:
    async with database.read() as db:
        found = await browse.find(db, clock, Filters(**filters))  # type: ignore[arg-type]
    return [line.version.title for line in found.lines]


async def test_words_are_found_wherever_they_stand_and_in_any_capitals(
    any_database: Database, clock: FakeClock
) -> None:
    await published(
        any_database,
        clock,
        draft("Über uns", "who is Ægir", tags=["Größe"], owner="ada", action="Turn the KNOB."),
    )
    await published(any_database, clock, draft("100% cotton", category="care"))
    for words in ("über", "ÜBER", "ægir", "größe", "ada", "knob uns", "RETURNS knob"):
        assert await titles(any_database, clock, words=words) == ["Über uns"], words
    assert await titles(any_database, clock, words="%") == ["100% cotton"], "no pattern"
    assert await titles(any_database, clock, words="knob cotton") == []


async def test_each_filter_keeps_what_fits(any_database: Database, clock: FakeClock) -> None:
    await published(any_database, clock, draft("A", tags=["x"], owner="ada", language="de"))
    await published(any_database, clock, draft("B", category="care", tags=["xx"], audience="staff"))
    async with any_database.write() as db:
        await articles.create(db, clock, draft("C", category="care"), "ada")
    for filters, wanted in (
        ({}, ["B", "C", "A"]),
        ({"status": Status.DRAFT.value}, ["C"]),
        ({"category": "care"}, ["B", "C"]),
        ({"tag": "x"}, ["A"]),
        ({"audience": Audience.STAFF.value}, ["B"]),
        ({"language": "de"}, ["A"]),
        ({"owner": "ada"}, ["A"]),
        ({"need": Need.NO_OWNER.value}, ["B", "C"]),
        ({"need": Need.UNTRANSLATED.value}, ["B", "C", "A"]),
        ({"sort": Sort.TITLE.value}, ["A", "B", "C"]),
    ):
        assert await titles(any_database, clock, **filters) == wanted, filters


async def test_what_waits_to_be_read_again_and_what_nobody_touched_for_a_year(
    database: Database, clock: FakeClock
) -> None:
    async def article(title: str, days: int | None) -> Article:
        made = await published(database, clock, draft(title, owner="ada"))
        if days is not None:
            async with database.write() as db:
                await lifecycle.reviewed(db, clock, made.id, days=days, by="ada")
        return made

    await article("due today", 10)
    await article("due later", 500)
    await article("no date", None)
    assert await titles(database, clock, need=Need.TO_REVIEW.value) == []
    clock.advance(10 * DAY)
    assert await titles(database, clock, need=Need.TO_REVIEW.value) == ["due today"]
    assert await titles(database, clock, need=Need.STALE.value) == []
    async with database.read() as db:
        assert await browse.overdue(db, clock, "ada") == 1
        assert await browse.overdue(db, clock, "bob") == 0
    clock.advance(360 * DAY)
    assert await titles(database, clock, need=Need.STALE.value) == ["due today", "no date"]
    assert await titles(database, clock, sort=Sort.REVIEW.value) == [
        "due today", "due later", "no date",
    ]  # fmt: skip


async def test_health_filters_and_orders(database: Database, clock: FakeClock) -> None:
    good, bad, few, unseen = [
        (await published(database, clock, draft(title))).id
        for title in ("good", "bad", "few", "unseen")
    ]
    numbers = {
        good: Seen(views=9, shown=20, helped=8, not_helped=2),
        bad: Seen(views=1, shown=9, helped=1, not_helped=4, deflected=3),
        few: Seen(shown=1, not_helped=1),
        unseen: Seen(),
    }

    async def found(**filters: str) -> list[str]:
        async with database.read() as db:
            page = await browse.find(db, clock, Filters(**filters), numbers)  # type: ignore[arg-type]
        return [line.version.title for line in page.lines]

    assert await found(need=Need.NEVER_SHOWN.value) == ["unseen"]
    assert await found(need=Need.NOT_HELPING.value) == ["bad"], "one “no” says nothing yet"
    assert (await found(sort=Sort.SHOWN.value))[:2] == ["good", "bad"]
    assert (await found(sort=Sort.DEFLECTED.value))[0] == "bad"


async def test_beyond_a_page_the_list_goes_on(database: Database, clock: FakeClock) -> None:
    async with database.write() as db:
        for number in range(browse.PAGE + 3):
            await articles.create(db, clock, draft(f"Article {number:03}"), "ada")
    async with database.read() as db:
        pages = [await browse.find(db, clock, Filters(page=page)) for page in (1, 2, 9)]
    assert [len(page.lines) for page in pages] == [50, 3, 3]
    assert [(page.page, page.pages, page.total) for page in pages] == [
        (1, 2, 53), (2, 2, 53), (2, 2, 53),
    ]  # fmt: skip
    assert len({line.article.id for page in pages for line in page.lines}) == 53


@given(
    words=st.text(max_size=30),
    status=st.sampled_from(["", *Status]),
    need=st.sampled_from(["", *Need]),
    page=st.integers(1, 99_999),
)
def test_an_address_brings_the_filters_back(words: str, status: str, need: str, page: int) -> None:
    words = words.encode("utf-8", "ignore").decode()
    wanted = Filters(words=words, status=str(status), need=str(need), page=page)
    address = urlencode(wanted.as_query())
    assert Filters.of(dict(parse_qsl(address, keep_blank_values=True))) == wanted


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "99999999", "²"])
def test_a_broken_address_gives_the_first_page(page: str) -> None:
    assert Filters.of({"page": page, "status": "?", "sort": "?", "need": "?"}) == Filters()


async def test_what_can_be_chosen_comes_from_what_is_there(
    database: Database, clock: FakeClock
) -> None:
    await published(database, clock, draft("A", tags=["b", "a"], owner="gone", language="de"))
    await published(database, clock, draft("B", tags=["b"], category="care"))
    async with database.write() as db:
        for login, role in (("eve", Role.EDITOR), ("tom", Role.AGENT)):
            await create_staff(
                db, clock, login=login, name=login.title(), password="x" * 12, roles=[role]
            )
    async with database.read() as db:
        known = await facets(db)
    assert (known.tags, known.languages) == (("b", "a"), ("de", "en"))
    assert (known.categories, known.owners) == (("care", "returns"), ("gone",))
    assert known.editors == {"eve": "Eve"}


def test_stale_is_what_neither_a_date_nor_a_hand_keeps_fresh() -> None:
    clock = FakeClock()
    old = clock.now() - timedelta(days=366)
    article = Article(updated_at=old)
    assert browse.is_stale(article, clock)
    article.review_by = clock.now().date()
    assert not browse.is_stale(article, clock)
    article.review_by -= timedelta(days=1)
    assert browse.is_stale(article, clock)

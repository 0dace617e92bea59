"""Searches of the help centre: each reader's once a day, masked, written later, and forgotten in time."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, select

from knowledge_base.help_centre import searches
from knowledge_base.help_centre.readers import Readers
from knowledge_base.help_centre.searches import Searches, forget
from knowledge_base.models import Article, HelpSearch
from knowledge_base.search.decision import Decision
from knowledge_base.service import KnowledgeBase
from server.auth import Role
from server.database import Database
from server.errors import Unavailable
from tests.knowledge_base.house import BASE, build, reader, staff
from tests.knowledge_base.support import LAMP, published
from tests.support import FakeClock

NOTHING = Decision("nothing", 0.1, (), {}, 0.0)
FORM = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def lamp(database: Database, clock: FakeClock, knowledge: KnowledgeBase) -> Article:
    found = await published(database, clock, LAMP)
    await knowledge.wait_for_revision(found.revision)
    return found


@pytest.fixture
def app(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path, lamp: Article
) -> FastAPI:
    return build(knowledge, database, clock, tmp_path)


@pytest.fixture
def undecided(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is decided, whatever is asked; what comes near is shown all the same."""

    async def decide(_: str) -> Decision:
        return NOTHING

    monkeypatch.setattr(knowledge, "decide", decide)


async def stored(database: Database) -> list[HelpSearch]:
    async with database.read() as db:
        return list(await db.scalars(select(HelpSearch).order_by(HelpSearch.id)))


async def written(app: FastAPI) -> list[HelpSearch]:
    await app.state.services.readers.flush()
    return await stored(app.state.services.database)


async def search(client: httpx.AsyncClient, words: str) -> str:
    return (await client.get("/help", params={"q": words})).text


def mark_of(page: str) -> str:
    found = re.search(r'found=([0-9a-f]{16})"', page)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("undecided")
async def test_a_search_is_stored_masked_and_off_the_request(
    app: FastAPI, clock: FakeClock
) -> None:
    statements: list[str] = []
    engine = app.state.services.database._writer.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    await search(reader(app), "norway? mail sofie@example.com")
    assert statements == []
    (one,) = await written(app)
    assert (one.text, one.kind, one.opened) == ("norway? mail [email]", "nothing", False)
    assert one.at == clock.now()
    assert (one.probability, one.first) == (0.1, None)
    assert "127.0.0.1" not in one.reader


async def test_one_reader_counts_once_a_day_for_each_question(
    app: FastAPI, clock: FakeClock
) -> None:
    client = reader(app)
    for words in ("ship to norway", "Ship to NORWAY?", "ship to norway"):
        await search(client, words)
    await search(reader(app, **{"User-Agent": "Mozilla/5.0 other"}), "ship to norway")
    assert len(await written(app)) == 1
    await search(client, "ship to norway")
    await search(reader(app, at="203.0.113.9"), "ship to norway")
    assert len(await written(app)) == 2
    clock.advance(24 * 3600)
    await search(client, "ship to norway")
    found = await written(app)
    assert len({one.reader for one in found}) == 3


async def test_machines_and_staff_are_not_stored(app: FastAPI) -> None:
    bot = reader(app, **{"User-Agent": "Googlebot/2.1"})
    assert "found=" not in await search(bot, LAMP.title)
    await search(await staff(app, Role.EDITOR), "ship to norway")
    await reader(app).head("/help", params={"q": "ship to norway"})
    assert await written(app) == []


@pytest.mark.usefixtures("undecided")
@pytest.mark.parametrize("flushed", [False, True])
async def test_a_result_that_is_followed_is_noted_for_its_own_reader(
    app: FastAPI, lamp: Article, flushed: bool
) -> None:
    client, other = reader(app), reader(app, at="203.0.113.9")
    page = await search(client, "something about returns and lamp glow")
    await search(other, "something about returns and lamp glow")
    mark = mark_of(page)
    if flushed:
        await written(app)
    await other.get(f"/help/{LAMP.slug}?found={'0' * 16}")
    await client.get(f"/help/{LAMP.slug}?found={mark}")
    mine, theirs = await written(app)
    assert (mine.opened, theirs.opened) == (True, False)
    assert (await client.get(f"/help/{LAMP.slug}?found={'0' * 17}")).status_code == 422


async def test_an_answer_is_opened_until_the_reader_says_that_it_did_not_help(
    app: FastAPI, database: Database, clock: FakeClock, lamp: Article
) -> None:
    noting = app.state.services.readers.searches
    candidate = await app.state.services.knowledge.article(lamp.id)
    mark = noting.note("somebody", "lamp dark", Decision("answer", 0.9, (candidate,), {}, 0.0))
    await noting.flush()
    (one,) = await stored(database)
    assert (one.opened, one.first) == (True, lamp.id)
    noting.tell("somebody", mark, opened=False)
    await noting.flush()
    (one,) = await stored(database)
    assert not one.opened


@pytest.mark.usefixtures("undecided")
async def test_the_form_carries_the_search_that_led_to_it(app: FastAPI) -> None:
    client = reader(app)
    page = await search(client, "glow lamp what else")
    mark = mark_of(page)
    article = (await client.get(f"/help/{LAMP.slug}?found={mark}")).text
    assert f'name="found" value="{mark}"' in article
    await client.post(
        f"/help/{LAMP.slug}/feedback", data={"helped": "no", "found": mark}, headers=FORM
    )
    (one,) = await written(app)
    assert not one.opened
    long = {"helped": "no", "found": "x" * 17}
    answer = await client.post(f"/help/{LAMP.slug}/feedback", data=long, headers=FORM)
    assert answer.status_code == 422


async def test_one_reader_can_store_only_so_many_and_a_rush_only_what_waits(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = Searches(database, clock)
    words = ("alpha", "beta", "gamma", "delta", "kilo", "lima")
    monkeypatch.setattr(searches, "PER_READER", 4)
    for word in words:
        noting.note("one", word, NOTHING)
    await noting.flush()
    assert [one.text for one in await stored(database)] == list(words[:4])
    monkeypatch.setattr(searches, "WAITING", 5)
    for at, word in enumerate(words):
        noting.note(f"reader {at}", word, NOTHING)
    await noting.flush()
    assert len(await stored(database)) == 9
    monkeypatch.setattr(searches, "REMEMBERED", 3)
    noting.note("another", "alpha", NOTHING)
    assert sum(map(len, noting._days.values())) <= 3


async def test_another_process_learns_that_a_result_was_opened(
    any_database: Database, clock: FakeClock
) -> None:
    first, second = (Readers(any_database, clock, "secret").searches for _ in range(2))
    mark = first.note("r", "order FW-204411 to norway", NOTHING)
    await first.flush()
    clock.advance(600)
    second.tell("r", mark)
    await second.flush()
    (one,) = await stored(any_database)
    assert one.opened


async def test_what_could_not_be_written_is_kept(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = Searches(database, clock)
    noting.note("r", "norway", NOTHING)

    def broken() -> None:
        raise Unavailable()

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", broken)
        with pytest.raises(Unavailable):
            await noting.flush()
    await noting.flush()
    assert len(await stored(database)) == 1


async def test_it_is_written_when_the_app_stops(database: Database, clock: FakeClock) -> None:
    counting = Readers(database, clock)
    await counting.start()
    counting.searches.note("r", "norway", NOTHING)
    await counting.stop()
    assert len(await stored(database)) == 1


async def test_old_searches_are_forgotten_and_only_so_many_are_kept(
    any_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await forget(any_database, clock) == 0
    noting = Searches(any_database, clock)
    noting.note("r", "oldest", NOTHING)
    await noting.flush()
    clock.advance(timedelta(days=90).total_seconds() + 1)
    for at in range(4):
        noting.note(f"r{at}", "norway", NOTHING)
    await noting.flush()
    assert await forget(any_database, clock) == 1
    assert await forget(any_database, clock) == 0
    monkeypatch.setattr(searches, "MOST", 2)
    assert await forget(any_database, clock) == 2
    assert [one.reader for one in await stored(any_database)] == ["r2", "r3"]

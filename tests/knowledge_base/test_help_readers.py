"""Readers' views and judgements: counted once, by people only, and written a few seconds later."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import delete, event, select

from knowledge_base.help_centre import readers
from knowledge_base.help_centre.readers import Readers
from knowledge_base.models import Article, ArticleDay
from knowledge_base.service import KnowledgeBase
from server.auth import Role
from server.database import Database
from server.errors import Unavailable
from server.limits import address_of
from tests.knowledge_base.house import BASE, build, reader, staff
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock

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


async def days(app: FastAPI) -> list[tuple[int, int, int]]:
    """Views, helped, not helped, a row for each day."""
    await app.state.services.readers.flush()
    async with app.state.services.database.read() as db:
        rows = await db.scalars(select(ArticleDay).order_by(ArticleDay.day))
        return [(row.views, row.helped, row.not_helped) for row in rows]


async def judge(client: httpx.AsyncClient, helped: str, **headers: str) -> httpx.Response:
    return await client.post(
        f"/help/{LAMP.slug}/feedback", data={"helped": helped}, headers={**FORM, **headers}
    )


async def test_a_view_costs_no_write_and_is_counted_by_the_day(
    app: FastAPI, clock: FakeClock
) -> None:
    statements: list[str] = []
    engine = app.state.services.database._writer.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    for _ in range(3):
        await reader(app).get(f"/help/{LAMP.slug}")
    assert statements == []
    assert await days(app) == [(3, 0, 0)]
    assert sum("article_days" in one for one in statements) == 1
    clock.advance(24 * 3600)
    await reader(app).get(f"/help/{LAMP.slug}")
    assert await days(app) == [(3, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
async def test_machines_and_pages_loaded_ahead_are_no_readers(
    app: FastAPI, headers: dict[str, str]
) -> None:
    assert (await reader(app).get(f"/help/{LAMP.slug}", headers=headers)).status_code == 200
    assert await days(app) == []


async def test_staff_heads_and_missing_pages_are_not_counted(app: FastAPI) -> None:
    editor = await staff(app, Role.EDITOR)
    await editor.get(f"/help/{LAMP.slug}")
    await reader(app).head(f"/help/{LAMP.slug}")
    await reader(app).get("/help/nowhere")
    assert await days(app) == []


async def test_a_reader_judges_an_article_once_a_day(app: FastAPI, clock: FakeClock) -> None:
    client = reader(app)
    first = await judge(client, "yes")
    assert (first.status_code, first.headers["location"]) == (
        303,
        f"/help/{LAMP.slug}?said=yes#helped",
    )
    thanks = (await client.get(first.headers["location"])).text
    assert "Thank you" in thanks
    assert "Did this help?" not in thanks
    await judge(client, "yes", **{"User-Agent": "Mozilla/5.0 another"})
    assert await days(app) == [(0, 1, 0)]
    await judge(client, "no")
    assert await days(app) == [(0, 0, 1)]
    await judge(reader(app, at="2001:db8::1"), "no")
    await judge(reader(app, at="2001:db8::2"), "yes")
    assert await days(app) == [(0, 1, 1)]
    clock.advance(24 * 3600)
    again = await judge(client, "no")
    assert await days(app) == [(0, 1, 1), (0, 0, 1)]
    sorry = (await client.get(again.headers["location"])).text
    assert "What were you looking for?" in sorry
    assert f"/help/chat/open?article={LAMP.slug}" in sorry


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
async def test_another_sites_page_judges_nothing(app: FastAPI, headers: dict[str, str]) -> None:
    answer = await reader(app).post(
        f"/help/{LAMP.slug}/feedback", data={"helped": "yes"}, headers=headers
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert await days(app) == []


async def test_judgements_are_checked_and_limited(app: FastAPI) -> None:
    client = reader(app)
    assert (await judge(client, "perhaps")).status_code == 422
    gone = await client.post("/help/nowhere/feedback", data={"helped": "no"}, headers=FORM)
    assert gone.status_code == 404
    answers = [
        (await judge(client, "no", **{"User-Agent": f"Mozilla/5.0 {at}"})).status_code
        for at in range(30)
    ]
    # One was used for the article that is not there.
    assert (set(answers[:29]), answers[29]) == ({303}, 429)
    assert await days(app) == [(0, 0, 1)]


async def test_what_is_counted_is_written_in_the_background_and_at_the_end(
    database: Database, clock: FakeClock, lamp: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "EVERY", 0.01)
    counting = Readers(database, clock)
    await counting.start()
    counting.view(lamp.id)
    for _ in range(500):
        if await _views(database) == [1]:
            break
        await asyncio.sleep(0.01)
    assert await _views(database) == [1]
    monkeypatch.setattr(readers, "EVERY", 3600)
    counting.view(lamp.id)
    await counting.stop()
    assert await _views(database) == [2]


async def _views(database: Database) -> list[int]:
    async with database.read() as db:
        return list(await db.scalars(select(ArticleDay.views)))


async def test_counts_add_up_over_processes_on_both_databases(
    any_database: Database, clock: FakeClock
) -> None:
    lamp = await published(any_database, clock, LAMP)
    for _ in range(2):
        one = Readers(any_database, clock)
        one.view(lamp.id)
        one.judge("somebody", lamp.id, helped=False)
        one.view(uuid.uuid4())  # an article that is gone
        await one.flush()
    async with any_database.read() as db:
        row = (await db.scalars(select(ArticleDay))).one()
    assert (row.views, row.helped, row.not_helped) == (2, 0, 2)


async def test_what_could_not_be_written_is_kept(
    database: Database, clock: FakeClock, lamp: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Readers(database, clock)
    counting.view(lamp.id)

    def broken() -> None:
        raise Unavailable()

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", broken)
        with pytest.raises(Unavailable):
            await counting.flush()
    await counting.flush()
    assert await _views(database) == [1]


async def test_judgements_remembered_have_a_limit(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "REMEMBERED", 3)
    counting, article = Readers(database, clock), uuid.uuid4()
    assert [counting.judge(f"{one}", article, helped=True) for one in range(5)] == [True] * 5
    assert not counting.judge("4", article, helped=True)
    assert counting.judge("0", article, helped=True)


async def test_the_home_page_shows_what_is_read_most(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase, lamp: Article
) -> None:
    other = await published(database, clock, RETURN)
    await knowledge.wait_for_revision(other.revision)
    counting = app.state.services.readers
    assert "Read most" not in (await reader(app).get("/help")).text
    for article, times in ((lamp, 1), (other, 2)):
        for _ in range(times):
            counting.view(article.id)
    await counting.flush()
    await counting.start()
    try:
        home = (await reader(app).get("/help")).text
    finally:
        await counting.stop()
    most = home[home.index("Read most") : home.index('class="categories"')]
    assert most.index(RETURN.slug) < most.index(LAMP.slug)
    async with database.write() as db:
        await db.execute(delete(ArticleDay))
    clock.advance(1)
    await counting.start()
    await counting.stop()
    assert counting.top == ()


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_limits_count_a_whole_ipv6_network_as_one_reader(host: str, counted: str) -> None:
    request = Request({"type": "http", "headers": [], "client": (host, 1)})
    assert address_of(request) == counted

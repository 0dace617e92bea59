"""Articles in the chat's panel: who may ask, what comes back, what is counted, and what hostile callers get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from knowledge_base.help_centre import panel
from knowledge_base.models import Article, ArticleDay, HelpSearch
from knowledge_base.service import KnowledgeBase
from server.database import Database
from server.limits import Rate
from server.web import ChatCors
from tests.knowledge_base.house import BASE, build_with, reader, services
from tests.knowledge_base.support import INVOICE, LAMP, draft, published
from tests.support import FakeClock

SHOP = "https://shop.example"
HOME = "/api/widget/help"
FROM_SHOP = {"Origin": SHOP}


@pytest.fixture
async def lamp(database: Database, clock: FakeClock, knowledge: KnowledgeBase) -> Article:
    found = await published(database, clock, LAMP)
    last = await published(database, clock, INVOICE)
    await knowledge.wait_for_revision(last.revision)
    return found


@pytest.fixture
def app(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path, lamp: Article
) -> FastAPI:
    held = services(knowledge, database, clock, tmp_path)
    held.settings = held.settings.model_copy(update={"widget_origins": [SHOP]})
    made = build_with(held, panel.router)
    made.add_middleware(ChatCors, origins=held.settings.origins)
    return made


async def stored(app: FastAPI, kind: type[Any]) -> list[Any]:
    await app.state.services.readers.flush()
    async with app.state.services.database.read() as db:
        return list(await db.scalars(select(kind)))


async def search(client: httpx.AsyncClient, q: str, **more: str) -> dict[str, Any]:
    answer = await client.get(HOME, params={"q": q, **more}, headers=FROM_SHOP)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_what_is_found_has_a_title_a_snippet_and_a_place(app: FastAPI, lamp: Article) -> None:
    found = await search(reader(app), "my lamp is broken")
    first = found["results"][0]
    assert first["id"] == str(lamp.id)
    assert first["title"] == "The lamp does not light"
    assert first["snippet"] == "This is about the lamp does not light."
    assert first["url"] == f"/help/{lamp.slug}"
    assert len({one["id"] for one in found["results"]}) == len(found["results"])


async def test_only_what_was_meant_is_kept_and_masked(app: FastAPI, lamp: Article) -> None:
    client = reader(app)
    await search(client, "my la")
    assert (await search(client, "my lamp"))["found"] == ""
    mark = (await search(client, "my lamp is dark, sofie@example.com", done="true"))["found"]
    (one,) = await stored(app, HelpSearch)
    assert (one.text, one.opened) == ("my lamp is dark, [email]", False)
    await client.get(f"{HOME}/{lamp.id}", params={"found": mark})
    (one,) = await stored(app, HelpSearch)
    assert one.opened
    (day,) = await stored(app, ArticleDay)
    assert (day.article_id, day.views) == (lamp.id, 1)


async def test_a_draft_is_looked_up_and_kept_nowhere(app: FastAPI, lamp: Article) -> None:
    answer = await reader(app).post(
        f"{HOME}/suggest", json={"q": "my lamp is broken", "language": "en"}, headers=FROM_SHOP
    )
    suggested = answer.json()["suggestions"]
    assert [one["id"] for one in suggested][:1] == [str(lamp.id)]
    assert len(suggested) <= panel.SUGGESTIONS
    assert await stored(app, HelpSearch) == []
    assert await stored(app, ArticleDay) == []


async def test_nothing_is_suggested_where_nothing_is_likely(
    app: FastAPI, knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "WORTH_SUGGESTING", 1.01)
    answer = await reader(app).post(f"{HOME}/suggest", json={"q": "my lamp is broken"})
    assert answer.json() == {"suggestions": []}


async def test_a_vote_counts_as_in_the_help_centre(app: FastAPI, lamp: Article) -> None:
    client, door = reader(app), f"{HOME}/{lamp.id}/helped"
    for helped in (True, True, False, True):
        answer = await client.post(door, json={"helped": helped}, headers=FROM_SHOP)
        assert answer.status_code == 204
    (day,) = await stored(app, ArticleDay)
    assert (day.helped, day.not_helped) == (1, 0), "of one reader and day the last word"
    assert (await client.post(door, json={"helped": True})).status_code == 403


async def test_listed_sites_may_read_the_answers_and_others_may_not(
    app: FastAPI, lamp: Article
) -> None:
    client = reader(app)
    answer = await client.get(HOME, params={"q": "lamp"}, headers=FROM_SHOP)
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in answer.headers
    ahead = {**FROM_SHOP, "Access-Control-Request-Method": "POST"}
    ahead["Access-Control-Request-Headers"] = "content-type"
    assert (await client.options(f"{HOME}/suggest", headers=ahead)).status_code == 200
    for origin in ("https://evil.example", "null", f"{SHOP}.evil.example"):
        for path in (HOME, f"{HOME}/{lamp.id}"):
            refused = await client.get(path, headers={"Origin": origin})
            assert refused.json()["error"]["code"] == "origin_refused"
            assert "access-control-allow-origin" not in refused.headers
        refused = await client.post(
            f"{HOME}/{lamp.id}/helped", json={"helped": True}, headers={"Origin": origin}
        )
        assert refused.status_code == 403
    assert await stored(app, ArticleDay) == []


async def test_an_article_comes_as_markdown_with_its_files_as_links(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    file = "0f8fad5b-d9cb-469f-a165-70867728950e"
    bad = "<script>alert(1)</script> [x](javascript:alert(1))"
    made = draft("Boxes", "what box", context=f"![The box](file:{file}) {bad}")
    article = await published(database, clock, made)
    await knowledge.wait_for_revision(article.revision)
    answer = await reader(app).get(f"{HOME}/{article.id}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    parts = answer.json()["parts"]
    assert parts["context"].startswith(f"[Image: The box](/help/files/{file})")
    assert list(parts) == ["context", "action", "outcome"]


async def test_what_is_not_public_is_not_there(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    hidden = await published(database, clock, draft("Staff only", "secret", audience="staff"))
    await knowledge.wait_for_revision(hidden.revision)
    client = reader(app)
    for path in (f"{HOME}/{hidden.id}", f"{HOME}/00000000-0000-4000-8000-000000000000"):
        assert (await client.get(path)).status_code == 404
    found = await search(client, "staff only secret")
    assert str(hidden.id) not in {one["id"] for one in found["results"]}


@pytest.mark.parametrize(
    "params",
    [
        {"q": "x" * 401},
        {"q": "x" * 10_000},
        {"q": "lamp", "language": "e' OR 1"},
        {"q": "lamp", "done": "maybe"},
    ],
)
async def test_what_is_too_long_or_misshapen_is_refused(
    app: FastAPI, params: dict[str, str]
) -> None:
    answer = await reader(app).get(HOME, params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert "x" * 100 not in answer.text


@pytest.mark.parametrize(
    "q",
    [
        "\u202elamp\u2066",
        "lamp\x07\x1b[31m",
        "%_'\"\\;--",
        "<b>lamp</b>",
        "\U0001f4a1" * 50,
        "؟" * 9,
    ],
)
async def test_strange_signs_are_only_words(app: FastAPI, q: str) -> None:
    client = reader(app)
    await search(client, q, done="true")
    answer = await client.post(f"{HOME}/suggest", json={"q": q})
    assert answer.status_code == 200
    for one in await stored(app, HelpSearch):
        assert one.text.isprintable()


async def test_bodies_hold_what_is_declared_and_no_more(app: FastAPI, lamp: Article) -> None:
    client = reader(app)
    for path, body in (
        ("suggest", b'{"q": "\\ud800 lamp"}'),
        ("suggest", b'{"q": ["lamp"]}'),
        ("suggest", b'{"q": "lamp", "limit": 9999}'),
        ("suggest", b'{"q": "' + b"x" * 5000 + b'"}'),
        (f"{lamp.id}/helped", b'{"helped": "yes"}'),
        (f"{lamp.id}/helped", b'{"helped": true, "found": "../../etc"}'),
        ("not-an-id/helped", b'{"helped": true}'),
    ):
        headers = {**FROM_SHOP, "Content-Type": "application/json"}
        answer = await client.post(f"{HOME}/{path}", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), path


async def test_one_address_searches_so_often_a_minute(app: FastAPI) -> None:
    app.state.services.limits._rates["widget_search"] = Rate(2, 60)
    client = reader(app)
    codes = [(await client.get(HOME, params={"q": "lamp"})).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert (await reader(app, at="10.0.0.9").get(HOME)).status_code == 200
    assert (await client.post(f"{HOME}/suggest", json={"q": "lamp"})).status_code == 200


async def test_the_customers_language_is_looked_in_where_there_are_articles(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    client = reader(app)
    assert (await search(client, "my lamp is broken", language="de-AT"))["results"]
    german = await published(
        database, clock, draft("Die Lampe bleibt dunkel", "my lamp is broken", language="de")
    )
    await knowledge.wait_for_revision(german.revision)
    found = await search(client, "my lamp is broken", language="de-AT")
    assert [one["id"] for one in found["results"]] == [str(german.id)]
    assert {
        one["language"] for one in (await search(client, "lamp", language="en"))["results"]
    } == {"en"}


async def test_without_words_the_most_read_come(app: FastAPI, lamp: Article) -> None:
    app.state.services.readers.top = (lamp.id,)
    found = await search(reader(app), "  ", language="en")
    assert [one["id"] for one in found["results"]] == [str(lamp.id)]
    assert found["answer"] is None
    own = await reader(app).get(HOME, headers={"Origin": BASE})
    assert own.status_code == 200

"""The article API and the help centre over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base import help as help_centre
from knowledge_base.routes import router
from knowledge_base.service import KnowledgeBase
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.web import refuse_undeclared
from tests.knowledge_base.support import LAMP, RETURN, draft, published, settings_at
from tests.knowledge_base.test_rendering import XSS, Reader
from tests.support import FakeClock, sign_in

BODY: dict[str, Any] = {
    "title": "Wash wool",
    "category": "care",
    "questions": ["how do I wash wool"],
    "context": "Wool.",
    "action": "Wash at 30°.",
    "outcome": "Dry in 1 day, as soon as possible.",
}


@pytest.fixture
async def app(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Any
) -> AsyncIterator[FastAPI]:
    app = FastAPI()
    settings = settings_at(tmp_path)
    app.state.services = SimpleNamespace(
        knowledge=knowledge,
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
    )
    install_error_handlers(app)
    app.include_router(router)
    app.include_router(help_centre.router)
    refuse_undeclared(app)
    yield app


async def client(app: FastAPI, *roles: Role) -> httpx.AsyncClient:
    held = app.state.services
    headers = {CSRF_HEADER: "1"}
    if roles:
        login = "-".join(roles)
        async with held.database.write() as db:
            await create_staff(
                db, held.clock, login=login, name=login, password="x" * 12, roles=list(roles)
            )
        async with held.database.write() as db:
            token = await sign_in(db, held.clock, login, "x" * 12, 12)
        headers["cookie"] = f"{COOKIE}={token}"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def test_searches_from_one_address_are_limited_and_reading_is_not(app: FastAPI) -> None:
    public = await client(app)
    answers = [(await public.get("/help", params={"q": "wool"})).status_code for _ in range(121)]
    assert (set(answers[:120]), answers[120]) == ({200}, 429)
    assert (await public.get("/help")).status_code == 200


async def test_an_editor_writes_publishes_and_archives(app: FastAPI) -> None:
    editor = await client(app, Role.EDITOR)
    created = await editor.post("/api/articles", json=BODY)
    assert created.status_code == 201
    article = created.json()
    assert (article["slug"], article["status"], article["author"]) == (
        "wash-wool",
        "draft",
        "editor",
    )
    assert [hint["words"] for hint in article["hints"] if hint["words"]] == ["as soon as possible"]
    at = f"/api/articles/{article['id']}"

    saved = await editor.put(at, json={**BODY, "title": "Wash wool well", "expected": 1})
    assert (saved.status_code, saved.json()["newest"]) == (200, 2)
    late = await editor.put(at, json={**BODY, "expected": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "saved_by_other")
    assert late.json()["error"]["details"]["by"] == "editor"

    assert (await editor.post(f"{at}/review", json={"expected": 2})).json()["status"] == "review"
    live = await editor.post(f"{at}/publish", json={"expected": 2})
    assert (live.status_code, live.json()["published"]) == (200, 2)
    tried = (await editor.post("/api/articles/try", json={"question": "how do I wash wool"})).json()
    assert (tried["kind"], tried["candidates"][0]["slug"]) == ("answer", "wash-wool")
    assert [one["number"] for one in (await editor.get(f"{at}/versions")).json()] == [2, 1]
    assert [one["slug"] for one in (await editor.get("/api/articles?status=published")).json()] == [
        "wash-wool"
    ]
    assert (await editor.get("/api/articles/search?q=wool")).json()[0]["slug"] == "wash-wool"

    assert (await editor.post(f"{at}/archive")).json()["status"] == "archived"
    assert (await editor.get("/api/articles/search?q=wool")).json() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**BODY, "title": "x" * 121},
        {**BODY, "action": "x" * 20_001},
        {**BODY, "questions": ["q"] * 41},
        {**BODY, "title": "nul \x00"},
        {**BODY, "surprise": 1},
        {**BODY, "audience": "everyone"},
    ],
)
async def test_bad_bodies_get_a_coded_error_and_store_nothing(
    app: FastAPI, body: dict[str, Any]
) -> None:
    editor = await client(app, Role.EDITOR)
    answer = await editor.post("/api/articles", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert (await editor.get("/api/articles")).json() == []


async def test_agents_read_and_only_editors_write(app: FastAPI) -> None:
    agent = await client(app, Role.AGENT)
    assert (await agent.get("/api/articles")).status_code == 200
    assert (await agent.post("/api/articles/try", json={"question": "x"})).status_code == 200
    for path, body in (
        ("", BODY),
        ("/import", {"kind": "json", "text": "[]"}),
        ("/00000000-0000-0000-0000-000000000000/publish", {"expected": 1}),
        ("/00000000-0000-0000-0000-000000000000/archive", None),
    ):
        assert (await agent.post(f"/api/articles{path}", json=body)).status_code == 403, path
    nobody = await client(app)
    assert (await nobody.get("/api/articles")).status_code == 401


async def test_import_reports_each_row(app: FastAPI) -> None:
    editor = await client(app, Role.EDITOR)
    text = "title,action\nWash,Wash it.\n,no title\n"
    answer = await editor.post("/api/articles/import", json={"kind": "csv", "text": text})
    assert answer.status_code == 200
    assert [(row["outcome"], row["code"]) for row in answer.json()["rows"]] == [
        ("created", ""),
        ("error", "invalid"),
    ]
    bad = await editor.post("/api/articles/import", json={"kind": "json", "text": "{"})
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "invalid")


async def test_unknown_articles_are_not_found(app: FastAPI) -> None:
    editor = await client(app, Role.EDITOR)
    missing = "/api/articles/00000000-0000-0000-0000-000000000000"
    assert (await editor.get(missing)).status_code == 404
    assert (await editor.get(f"{missing}/versions")).status_code == 404
    assert (await editor.get("/api/articles/not-an-id")).status_code == 422


async def test_the_help_centre_shows_what_is_public_and_published(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    await published(database, clock, LAMP)
    await published(database, clock, draft("For staff", audience="staff"))
    last = await published(database, clock, RETURN)
    await knowledge.wait_for_revision(last.revision)
    public = await client(app)
    home = await public.get("/help")
    assert home.status_code == 200
    assert LAMP.title in home.text
    assert "For staff" not in home.text
    policy = home.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    page = await public.get(f"/help/{LAMP.slug}")
    assert page.status_code == 200
    assert "<strong>My orders</strong>" in page.text
    for landmark in ('class="skip"', "<main", "<header", "<footer", 'role="search"', "<h1>"):
        assert landmark in page.text
    assert (await public.get("/help/for-staff")).status_code == 404
    found = await public.get("/help", params={"q": "my lamp is broken"})
    assert found.text.index(LAMP.title) < len(found.text)
    style = await public.get("/help/static/help.css")
    assert style.headers["content-type"].startswith("text/css")
    assert (await public.get("/help", params={"q": "x" * 401})).status_code == 422


async def test_nothing_that_an_editor_or_a_customer_writes_executes_in_the_help_centre(
    app: FastAPI, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    for at, text in enumerate(XSS):
        evil = draft(
            text[:120],
            slug=f"evil-{at}",
            category=text[:40],
            context=text,
            action=text,
            outcome=text,
        )
        last = await published(database, clock, evil)
    await knowledge.wait_for_revision(last.revision)
    public = await client(app)
    pages = ["/help", *(f"/help/evil-{at}" for at in range(len(XSS)))]
    for page in pages:
        check((await public.get(page)).text)
    for text in XSS:
        check((await public.get("/help", params={"q": text})).text)


def check(html: str) -> None:
    """Only our own templates' tags, no event handler, no inline script or style, no foreign address."""
    reader = Reader()
    reader.feed(html)
    for tag, attributes in reader.tags:
        assert tag not in {"script", "style", "iframe", "img", "svg", "object", "details", "!--"}, (
            tag
        )
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "action"):
                assert (value or "").startswith(("/help", "#content", "https://a.example")), value

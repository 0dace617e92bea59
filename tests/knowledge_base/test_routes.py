"""The article API and the help centre over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base import routes, routes_exchange, routes_files, routes_life
from knowledge_base.help_centre import routes as help_centre
from knowledge_base.service import KnowledgeBase
from server.auth import Role
from server.database import Database
from tests.knowledge_base.house import build, reader, staff
from tests.support import FakeClock

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
    parts = (routes_exchange, routes, routes_life, routes_files, help_centre)
    yield build(knowledge, database, clock, tmp_path, *(one.router for one in parts))


async def client(app: FastAPI, *roles: Role) -> httpx.AsyncClient:
    return await staff(app, *roles) if roles else reader(app)


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


async def test_an_articles_whole_life_over_the_api(app: FastAPI, clock: FakeClock) -> None:
    editor = await client(app, Role.EDITOR)
    made = (await editor.post("/api/articles", json=BODY)).json()
    at = f"/api/articles/{made['id']}"

    sent = await editor.post(f"{at}/review", json={"expected": 1, "note": "look"})
    assert sent.json()["status"] == "review"
    silent = await editor.post(f"{at}/return", json={"expected": 1, "note": " "})
    assert (silent.status_code, silent.json()["error"]["code"]) == (422, "invalid")
    back = await editor.post(f"{at}/return", json={"expected": 1, "note": "say when"})
    assert back.json()["status"] == "draft"

    soon = (clock.now() + timedelta(hours=1)).isoformat()
    timed = await editor.post(f"{at}/schedule", json={"expected": 1, "at": soon})
    assert (timed.json()["scheduled"], timed.json()["status"]) == (1, "draft")
    assert (await editor.post(f"{at}/unschedule", json={})).json()["scheduled"] is None
    again = await editor.post(f"{at}/unschedule", json={})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")

    gone = await editor.post(f"{at}/expire", json={"at": soon})
    assert gone.json()["expires_at"].startswith(clock.now().date().isoformat())
    assert (await editor.post(f"{at}/expire", json={"at": None})).json()["expires_at"] is None
    read = (await editor.post(f"{at}/reviewed", json={"days": 30})).json()
    assert read["review_by"] == (clock.now() + timedelta(days=30)).date().isoformat()

    await editor.put(at, json={**BODY, "outcome": "Dry in 2 days.", "expected": 1})
    late = await editor.post(f"{at}/schedule", json={"expected": 1, "at": soon})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "saved_by_other")
    diff = (await editor.get(f"{at}/diff", params={"old": 1, "new": 2})).json()
    (part,) = diff["parts"]
    assert part["part"] == "outcome"
    assert {"kind": "added", "text": "2 days"} in part["runs"]
    restored = await editor.post(f"{at}/restore", json={"expected": 2, "version": 1})
    assert (restored.json()["newest"], restored.json()["outcome"]) == (3, BODY["outcome"])
    assert restored.json()["review_by"] == read["review_by"], "the filing stays"

    live = await editor.post(f"{at}/publish", json={"expected": 3})
    assert live.status_code == 200
    german = await editor.post(f"{at}/variants", json={"language": "de"})
    assert (german.status_code, german.json()["slug"]) == (201, "wash-wool-de")
    twice = await editor.post(f"{at}/variants", json={"language": "de"})
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "conflict")
    family = (await editor.get(f"{at}/variants")).json()
    assert [one["language"] for one in family["members"]] == ["de", "en"]
    steps = [one["what"] for one in (await editor.get(f"{at}/history")).json()]
    assert steps[::-1] == [
        "submitted", "returned", "scheduled", "unscheduled", "reviewed", "published",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("review", {}),
        ("return", {"expected": 1, "note": "x" * 501}),
        ("schedule", {"expected": 1, "at": "2026-03-03T09:00:00"}),
        ("schedule", {"expected": 1, "at": "soon"}),
        ("expire", {}),
        ("reviewed", {"days": 0}),
        ("restore", {"expected": 1, "version": 0}),
        ("variants", {"language": "x" * 13}),
        ("variants", {"language": "??"}),
    ],
)
async def test_a_step_that_makes_no_sense_changes_nothing(
    app: FastAPI, path: str, body: dict[str, Any]
) -> None:
    editor = await client(app, Role.EDITOR)
    made = (await editor.post("/api/articles", json=BODY)).json()
    at = f"/api/articles/{made['id']}"
    answer = await editor.post(f"{at}/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert (await editor.get(at)).json()["family"] is None
    assert (await editor.get(f"{at}/history")).json() == []


async def test_the_list_is_filtered_and_paged_over_the_api(app: FastAPI) -> None:
    editor = await client(app, Role.EDITOR)
    for title in ("Wash wool", "Wash silk", "Fold linen"):
        fields = {**BODY, "title": title, "tags": ["wet"] if "Wash" in title else []}
        assert (await editor.post("/api/articles", json=fields)).status_code == 201
    params: dict[str, Any] = {"tag": "wet", "sort": "title", "limit": 1, "page": 2}
    answer = await editor.get("/api/articles", params=params)
    assert [one["title"] for one in answer.json()] == ["Wash wool"]
    assert answer.headers["x-total-count"] == "2"
    for wrong in ({"need": "love"}, {"limit": 501}, {"page": 0}, {"colour": "red"}):
        assert (await editor.get("/api/articles", params=wrong)).status_code == 422, wrong
    never = await editor.get("/api/articles", params={"need": "never-shown"})
    assert never.json() == [], "a draft can't be shown"

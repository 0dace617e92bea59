"""The API of what customers asked, through the whole app's doors."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base import routes, routes_asked, routes_questions
from knowledge_base.asked.desk import AskedDesk
from knowledge_base.asked.questions import prepare_starter, read_starter
from knowledge_base.importer import load_starter as load_articles
from knowledge_base.service import KnowledgeBase
from server.auth import COOKIE, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import ROOT
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.asked.test_asked_chat import solved
from tests.knowledge_base.support import LAMP, FakeEncoder, published, settings_at
from tests.support import FakeClock, sign_in

PASSWORD = "a long enough password"


@pytest.fixture
async def api(
    tmp_path: Path,
    database: Database,
    clock: FakeClock,
    encoder: FakeEncoder,
    knowledge: KnowledgeBase,
) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(routes_asked.router)
    app.include_router(routes_questions.router)
    app.include_router(routes.router)
    app.state.services = SimpleNamespace(
        settings=settings_at(tmp_path),
        limits=Limits.of(clock, settings_at(tmp_path)),
        clock=clock,
        database=database,
        knowledge=knowledge,
        asked=AskedDesk(database, clock, encoder, knowledge),
    )
    async with database.write() as db:
        await create_staff(
            db, clock, login="ada", name="Ada", password=PASSWORD, roles=[Role.EDITOR]
        )
        token = await sign_in(db, clock, "ada", PASSWORD)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1:8080",
        headers={"Cookie": f"{COOKIE}={token}", "X-Handrail": "1"},
    ) as client:
        yield client


async def test_from_a_question_in_vain_to_a_draft(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    for text in ("do you ship to norway", "ship to norway"):
        await Chat(clock.now() - timedelta(hours=1)).asks(text).write(database)
    (cluster,) = (await api.get("/api/articles/unanswered")).json()
    assert (cluster["failed"], cluster["asked"], cluster["fates"]) == (2, 2, {"nothing": 2})
    at = f"/api/articles/unanswered/{cluster['key']}"
    begun = await api.post(f"{at}/draft")
    assert begun.status_code == 201
    assert begun.json()["slug"] in ("do-you-ship-to-norway", "ship-to-norway")
    added = await api.post(f"{at}/add", json={"slug": lamp.slug})
    assert added.json() == {"added": 2}
    assert (await api.post(f"{at}/aside")).status_code == 204
    assert (await api.get("/api/articles/unanswered")).json() == []
    assert (await api.delete(f"{at}/aside")).status_code == 204
    assert len((await api.get("/api/articles/unanswered")).json()) == 1
    assert (await api.get("/api/articles/unanswered?days=91")).status_code == 422
    missing = await api.post(f"/api/articles/unanswered/{'0' * 64}/draft")
    assert missing.json()["error"]["code"] == "not_found"


async def test_a_draft_from_a_chat(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    chat = await solved(clock.now()).write(database)
    body = {"conversation_id": str(chat.id), "episode": 1}
    made = await api.post("/api/articles/drafts/from-chat", json=body)
    assert made.status_code == 201
    assert "Marta" not in made.text
    assert any(one["taken"] for one in made.json()["sentences"])
    nothing = await api.post("/api/articles/drafts/from-chat", json={**body, "sentences": []})
    assert nothing.status_code == 422
    other = {"conversation_id": str(uuid.uuid4()), "episode": 1}
    assert (await api.post("/api/articles/drafts/from-chat", json=other)).status_code == 404
    by_bot = await Chat(clock.now()).asks("q").write(database)
    refused = await api.post(
        "/api/articles/drafts/from-chat", json={"conversation_id": str(by_bot.id), "episode": 1}
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_solved_by_person")


async def test_questions_are_written_labelled_and_deleted(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    await published(database, clock, LAMP)
    body = {"text": "dark?", "slug": "the-lamp-does-not-light", "golden": True}
    made = (await api.post("/api/articles/questions", json=body)).json()
    assert (made["source"], made["golden"]) == ("editor", True)
    assert (await api.post("/api/articles/questions", json=body)).status_code == 409
    at = f"/api/articles/questions/{made['id']}"
    # Only a lead takes the mark off (tests of the review).
    guarded = await api.put(at, json={"slug": None, "golden": False})
    assert (guarded.status_code, guarded.json()["error"]["code"]) == (409, "golden_guarded")
    plain = {**body, "text": "dark again?", "golden": False}
    made = (await api.post("/api/articles/questions", json=plain)).json()
    at = f"/api/articles/questions/{made['id']}"
    changed = await api.put(at, json={"slug": None, "golden": False})
    assert (changed.json()["slug"], changed.json()["golden"]) == (None, False)
    listed = (await api.get("/api/articles/questions?words=dark&golden=false")).json()
    assert [one["id"] for one in listed["questions"]] == [made["id"]]
    assert (await api.delete(at)).status_code == 204
    assert (await api.delete(at)).status_code == 404
    too_long = {"text": "x" * 501, "slug": None}
    assert (await api.post("/api/articles/questions", json=too_long)).status_code == 422


async def test_the_digest_of_any_week(api: httpx.AsyncClient, clock: FakeClock) -> None:
    now = (await api.get("/api/articles/digest")).json()
    assert now["week"] == "2026-W10"
    assert (await api.get("/api/articles/digest?week=2026-W01")).json()["recurring"] == []
    for wrong in ("2026-W99", "2026-W11", "x"):
        assert (await api.get(f"/api/articles/digest?week={wrong}")).status_code == 422


def test_every_shipped_question_names_a_shipped_article() -> None:
    shipped = read_starter(ROOT / "data" / "articles" / "questions.jsonl")
    slugs = {path.stem for path in (ROOT / "data" / "articles").glob("*/*.md")}
    assert {slug for _, slug in shipped if slug is not None} <= slugs


def test_the_preparation_stores_the_shipped_questions_once(tmp_path: Path) -> None:
    from server.migrations import upgrade

    settings = settings_at(tmp_path)
    upgrade(settings)
    asyncio.run(load_articles(settings))
    first = asyncio.run(prepare_starter(settings))
    assert first > 200
    assert asyncio.run(prepare_starter(settings)) == 0
    with sqlite3.connect(tmp_path / "handrail.db") as held:
        golden = held.execute(
            "SELECT count(*), count(DISTINCT article_id) FROM stored_questions WHERE golden"
        ).fetchone()
    assert golden[0] == golden[1] > 90

"""What agents report reaches the editor's list, pages and API, masked, and is settled once."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base import catalogue, reports, routes, routes_reports
from knowledge_base.listing import browse
from knowledge_base.listing.filters import Filters
from knowledge_base.service import KnowledgeBase
from server.auth import COOKIE, Role, create_staff
from server.database import Database
from server.errors import Invalid, install_error_handlers
from server.limits import Limits
from tests.knowledge_base.support import LAMP, published, settings_at
from tests.support import FakeClock, sign_in

PASSWORD = "a long enough password"
CHAT = uuid.UUID(int=7)


@pytest.fixture
async def api(
    tmp_path: Path, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(routes_reports.router)
    app.include_router(routes.router)
    app.state.services = SimpleNamespace(
        settings=settings_at(tmp_path),
        limits=Limits.of(clock, settings_at(tmp_path)),
        clock=clock,
        database=database,
        knowledge=knowledge,
    )
    async with database.write() as db:
        await create_staff(db, clock, login="ed", name="Ed", password=PASSWORD, roles=[Role.EDITOR])
        token = await sign_in(db, clock, "ed", PASSWORD)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1:8080",
        headers={"Cookie": f"{COOKIE}={token}", "X-Handrail": "1"},
    ) as client:
        yield client


async def report(
    database: Database, clock: FakeClock, article: uuid.UUID | None, question: str, by: str = "ada"
) -> bool:
    async with database.write() as db:
        _, news = await reports.add(
            db, clock, what=reports.WRONG if article else reports.MISSING, article_id=article,
            conversation_id=CHAT, episode=1, question=question, by=by,
        )  # fmt: skip
    return news


async def test_a_wrong_article_is_found_in_the_list_until_it_is_dealt_with(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    lamp = await published(database, clock, LAMP)
    assert await report(database, clock, lamp.id, "mail ann@example.com, my name is Ann Peeters")
    assert not await report(database, clock, lamp.id, "again")
    clock.advance(1)
    assert await report(database, clock, lamp.id, "is it blue", by="bob")
    (first, second) = (await api.get("/api/articles/reports")).json()
    assert (first["question"], first["by"], first["slug"]) == (
        "mail [email], my name is [name]", "ada", lamp.slug,
    )  # fmt: skip
    async with database.read() as db:
        found = await browse.find(db, clock, Filters(need="reported"))
        assert [line.article.id for line in found.lines] == [lamp.id]
        assert dict(await reports.counts(db)) == {"wrong": 2}
        assert len(await reports.of_article(db, lamp.id)) == 2
    for one in (first, second):
        at = f"/api/articles/reports/{one['id']}/settle"
        assert (await api.post(at)).status_code == 204
        assert (await api.post(at)).status_code == 404
    async with database.read() as db:
        assert (await browse.find(db, clock, Filters(need="reported"))).total == 0


async def test_a_question_without_an_article_becomes_a_draft(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    await report(database, clock, None, "do you ship FW-204411 to Norway?")
    (one,) = (await api.get("/api/articles/reports", params={"what": "missing"})).json()
    assert one["conversation_id"] == str(CHAT)
    begun = await api.post(f"/api/articles/reports/{one['id']}/draft")
    assert begun.status_code == 201
    async with database.read() as db:
        _, newest = await catalogue.by_slug(db, begun.json()["slug"])
    assert newest.questions == ["do you ship to Norway?"]
    assert (await api.post(f"/api/articles/reports/{one['id']}/draft")).status_code == 404
    assert (await api.get("/api/articles/reports")).json() == []


async def test_a_report_names_what_it_is_about(database: Database, clock: FakeClock) -> None:
    with pytest.raises(Invalid):
        await report(database, clock, None, " ")
    async with database.write() as db:
        with pytest.raises(Invalid):
            await reports.add(
                db, clock, what="wrong", article_id=None, conversation_id=CHAT, episode=1,
                question="hm", by="ada",
            )  # fmt: skip

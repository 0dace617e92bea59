"""Data health over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from server.web import refuse_undeclared
from tests.support import FakeClock, sign_in
from training.health.desk import DataHealth
from training.health.routes import router
from training.paths import Paths

PASSWORD = "a long password"


@pytest.fixture
def app(database: Database, clock: FakeClock, desk: DataHealth, paths: Paths) -> FastAPI:
    app, settings = FastAPI(), Settings(var=paths.var)
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        health=desk,
    )
    install_error_handlers(app)
    app.include_router(router)
    return app


async def signed_in(app: FastAPI, role: Role) -> httpx.AsyncClient:
    held = app.state.services
    async with held.database.write() as db:
        await create_staff(
            db, held.clock, login=role.value, name=role.value, password=PASSWORD, roles=[role]
        )
        token = await sign_in(db, held.clock, role.value, PASSWORD, 1)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test/api/training",
        cookies={COOKIE: token},
        headers={CSRF_HEADER: "1"},
    )


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.TRAINER) as client:
        yield client


def test_every_route_declares_trainers(app: FastAPI) -> None:
    refuse_undeclared(app)


async def test_agents_stay_out(app: FastAPI) -> None:
    async with await signed_in(app, Role.AGENT) as client:
        assert (await client.get("/health")).status_code == 403
        assert (await client.post("/health")).status_code == 403


async def test_look_mend_and_settle(http: httpx.AsyncClient, desk: DataHealth) -> None:
    assert (await http.get("/health")).json()["at"] is None
    assert (await http.post("/health")).status_code == 202
    again = await http.post("/health")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_looking")
    await desk.wait()
    found = (await http.get("/health")).json()
    by_kind = {one["kind"]: one for one in found["findings"]}
    assert by_kind["few"]["mend"] == ["/staff/training?intent=greet"]

    line = by_kind["double"]["lines"][0][1]
    body = {"intent": line["intent"], "text": line["text"]}
    assert (await http.post("/health/examples/remove", json=body)).status_code == 204
    assert (await http.post("/health/examples/remove", json=body)).status_code == 404

    key = by_kind["few"]["key"]
    assert (await http.post(f"/health/findings/{key}/no-problem")).status_code == 204
    left = (await http.get("/health")).json()
    assert {"few", "double"}.isdisjoint(one["kind"] for one in left["findings"])
    assert left["settled"][0]["key"] == key
    assert (await http.delete(f"/health/findings/{key}/no-problem")).status_code == 204
    assert (await http.get("/health")).json()["settled"] == []


async def test_what_makes_no_sense_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/health/findings/abc/no-problem")).status_code == 422
    assert (await http.post(f"/health/findings/{'0' * 64}/no-problem")).status_code == 404
    assert (await http.post("/health/examples/remove", json={"intent": "greet"})).status_code == 422
    move = {"intent": "greet", "text": "hello", "to": "pizza"}
    assert (await http.post("/health/examples/move", json=move)).status_code == 422
    golden = {"intent": "greet", "texts": ["hello"]}
    assert (await http.post("/health/golden", json=golden)).status_code == 422


async def test_examples_move_and_golden_messages_come(
    http: httpx.AsyncClient, desk: DataHealth, taught: Paths
) -> None:
    move = {"intent": "greet", "text": "hello", "to": "deny"}
    assert (await http.post("/health/examples/move", json=move)).status_code == 204
    assert ("deny", "hello") in {(one.intent, one.text) for one in await desk.examples()}
    taught.golden.write_text("golden:\n  greet:\n  - hello you\n", "utf-8")
    golden = {"intent": "greet", "texts": ["mail ann@gmail.com my greetings"]}
    added = await http.post("/health/golden", json=golden)
    assert added.json()["texts"] == ["mail name@example.com my greetings"]
    assert (await http.post("/health/golden/remove", json=added.json())).status_code == 204
    assert "greetings" not in taught.golden.read_text("utf-8")

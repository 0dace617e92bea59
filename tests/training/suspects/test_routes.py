"""Doubtful examples over HTTP: who may, what is refused, and one decision of each kind."""

from __future__ import annotations

import uuid
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
from training.paths import Paths
from training.room import TrainingRoom
from training.suspects.routes import router
from training.suspects.service import Suspects

PASSWORD = "a long password"
WHICH = {"text": "account locked please", "intent": "warranty"}


@pytest.fixture
def app(
    database: Database, clock: FakeClock, room: TrainingRoom, suspects: Suspects, taught: Paths
) -> FastAPI:
    app, settings = FastAPI(), Settings(var=taught.var)
    app.state.services = SimpleNamespace(
        database=database, clock=clock, settings=settings, limits=Limits.of(clock, settings),
        training=room,
    )  # fmt: skip
    install_error_handlers(app)
    app.include_router(router)
    return app


async def signed_in(app: FastAPI, role: Role) -> httpx.AsyncClient:
    held = app.state.services
    async with held.database.write() as db:
        await create_staff(
            db, held.clock, login=role.value, name=role.value, password=PASSWORD, roles=[role]
        )
    async with held.database.write() as db:
        token = await sign_in(db, held.clock, role.value, PASSWORD, 1)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/training",
        cookies={COOKIE: token}, headers={CSRF_HEADER: "1"},
    )  # fmt: skip


@pytest.fixture
async def trainer(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.TRAINER) as client:
        yield client


def test_every_route_says_who_may_call_it(app: FastAPI) -> None:
    refuse_undeclared(app)


async def test_other_roles_stay_out(app: FastAPI) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as client:
        assert (await client.get("/suspects")).status_code == 403
        assert (await client.post("/suspects/keep", json=WHICH)).status_code == 403


async def test_found_decided_and_taken_back(trainer: httpx.AsyncClient, suspects: Suspects) -> None:
    assert (await trainer.get("/suspects")).json()["looking"] is True
    again = await trainer.post("/suspects/look")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_looking")
    await suspects.looking.wait()
    listed = (await trainer.get("/suspects")).json()
    assert WHICH["text"] in [one["text"] for one in listed["items"]]
    moved = await trainer.post("/suspects/relabel", json=WHICH | {"to": "password"})
    assert moved.json()["decision"] == "moved"
    gone = await trainer.post("/suspects/remove", json=WHICH)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
    assert (await trainer.delete(f"/suspects/decisions/{moved.json()['id']}")).status_code == 204
    kept = await trainer.post("/suspects/keep", json=WHICH)
    assert kept.json()["decision"] == "kept"
    listed = (await trainer.get("/suspects")).json()
    assert WHICH["text"] not in [one["text"] for one in listed["items"]]
    assert (await trainer.delete(f"/suspects/decisions/{kept.json()['id']}")).status_code == 204
    removed = await trainer.post("/suspects/remove", json=WHICH)
    assert removed.json()["decision"] == "removed"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/suspects?size=301", None, 422),
        ("POST", "/suspects/keep", {"text": "", "intent": "warranty"}, 422),
        ("POST", "/suspects/keep", {"text": "x" * 2001, "intent": "warranty"}, 422),
        ("POST", "/suspects/relabel", WHICH, 422),
        ("POST", "/suspects/relabel", WHICH | {"to": "pizza"}, 422),
        ("DELETE", f"/suspects/decisions/{uuid.UUID(int=9)}", None, 404),
    ],
)
async def test_what_is_out_of_bounds_is_refused(
    trainer: httpx.AsyncClient, method: str, path: str, body: object, status: int
) -> None:
    assert (await trainer.request(method, path, json=body)).status_code == status

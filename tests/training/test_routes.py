"""The trainer's room over HTTP: who may, what is refused, and the whole way from message to model."""

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
from tests.training.conftest import RIGHT
from tests.training.talk import Talk
from tests.training.test_promote import supervisor
from tests.training.test_train import serve
from training.paths import Paths
from training.promote import Promotions
from training.room import TrainingRoom
from training.routes import router

PASSWORD = "a long password"


@pytest.fixture
def app(database: Database, clock: FakeClock, room: TrainingRoom, paths: Paths) -> FastAPI:
    app, settings = FastAPI(), Settings(var=paths.var)
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=room,
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
    async with held.database.write() as db:
        token = await sign_in(db, held.clock, role.value, PASSWORD, 1)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test/api/training",
        cookies={COOKIE: token},
        headers={CSRF_HEADER: "1"},
    )


@pytest.fixture
async def trainer(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.TRAINER) as client:
        yield client


def test_every_route_declares_trainers(app: FastAPI) -> None:
    refuse_undeclared(app)


CALLS = [
    ("GET", "/inbox", None),
    ("GET", "/intents", None),
    ("GET", "/status", None),
    ("POST", "/labels", {"turn_ids": [str(uuid.uuid4())], "intent": "deny"}),
    ("DELETE", f"/labels/{uuid.uuid4()}", None),
    ("POST", "/ignore", {"turn_ids": [str(uuid.uuid4())]}),
    ("POST", "/runs", {}),
    ("POST", "/cancel", None),
    ("POST", f"/runs/{uuid.uuid4()}/promote", {}),
    ("POST", f"/runs/{uuid.uuid4()}/keep-old", None),
    ("POST", "/roll-back", {}),
]


@pytest.mark.parametrize("role", [Role.AGENT, Role.EDITOR, Role.SUPERVISOR])
async def test_other_roles_are_refused_everywhere(app: FastAPI, role: Role) -> None:
    async with await signed_in(app, role) as client:
        for method, path, body in CALLS:
            answer = await client.request(method, path, json=body)
            assert (path, answer.status_code) == (path, 403)
        client.cookies.clear()
        for method, path, body in CALLS:
            answer = await client.request(method, path, json=body)
            assert (path, answer.status_code) == (path, 401)


async def test_changes_need_the_header_that_forms_cannot_send(trainer: httpx.AsyncClient) -> None:
    del trainer.headers[CSRF_HEADER]
    assert (await trainer.get("/inbox")).status_code == 200
    assert (await trainer.post("/runs", json={})).status_code == 403


async def test_from_message_to_model_and_back(
    trainer: httpx.AsyncClient, talk: Talk, room: TrainingRoom, paths: Paths,
    database: Database, clock: FakeClock,
) -> None:  # fmt: skip
    room.promotions = Promotions(database, clock, paths, look=0.01)
    old = serve(paths, RIGHT)
    turn = await talk.says("parcel FW-204999?", "greet", 0.4)
    listed = (await trainer.get("/inbox", params={"doubtful": True})).json()
    assert [item["text"] for item in listed["items"]] == ["parcel FW-000000?"]
    assert listed["items"][0]["reasons"] == ["low_confidence"]
    body = {"turn_ids": [str(turn)], "intent": "order_status"}
    answer = (await trainer.post("/labels", json=body)).json()
    assert answer == {"done": [str(turn)], "refused": [], "asked": []}
    assert (await trainer.post("/labels", json=body)).json()["refused"][0]["turn_id"] == str(turn)
    assert (await trainer.get("/inbox")).json()["total"] == 0
    assert (await trainer.get("/status")).json()["labels_waiting"] == 1
    begun = await trainer.post("/runs", json={})
    assert begun.status_code == 202
    again = await trainer.post("/runs", json={})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_training")
    await room.job.wait()
    status = (await trainer.get("/status")).json()
    assert (status["run"]["state"], status["labels_waiting"]) == ("done", 0)
    assert (status["serving"], status["earlier"]) == ("old.tar.gz", None)
    async with supervisor(paths):
        promoted = await trainer.post(f"/runs/{status['run']['id']}/promote", json={})
        assert promoted.status_code == 202
        await room.promotions.wait()
        status = (await trainer.get("/status")).json()
        assert (status["promotion"]["state"], status["earlier"]) == ("done", "old.tar.gz")
        clock.advance(1)
        assert (await trainer.post("/roll-back", json={"reason": "odd"})).status_code == 202
        await room.promotions.wait()
    assert (await trainer.get("/status")).json()["serving"] == old.name


async def test_ignore_and_undo(trainer: httpx.AsyncClient, talk: Talk) -> None:
    turn = await talk.says("asdf")
    assert (await trainer.post("/ignore", json={"turn_ids": [str(turn)]})).json()["done"]
    assert (await trainer.get("/inbox")).json()["total"] == 0
    assert (await trainer.get("/inbox", params={"show": "ignored"})).json()["total"] == 1
    assert (await trainer.delete(f"/labels/{turn}")).status_code == 204
    assert (await trainer.delete(f"/labels/{turn}")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/labels", {"turn_ids": [], "intent": "deny"}),
        ("POST", "/labels", {"turn_ids": ["x"], "intent": "deny"}),
        ("POST", "/labels", {"turn_ids": [str(uuid.uuid4())] * 101, "intent": "deny"}),
        ("POST", "/labels", {"turn_ids": [str(uuid.uuid4())], "intent": "d" * 81}),
        ("POST", "/ignore", {}),
        ("GET", "/inbox?page=0", None),
        ("GET", "/inbox?size=101", None),
        ("GET", "/inbox?reason=boredom", None),
        ("GET", "/inbox?search=" + "s" * 201, None),
        ("POST", "/roll-back", {"reason": "r" * 501}),
    ],
)
async def test_what_is_out_of_bounds_is_refused(
    trainer: httpx.AsyncClient, method: str, path: str, body: object
) -> None:
    answer = await trainer.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_intents_and_unknown_runs(trainer: httpx.AsyncClient) -> None:
    assert {"name": "greet", "examples": 2} in (await trainer.get("/intents")).json()
    for path in ("promote", "keep-old"):
        answer = await trainer.post(f"/runs/{uuid.uuid4()}/{path}", json={})
        assert answer.status_code == 404
    assert (await trainer.post("/cancel")).status_code == 404
    assert (await trainer.post("/roll-back", json={})).json()["error"]["code"] == "no_earlier_model"

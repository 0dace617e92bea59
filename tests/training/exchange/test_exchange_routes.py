"""The new doors of the trainer's room: for trainers alone, with codes, and nothing stored by a dry run."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

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
from tests.training.labels.conftest import house, lines
from tests.training.labels.test_by_hand import edit
from tests.training.talk import Talk
from training import routes
from training.exchange import routes as exchange_routes
from training.exchange.rows import SIZE_LIMIT
from training.labels import routes as label_routes
from training.paths import Paths
from training.room import TrainingRoom

__all__ = ["house"]
PASSWORD = "a long password"
FILE = b'{"text": "ahoy", "intent": "greet"}\n{"text": "hi", "intent": "deny"}\n'


@pytest.fixture
def app(database: Database, clock: FakeClock, room: TrainingRoom, house: Paths) -> FastAPI:
    app, settings = FastAPI(), Settings(var=house.var)
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=room,
    )
    install_error_handlers(app)
    for router in (routes.router, label_routes.router, exchange_routes.router):
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


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/export", None),
    ("POST", "/import", None),
    ("GET", "/entities", None),
    ("POST", "/confirm", {"turn_ids": [str(uuid.uuid4())]}),
    ("POST", "/relabel", {"turn_id": str(uuid.uuid4()), "intent": "deny"}),
    ("PUT", f"/labels/{uuid.uuid4()}/spans", {"spans": []}),
    ("POST", "/intents", {"name": "parcel_shop"}),
    ("GET", "/edited", None),
    ("POST", f"/edited/{uuid.uuid4()}/accept", None),
    ("POST", f"/edited/{uuid.uuid4()}/put-back", None),
]


async def test_trainers_alone_come_in(app: FastAPI) -> None:
    refuse_undeclared(app)
    async with await signed_in(app, Role.AGENT) as client:
        for status in (403, 401):
            for method, path, body in CALLS:
                answer = await client.request(method, path, json=body)
                assert (path, answer.status_code) == (path, status)
            client.cookies.clear()


async def test_a_file_is_looked_at_first(trainer: httpx.AsyncClient, house: Paths) -> None:
    before = {path: path.read_bytes() for path in house.nlu.iterdir()}
    sent = {"file": ("new.jsonl", FILE)}
    report = (await trainer.post("/import", files=sent)).json()
    assert report["counts"] == {"added": 1, "known": 0, "conflicting": 1, "bad": 0}
    assert (report["dry_run"], report["rows"][1]["why"]) == (
        True,
        "It is an example of “greet” here.",
    )
    assert {path: path.read_bytes() for path in house.nlu.iterdir()} == before
    report = (await trainer.post("/import", files=sent, data={"dry_run": "false"})).json()
    assert (report["dry_run"], report["counts"]["added"]) == (False, 1)
    assert "ahoy" in lines(house, "greet")
    answer = await trainer.get("/export", params={"format": "csv"})
    assert answer.text.splitlines()[1].startswith("ahoy,greet,,import,trainer,,")
    assert answer.headers["content-disposition"] == 'attachment; filename="labels.csv"'


@pytest.mark.parametrize(
    ("files", "data", "status", "code"),
    [
        ({"file": ("x.txt", FILE)}, {}, 422, "invalid"),
        ({"other": ("x.csv", FILE)}, {}, 422, "invalid"),
        ({"file": ("x.jsonl", FILE)}, {"dry_run": "perhaps"}, 422, "invalid"),
        ({"file": ("x.jsonl", b"x" * (SIZE_LIMIT + 1))}, {}, 413, "too_large"),
        ({"file": ("x.jsonl", b"\xff")}, {"dry_run": "false"}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    trainer: httpx.AsyncClient, files: Any, data: Any, status: int, code: str
) -> None:
    answer = await trainer.post("/import", files=files, data=data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_marks_new_intents_and_second_thoughts(
    trainer: httpx.AsyncClient, talk: Talk, house: Paths
) -> None:
    one, two = (
        str(await talk.says("my kettle leaks", "greet")),
        str(await talk.says("a shop", "deny")),
    )
    assert (await trainer.get("/entities")).json()[1] == {"name": "PERSON", "roles": ["own"]}
    span = {"start": 3, "end": 9, "entity": "product"}
    body = {"turn_ids": [one], "intent": "order_status", "spans": [span]}
    refused = await trainer.post("/labels", json={**body, "turn_ids": [one, two]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
    assert (await trainer.post("/labels", json=body)).json()["done"] == [one]
    assert "my [kettle](product) leaks" in lines(house, "order_status")
    done = await trainer.post("/relabel", json={"turn_id": one, "intent": "warranty"})
    assert (done.json()["done"], lines(house, "warranty")) == (
        [one],
        ["my [kettle](product) leaks"],
    )
    marked = await trainer.put(f"/labels/{one}/spans", json={"spans": []})
    assert (marked.json(), lines(house, "warranty")) == ([], ["my kettle leaks"])
    wanted = {"name": "parcel_shop", "examples": ["collect it"], "turn_ids": [two]}
    created = await trainer.post("/intents", json=wanted)
    assert (created.status_code, created.json()["intent"]) == (
        201,
        {"name": "parcel_shop", "examples": 2},
    )
    again = await trainer.post("/intents", json=wanted)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "intent_exists")
    three = str(await talk.says("never ever", "deny"))
    assert (await trainer.post("/confirm", json={"turn_ids": [three]})).json()["done"] == [three]


async def test_edits_by_hand_are_settled(
    trainer: httpx.AsyncClient, talk: Talk, room: TrainingRoom, house: Paths
) -> None:
    await room.labels.label([await talk.says("ahoy"), await talk.says("yo")], "greet", None)
    for text in ("ahoy", "yo"):
        edit(house, "greet", f"    - {text}\n", "")
    edits = {one["text"]: one for one in (await trainer.get("/edited")).json()}
    assert {text: one["now"] for text, one in edits.items()} == {"ahoy": None, "yo": None}
    assert (await trainer.post(f"/edited/{edits['yo']['label_id']}/put-back")).status_code == 204
    assert (await trainer.post(f"/edited/{edits['ahoy']['label_id']}/accept")).status_code == 204
    assert (await trainer.get("/edited")).json() == []
    assert lines(house, "greet") == ["hi", "yo", "good morning"]

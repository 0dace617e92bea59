"""The test console over HTTP: who may, what is refused, and a conversation from try to test."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from server.auth import Role
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from server.web import refuse_undeclared
from tests.support import FakeClock
from tests.training.talk import Talk
from tests.training.test_routes import signed_in
from training.paths import Paths
from training.room import TrainingRoom
from training.trying.routes import router

SAID = [{"text": "hello there"}, {"text": "my order please"}]


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
    refuse_undeclared(app)
    return app


@pytest.fixture
async def trainer(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.TRAINER) as client:
        yield client


CALLS = [
    ("GET", "/try/models", None),
    ("POST", "/try", {"said": SAID}),
    ("GET", f"/try/episode/{uuid.UUID(int=9)}", None),
    ("GET", "/stories", None),
    ("POST", "/stories", {"said": SAID, "model": "serving"}),
    ("POST", "/stories/run", {"model": "serving"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_agents_and_strangers_may_not(
    app: FastAPI, method: str, path: str, body: object
) -> None:
    async with await signed_in(app, Role.AGENT) as agent:
        assert (await agent.request(method, path, json=body)).status_code == 403
        agent.cookies.clear()
        assert (await agent.request(method, path, json=body)).status_code == 401


async def test_without_names_the_serving_model_stands_beside_the_candidate(
    trainer: httpx.AsyncClient,
) -> None:
    names = (await trainer.get("/try/models")).json()
    assert names == [
        {"name": "serving", "kind": "serving"}, {"name": "candidate", "kind": "candidate"},
    ]  # fmt: skip
    serving, candidate = (await trainer.post("/try", json={"said": SAID})).json()
    assert (serving["model"], candidate["model"]) == ("serving", "candidate")
    assert [turn["intent"] for turn in serving["turns"]] == ["greet", "order_status"]
    assert serving["turns"][1]["found"]["kind"] == "answer"
    assert candidate["turns"][1]["ran"] == ["action_deny"]


async def test_a_conversation_becomes_a_test_once(trainer: httpx.AsyncClient) -> None:
    body = {"said": SAID, "model": "serving", "title": "asks"}
    made = await trainer.post("/stories", json=body)
    assert made.status_code == 201
    again = await trainer.post("/stories", json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "story_exists")
    assert (await trainer.post("/stories", json={**body, "instead": True})).status_code == 201
    assert (await trainer.get("/stories")).json() == [
        {"title": "asks", "file": made.json()["file"], "messages": 2}
    ]
    results = (await trainer.post("/stories/run", json={"model": "candidate"})).json()
    assert [one["passed"] for one in results] == [False]


async def test_an_episode_comes_masked(trainer: httpx.AsyncClient, talk: Talk) -> None:
    turn_id = await talk.says("mail ann.peeters@gmail.com please", "give_details")
    found = (await trainer.get(f"/try/episode/{turn_id}")).json()
    assert found == {
        "said": [{"text": "mail name@example.com please", "intent": "give_details"}],
        "left_out": 0,
    }
    missing = await trainer.get(f"/try/episode/{uuid.uuid4()}")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"said": []}, 422, "invalid"),
        ({"said": [{"text": "x" * 4001}]}, 422, "invalid"),
        ({"said": [{"text": "/choose{"}], "models": ["serving"]}, 200, None),
        ({"said": [{"text": "/choose{oops}"}], "models": ["serving"]}, 422, "invalid"),
        ({"said": [{"text": "   "}], "models": ["serving"]}, 422, "invalid"),
        ({"said": SAID, "models": ["../serving"]}, 404, "not_found"),
        ({"said": SAID, "models": ["a", "b", "c", "d"]}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_tried_is_refused(
    trainer: httpx.AsyncClient, body: dict[str, object], status: int, code: str | None
) -> None:
    answer = await trainer.post("/try", json=body)
    assert answer.status_code == status
    assert code is None or answer.json()["error"]["code"] == code

"""Kept models, steps, promotion, roll-back and shadowing over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

import training.promoting.routes
import training.shadowing.routes
from server.auth import Role
from server.database import Database
from server.web import refuse_undeclared
from tests.support import FakeClock
from tests.training.house_of_models import House
from tests.training.test_promote import supervisor
from tests.training.test_routes import app, signed_in
from training.paths import Paths
from training.room import TrainingRoom

__all__ = ["app"]


@pytest.fixture
def house(database: Database, clock: FakeClock, paths: Paths, room: TrainingRoom) -> House:
    house = House(database, clock, paths)
    house.serve(house.model("first", "models"))
    room.promotions = house.promotions
    return house


@pytest.fixture
def whole(app: FastAPI) -> FastAPI:
    app.include_router(training.promoting.routes.router)
    app.include_router(training.shadowing.routes.router)
    refuse_undeclared(app)
    return app


@pytest.fixture
async def trainer(whole: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(whole, Role.TRAINER) as client:
        yield client


async def test_from_a_refusal_to_a_named_way_back(
    trainer: httpx.AsyncClient, house: House, paths: Paths
) -> None:
    run = await house.candidate("candidate", "worse")
    promote = f"/runs/{run.id}/promote"
    refused = await trainer.post(promote, json={"even_if_worse": True, "reason": "an emergency"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_better")
    async with supervisor(paths):
        knowingly = {"even_if_worse": True, "reason": "an emergency", "confirm": "candidate"}
        assert (await trainer.post(promote, json=knowingly)).status_code == 202
        await house.promotions.wait()
        await house.ended_well()
        back = await trainer.post("/roll-back", json={"reason": "it was over", "to": "first"})
        assert back.status_code == 202
        await house.promotions.wait()
        await house.ended_well()
    gone = await trainer.post("/roll-back", json={"to": "nothing"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
    models = (await trainer.get("/models")).json()
    assert [(model["name"], model["serving"], model["can_return"]) for model in models] == [
        ("first", True, False),
        ("candidate", False, True),
    ]
    assert models[1]["replaced_why"] == "it was over"
    steps = (await trainer.get("/steps", params={"limit": 3})).json()
    assert [(step["what"], step["model"], step["by"]) for step in steps] == [
        ("rolled_back", "first", "trainer"),
        ("promoted", "candidate", "trainer"),
        ("refused", "candidate", "trainer"),
    ]
    assert steps[0]["why"] == "it was over"


async def test_shadowing_over_http(
    trainer: httpx.AsyncClient, house: House, room: TrainingRoom
) -> None:
    assert (await trainer.get("/shadow")).status_code == 404
    assert (await trainer.post("/shadow/stop")).json()["error"]["code"] == "not_shadowing"
    run = await house.candidate("candidate")
    for senseless in ({"share": 0}, {"share": 1.1}, {"wanted": 0}):
        body = {"run_id": str(run.id), **senseless}
        assert (await trainer.post("/shadow", json=body)).status_code == 422
    begun = await trainer.post("/shadow", json={"run_id": str(run.id), "share": 0.5})
    assert (begun.status_code, begun.json()["state"]) == (202, "starting")
    again = await trainer.post("/shadow", json={"run_id": str(run.id)})
    assert again.json()["error"]["code"] == "already_shadowing"
    found = (await trainer.get("/shadow")).json()
    assert (found["model"], found["trial"]["share"], found["read"]) == ("candidate", 0.5, 0)
    assert (await trainer.post("/shadow/stop")).status_code == 204
    await room.shadowing.wait()
    assert (await trainer.get("/shadow")).json()["trial"]["state"] == "ended"
    none = {"run_id": str(uuid.uuid4())}
    assert (await trainer.post("/shadow", json=none)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/models"), ("GET", "/steps"), ("GET", "/shadow"), ("POST", "/shadow"),
     ("POST", "/shadow/stop")],
)  # fmt: skip
async def test_only_trainers_may(whole: FastAPI, method: str, path: str) -> None:
    async with await signed_in(whole, Role.AGENT) as agent:
        assert (await agent.request(method, path, json={})).status_code == 403

"""Comparisons over HTTP: trainers read them and begin new ones."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from server.auth import Role
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from tests.support import FakeClock
from tests.training.comparing.conftest import MakeRun
from tests.training.test_routes import signed_in
from training.comparing.comparer import Comparer
from training.comparing.routes import router
from training.paths import Paths


@pytest.fixture
def app(database: Database, clock: FakeClock, comparer: Comparer, paths: Paths) -> FastAPI:
    app, settings = FastAPI(), Settings(var=paths.var)
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=SimpleNamespace(comparer=comparer),
    )
    install_error_handlers(app)
    app.include_router(router)
    return app


async def test_a_trainer_compares_again_and_reads_it(
    app: FastAPI, comparer: Comparer, make_run: MakeRun
) -> None:
    run = await make_run({})
    async with await signed_in(app, Role.TRAINER) as http:
        assert (await http.get(f"/runs/{run.id}/comparison")).status_code == 404
        begun = await http.post(f"/runs/{run.id}/comparison")
        assert begun.status_code == 202
        again = await http.post(f"/runs/{run.id}/comparison")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "already_comparing")
        await comparer.wait()
        found = (await http.get(f"/runs/{run.id}/comparison")).json()
        assert (found["verdict"], found["blocks"], found["run_id"]) == ("first", [], str(run.id))
        assert found["golden"]["messages"] == 5
        assert (await http.post(f"/runs/{uuid.uuid4()}/comparison")).status_code == 404
        assert (await http.get("/runs/nonsense/comparison")).status_code == 422


async def test_nobody_else_may(app: FastAPI, make_run: MakeRun) -> None:
    run = await make_run({})
    async with await signed_in(app, Role.AGENT) as http:
        assert (await http.get(f"/runs/{run.id}/comparison")).status_code == 403
        assert (await http.post(f"/runs/{run.id}/comparison")).status_code == 403
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as http:
        answer = await http.get(f"/api/training/runs/{run.id}/comparison")
        assert answer.status_code == 401

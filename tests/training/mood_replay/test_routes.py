"""The threshold over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from conversations.models import Outcome
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from server.web import refuse_undeclared
from tests.support import FakeClock, sign_in
from tests.training.mood_replay.past import Past
from training.mood_replay.desk import MoodReplay
from training.mood_replay.routes import router

PASSWORD = "a long password"
WHY = "tried it on the last month"


@pytest.fixture
def app(database: Database, clock: FakeClock, desk: MoodReplay, settings: Settings) -> FastAPI:
    app = FastAPI()
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        mood_replay=desk,
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
        assert (await client.get("/frustration")).status_code == 403
        body = {"handoff": 0.5, "reason": WHY, "seen": 0}
        assert (await client.post("/frustration", json=body)).status_code == 403


async def test_look_try_save_and_bring_back(http: httpx.AsyncClient, past: Past) -> None:
    await past.chat([0.2, 0.55], outcome=Outcome.ABANDONED)
    await past.chat([0.52], outcome=Outcome.CONFIRMED)
    found = (await http.get("/frustration")).json()
    assert (found["handoff"], found["version"], found["least"], found["most"]) == (0.6, 0, 0.4, 1.0)

    tried = (await http.get("/frustration/replay", params={"handoff": 0.5})).json()
    assert tried["now"]["handed"] == 0
    assert tried["then"] == {
        "handed": 2, "a_week": 2.0, "bad": 1, "caught": 1, "well": 1, "needless": 1,
    }  # fmt: skip
    assert tried["changes"] == {"new": 2, "earlier": 0, "later": 0, "gone": 0}
    assert len(tried["curve"]) == 61
    assert tried["shown"][0]["signals"][0]["name"] == "wording"

    body = {"handoff": 0.5, "reason": WHY, "seen": 0}
    saved = await http.post("/frustration", json=body)
    assert (saved.json()["handoff"], saved.json()["version"]) == (0.5, 1)
    assert saved.json()["history"][0]["by"] == "trainer"
    again = await http.post("/frustration", json={**body, "handoff": 0.7})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "threshold_changed")

    back = {"version": 0, "reason": "as it was before", "seen": 1}
    assert (await http.post("/frustration/restore", json=back)).json()["handoff"] == 0.6
    missing = await http.post("/frustration/restore", json={**back, "version": 7, "seen": 2})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"handoff": 0.2, "reason": WHY, "seen": 0},
        {"handoff": 0.5, "reason": "short", "seen": 0},
        {"handoff": 0.5, "reason": " " * 20, "seen": 0},
        {"handoff": 0.5, "reason": WHY},
        {"handoff": "high", "reason": WHY, "seen": 0},
    ],
)
async def test_what_makes_no_sense_is_refused(
    http: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await http.post("/frustration", json=body)).status_code == 422
    assert (await http.get("/frustration")).json()["version"] == 0


async def test_scoring_again_needs_a_model_in_service(http: httpx.AsyncClient) -> None:
    assert (await http.get("/frustration/scores")).json()["running"] is False
    begun = await http.post("/frustration/scores")
    assert (begun.status_code, begun.json()["error"]["code"]) == (503, "unavailable")
    assert (await http.get("/frustration/replay", params={"handoff": 0.2})).status_code == 422
    odd = {"handoff": 0.5, "days": 45}
    assert (await http.get("/frustration/replay", params=odd)).status_code == 422

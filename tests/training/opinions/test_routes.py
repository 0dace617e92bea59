"""Second opinions over HTTP: the first choice is never told, roles, bounds."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from server.auth import COOKIE, CSRF_HEADER
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from server.web import refuse_undeclared
from tests.support import FakeClock, sign_in
from tests.training.opinions.conftest import PASSWORD, People, ask_for_all
from tests.training.talk import Talk
from training.opinions.routes import router
from training.opinions.rules import Rules
from training.paths import Paths
from training.room import TrainingRoom
from training.routes import router as room_router


@pytest.fixture
def app(database: Database, clock: FakeClock, room: TrainingRoom, paths: Paths) -> FastAPI:
    app, settings = FastAPI(), Settings(var=paths.var)
    app.state.services = SimpleNamespace(
        database=database, clock=clock, settings=settings, limits=Limits.of(clock, settings),
        training=room,
    )  # fmt: skip
    install_error_handlers(app)
    app.include_router(router)
    app.include_router(room_router)
    return app


@pytest.fixture
async def clients(app: FastAPI, people: People) -> AsyncIterator[SimpleNamespace]:
    """One client for each person, by first name."""
    held = app.state.services
    made = {}
    for name in ("ann", "ben", "cleo", "sue"):
        async with held.database.write() as db:
            token = await sign_in(db, held.clock, name, PASSWORD, 1)
        made[name] = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test/api/training",
            cookies={COOKIE: token}, headers={CSRF_HEADER: "1"},
        )  # fmt: skip
    yield SimpleNamespace(**made)
    for client in made.values():
        await client.aclose()


def test_every_route_says_who_may_call_it(app: FastAPI) -> None:
    refuse_undeclared(app)


async def test_nothing_that_the_second_person_can_read_tells_the_first_choice(
    clients: SimpleNamespace, room: TrainingRoom, people: People, talk: Talk, paths: Paths
) -> None:
    # The one intent that is asked about: the reason alone would tell it.
    paths.domain.write_text(paths.domain.read_text("utf-8") + "- secret_choice\n", "utf-8")
    rules = Rules(enabled=True, share=0.0, new_intents=False, intents=("secret_choice",))
    await room.opinions.set_rules(rules, people.sue)
    turn = await talk.says("never ever", "greet")
    body = {"turn_ids": [str(turn)], "intent": "secret_choice"}
    answer = (await clients.ann.post("/labels", json=body)).json()
    assert answer["asked"] == [str(turn)] and answer["done"] == []
    listed = (await clients.ben.get("/opinions")).json()
    assert listed["to_give"][0].keys() == {"id", "text", "guesses"}
    read = [listed]
    for path in ("/opinions/agreement", "/inbox", "/inbox?show=labelled", "/status"):
        found = await clients.ben.get(path)
        assert found.status_code == 200
        read.append(found.json())
    assert "secret_choice" not in json.dumps(read)
    assert "Ann" not in json.dumps(listed)
    case_id = listed["to_give"][0]["id"]
    for path in ("/revise", "/settle"):
        said = {"intent": "greet", "reason": "Let me see"}
        refused = await clients.ben.post(f"/opinions/{case_id}{path}", json=said)
        assert refused.status_code in (404, 409)
        assert "secret_choice" not in refused.text
    assert (await clients.ben.delete(f"/opinions/{case_id}")).status_code == 404
    # Afterwards both are told.
    outcome = (await clients.ben.post(f"/opinions/{case_id}", json={"intent": "greet"})).json()
    assert (outcome["state"], outcome["intent"]) == ("disagreed", None)
    assert "secret_choice" in (await clients.ben.get("/opinions")).text


async def test_the_whole_way_over_http(
    clients: SimpleNamespace, room: TrainingRoom, people: People, talk: Talk
) -> None:
    await ask_for_all(room, people)
    turn = await talk.says("never ever")
    body = {"turn_ids": [str(turn)], "intent": "deny"}
    await clients.ann.post("/labels", json=body)
    case_id = (await clients.ben.get("/opinions")).json()["to_give"][0]["id"]
    own = await clients.ann.post(f"/opinions/{case_id}", json={"intent": "deny"})
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own_opinion")
    unknown = await clients.ben.post(f"/opinions/{case_id}", json={"intent": "pizza"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "invalid")
    await clients.ben.post(f"/opinions/{case_id}", json={"intent": "greet"})
    late = await clients.cleo.post(f"/opinions/{case_id}", json={"intent": "deny"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "opinion_given")
    said = {"intent": "deny", "reason": "It answers no"}
    settled = (await clients.cleo.post(f"/opinions/{case_id}/settle", json=said)).json()
    assert (settled["state"], settled["intent"], settled["problem"]) == ("done", "deny", "")
    again = await clients.cleo.post(f"/opinions/{case_id}/settle", json=said)
    assert again.json()["error"]["code"] == "opinion_settled"


async def test_not_sure_and_taken_back(clients: SimpleNamespace, talk: Talk) -> None:
    turn = await talk.says("never ever")
    body = {"turn_id": str(turn), "intent": "deny"}
    asked = await clients.ann.post("/opinions", json=body)
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    twice = await clients.ann.post("/opinions", json=body)
    assert twice.json()["error"]["code"] == "opinion_asked"
    case_id = asked.json()["case_id"]
    assert (await clients.ann.delete(f"/opinions/{case_id}")).status_code == 204
    assert (await clients.ben.get("/opinions")).json()["to_give"] == []


async def test_supervisors_rule_and_trainers_answer(clients: SimpleNamespace, talk: Talk) -> None:
    rules = {"version": 0, "enabled": True, "share": 0.1, "new_intents": False, "note": "A try"}
    assert (await clients.ann.put("/opinions/rules", json=rules)).status_code == 403
    kept = (await clients.sue.put("/opinions/rules", json=rules)).json()
    assert (kept["version"], kept["by"], kept["share"]) == (1, "Sue", 0.1)
    stale = await clients.sue.put("/opinions/rules", json=rules)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "rules_changed")
    assert (await clients.ann.get("/opinions/rules")).json()["enabled"] is True
    assert (await clients.sue.get("/opinions/agreement")).status_code == 200
    some = str(uuid.uuid4())
    said = {"intent": "deny", "reason": "Because"}
    for method, path, body in (
        ("GET", "/opinions", None),
        ("POST", "/opinions", {"turn_id": some, "intent": "deny"}),
        ("POST", f"/opinions/{some}", {"intent": "deny"}),
        ("POST", f"/opinions/{some}/revise", said),
        ("POST", f"/opinions/{some}/settle", said),
        ("DELETE", f"/opinions/{some}", None),
    ):
        assert (await clients.sue.request(method, path, json=body)).status_code == 403
        missing = await clients.ann.request(method, path, json=body)
        assert missing.status_code == (200 if method == "GET" else 404)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/opinions", {"turn_id": "x"}),
        ("POST", f"/opinions/{uuid.UUID(int=9)}", {"intent": ""}),
        ("POST", f"/opinions/{uuid.UUID(int=9)}", {"intent": "d" * 81}),
        ("POST", f"/opinions/{uuid.UUID(int=9)}/settle", {"intent": "deny", "reason": ""}),
        ("POST", f"/opinions/{uuid.UUID(int=9)}/revise", {"intent": "deny", "reason": "r" * 501}),
        ("GET", "/opinions/agreement?days=0", None),
        (
            "PUT",
            "/opinions/rules",
            {"version": 0, "enabled": True, "share": 2, "new_intents": True},
        ),
    ],
)
async def test_what_is_out_of_bounds_is_refused(
    clients: SimpleNamespace, method: str, path: str, body: object
) -> None:
    client = clients.sue if method == "PUT" else clients.ann
    answer = await client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")

"""The review queue over HTTP: its fields, its filters, and who may."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from server.auth import Role
from tests.support import FakeClock
from tests.training.talk import Talk
from tests.training.test_routes import app, signed_in
from training.review.items import Show

__all__ = ["app"]


@pytest.fixture
async def trainer(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.TRAINER) as client:
        yield client


async def test_an_item_carries_all_that_a_trainer_needs(
    trainer: httpx.AsyncClient, talk: Talk, clock: FakeClock
) -> None:
    text = "where is FW-204411"
    turn = await talk.says(
        text, "greet", 0.4, runner_up=("order_status", 0.35), language={"code": "nl"},
        entities=[{"entity": "order_number", "start": 9, "end": 18, "value": "FW-204411"}],
    )  # fmt: skip
    listed = (await trainer.get("/inbox")).json()
    (found,) = listed["items"]
    assert (await trainer.get(f"/inbox/{turn}")).json() == found
    assert (listed["total"], listed["unread"], listed["languages"]) == (1, 0, {"nl": 1})
    assert found["text"] == "where is FW-000000"
    assert found["entities"] == [
        {"entity": "order_number", "value": "FW-000000", "start": 9, "end": 18}
    ]
    assert found["candidates"] == [["greet", 0.4], ["order_status", 0.35]]
    assert [one["title"] for one in found["found"]] == ["Returning a thing"]
    assert (found["searched"], found["decided"], found["after"]) == (False, None, "nothing")
    assert 0 < found["wrong"] < 1 and found["value"] > 0
    assert "misread" in found["why"] and "in one chat" in found["why"]
    assert (found["cluster_size"], found["opinions"], found["sent_at"]) == (1, [], None)


async def test_filters_narrow_the_list(
    trainer: httpx.AsyncClient, talk: Talk, clock: FakeClock
) -> None:
    early = clock.now()
    await talk.says("Hallo daar", "greet", 0.9, language={"code": "nl"})
    clock.advance(600)
    await talk.says("good day", "greet", 0.2)
    for query, expected in (
        ({"language": "nl"}, ["Hallo daar"]),
        ({"language": "en"}, ["good day"]),
        ({"max_confidence": 0.5}, ["good day"]),
        ({"min_confidence": 0.5}, ["Hallo daar"]),
        ({"since": clock.now().isoformat()}, ["good day"]),
        ({"until": clock.now().isoformat()}, ["Hallo daar"]),
        ({"since": early.isoformat(), "order": "newest"}, ["good day", "Hallo daar"]),
        ({"order": "unsure"}, ["good day", "Hallo daar"]),
        ({"reason": "low_confidence"}, ["good day"]),
        ({"search": "HALLO"}, ["Hallo daar"]),
        ({"intent": "deny"}, []),
    ):
        answer = await trainer.get("/inbox", params=query)
        assert answer.status_code == 200, answer.text
        assert [one["text"] for one in answer.json()["items"]] == expected, query


async def test_a_cluster_is_listed_and_labelled(trainer: httpx.AsyncClient, talk: Talk) -> None:
    for last in ("now", "sadly"):
        talk.over()
        await talk.says(f"the lamp that I bought last week is broken {last}", "greet", 0.4)
    (cluster,) = (await trainer.get("/clusters")).json()["clusters"]
    assert (cluster["size"], cluster["intents"]) == (2, {"greet": 2})
    turns = [one["turn_id"] for one in cluster["items"]]
    done = await trainer.post(
        f"/clusters/{cluster['id']}/label", json={"intent": "order_status", "turn_ids": turns[:1]}
    )
    assert done.json() == {"done": turns[:1], "refused": [], "asked": []}
    done = await trainer.post(f"/clusters/{cluster['id']}/ignore", json={})
    assert done.json() == {"done": turns[1:], "refused": [], "asked": []}
    assert (await trainer.get("/clusters")).json()["total"] == 0


async def test_a_missing_article_is_sent_and_brought_back(
    trainer: httpx.AsyncClient, talk: Talk
) -> None:
    turn = str(await talk.says("do you ship pianos"))
    sent = await trainer.post("/missing", json={"turn_ids": [turn], "note": "none yet"})
    assert sent.json() == {"done": [turn], "refused": [], "asked": []}
    listed = await trainer.get("/inbox", params={"show": Show.SENT.value})
    assert listed.json()["items"][0]["sent_at"]
    assert (await trainer.delete(f"/missing/{turn}")).status_code == 204
    assert (await trainer.get("/inbox")).json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/inbox?min_confidence=2", None),
        ("GET", "/inbox?since=2026-01-01T00:00:00", None),
        ("GET", "/clusters?order=doubt", None),
        ("POST", "/clusters/x/label", {"intent": ""}),
        ("POST", "/clusters/x/label", {"intent": "greet", "turn_ids": []}),
        ("POST", "/missing", {"turn_ids": []}),
        ("POST", "/missing", {"turn_ids": [str(uuid.uuid4())], "note": "x" * 501}),
    ],
)
async def test_what_is_malformed_is_refused(
    trainer: httpx.AsyncClient, method: str, path: str, body: object
) -> None:
    assert (await trainer.request(method, path, json=body)).status_code == 422


async def test_what_is_not_there_is_not_found(trainer: httpx.AsyncClient) -> None:
    gone = uuid.uuid4()
    assert (await trainer.get(f"/inbox/{gone}")).status_code == 404
    assert (await trainer.delete(f"/missing/{gone}")).status_code == 404
    body = {"intent": "greet"}
    assert (await trainer.post("/clusters/nowhere/label", json=body)).status_code == 404


async def test_only_trainers_see_what_customers_wrote(app: FastAPI) -> None:
    async with await signed_in(app, Role.AGENT) as agent:
        for path in ("/inbox", f"/inbox/{uuid.uuid4()}", "/clusters"):
            assert (await agent.get(path)).status_code == 403
        for path in ("/clusters/x/label", "/clusters/x/ignore", "/missing"):
            assert (await agent.post(path, json={})).status_code == 403

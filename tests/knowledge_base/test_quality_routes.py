"""The quality API: who may see and set it, and what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from knowledge_base import routes_quality
from knowledge_base.asked import questions
from knowledge_base.service import KnowledgeBase
from server.auth import Role
from server.database import Database
from tests.knowledge_base.house import build, staff
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, published
from tests.knowledge_base.test_quality import knowledge
from tests.support import FakeClock

__all__ = ["knowledge"]

URL = "/api/articles/quality"
ENDINGS = ("please", "today", "again", "quickly", "thanks", "somehow", "tonight", "urgently")


@pytest.fixture
async def app(
    knowledge: KnowledgeBase, database: Database, clock: FakeClock, tmp_path: Path
) -> FastAPI:
    app = build(knowledge, database, clock, tmp_path, routes_quality.router)
    for wanted in (RETURN, LAMP, INVOICE):
        article = await published(database, clock, wanted)
    await knowledge.wait_for_revision(article.revision)
    return app


@pytest.fixture
async def lead(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await staff(app, Role.SUPERVISOR) as http:
        yield http


async def label(app: FastAPI) -> None:
    held: Any = app.state.services
    async with held.database.write() as db:
        for wanted in (RETURN, LAMP, INVOICE):
            for ending in ENDINGS:
                text = f"{wanted.questions[0]} {ending}"
                await questions.add(db, held.clock, text, wanted.slug, golden=ending == "today")
        for ending in ENDINGS:
            # The words of an article, and yet no article answers it.
            await questions.add(db, held.clock, f"{LAMP.questions[1]} on the moon {ending}", None)


async def test_an_editor_sees_it_and_sets_nothing(app: FastAPI) -> None:
    async with await staff(app, Role.EDITOR) as http:
        assert (await http.get(URL)).status_code == 200
        assert (await http.put(URL, json={"answer_precision": 0.9})).status_code == 403
        assert (await http.post(f"{URL}/fit")).status_code == 403
        assert (await http.delete(f"{URL}/fit")).status_code == 403
    async with await staff(app, Role.AGENT) as http:
        assert (await http.get(URL)).status_code == 403


async def test_without_enough_questions_it_says_so(lead: httpx.AsyncClient) -> None:
    seen = (await lead.get(URL)).json()
    assert (seen["enough"], seen["labelled"], seen["targets"]) == (False, 0, [])
    refused = await lead.post(f"{URL}/fit")
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "invalid"
    assert "It takes 30 labelled questions" in refused.json()["error"]["message"]


async def test_a_lead_sees_what_each_target_means_and_sets_one(
    app: FastAPI, lead: httpx.AsyncClient
) -> None:
    await label(app)
    seen = (await lead.get(URL, params={"target": 0.5})).json()
    assert (seen["labelled"], seen["answerable"], seen["golden"], seen["new"]) == (32, 24, 3, 32)
    rows = seen["targets"]
    assert [row["target"] for row in rows] == sorted({row["target"] for row in rows})
    assert {0.5, 0.9, seen["answer_precision"]} <= {row["target"] for row in rows}
    answered = [row["answered"] for row in rows]
    assert answered == sorted(answered, reverse=True)
    assert answered[0] > 0
    for row in rows:
        assert row["questions"] == 32 == row["answered"] + row["choices"] + row["nothing"]
        if row["answered"]:
            assert row["precision"]["of"] == row["answered"]
            assert row["precision"]["low"] <= row["precision"]["value"] <= row["precision"]["high"]
    assert len(seen["wrong"]) == rows[0]["answered"] - rows[0]["helped"]
    assert all("moon" in one["text"] and one["right"] is None for one in seen["wrong"])

    changed = await lead.put(URL, json={"answer_precision": 0.97})
    assert changed.json()["answer_precision"] == 0.97
    assert app.state.services.knowledge.policy.precision == 0.97
    for wrong in (0.3, 1.2, "much", None):
        answer = await lead.put(URL, json={"answer_precision": wrong})
        assert answer.status_code == (200 if wrong is None else 422)
    assert (await lead.get(URL)).json()["answer_precision"] == seen["setting"]
    assert (await lead.put(URL, json={})).status_code == 422
    assert (await lead.get(URL, params={"target": 3})).status_code == 422


async def test_a_fit_says_what_it_gained_and_can_be_undone(
    app: FastAPI, lead: httpx.AsyncClient
) -> None:
    await label(app)
    outcome = (await lead.post(f"{URL}/fit")).json()
    assert (outcome["questions"], outcome["answerable"]) == (32, 24)
    assert outcome["before"]["questions"] == outcome["after"]["questions"] == 32
    seen = (await lead.get(URL)).json()
    assert outcome["kept"]
    assert (seen["fitted_by"], seen["new"]) == ("supervisor", 0)
    assert seen["calibration"] == outcome["calibration"]
    assert (await lead.request("DELETE", f"{URL}/fit", json={"note": "why"})).status_code == 204
    after = (await lead.get(URL)).json()
    assert (after["fitted_at"], after["fitted_by"], after["new"]) == (None, None, 32)
    shipped, ours = after["calibration"], outcome["calibration"]
    assert [(one["what"], one["before"], one["after"]) for one in after["changes"]] == [
        ("calibration", ours, shipped),
        ("calibration", shipped, ours),
    ]
    assert [(one["by"], one["note"]) for one in after["changes"]] == [
        ("supervisor", "why"),
        ("supervisor", ""),
    ]

"""The ways round the golden questions: filing, imports, expiry, taking the mark off; each is closed or told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from knowledge_base.models import Article, PolicyChange, StoredQuestion
from knowledge_base.quality import changes
from knowledge_base.review import gate
from knowledge_base.review.batch import lost
from knowledge_base.timetable import Timetable
from server.auth import Role
from tests.knowledge_base.house import staff
from tests.knowledge_base.support import INVOICE, RETURN, record
from tests.knowledge_base.test_review_gate import (
    QUESTION,
    REASON,
    Held,
    app,
    events,
    golden_return,
    held,
    right,
    store,
)

__all__ = ["app", "held"]

IMPORT = "/api/articles/import"
QUESTIONS = "/api/articles/questions"


def body_of(wanted: Any, **fields: Any) -> dict[str, Any]:
    """A body that saves this draft's words."""
    return {**wanted.model_dump(mode="json", exclude_unset=True), **fields}


@pytest.fixture
async def editor(app: FastAPI) -> httpx.AsyncClient:
    return await staff(app, Role.EDITOR)


@pytest.fixture
async def lead(app: FastAPI) -> httpx.AsyncClient:
    return await staff(app, Role.EDITOR, Role.SUPERVISOR)


def refused(answer: httpx.Response, code: str = "golden_regression") -> bool:
    return answer.status_code == 409 and answer.json()["error"]["code"] == code


async def stands(held: Held, slug: str = "return-an-item") -> Article:
    async with held.database.read() as db:
        found: Article | None = await db.scalar(select(Article).where(Article.slug == slug))
    assert found is not None
    return found


async def policy(held: Held) -> list[PolicyChange]:
    async with held.database.read() as db:
        return await changes.latest(db)


async def golden_question(held: Held) -> StoredQuestion:
    await golden_return(held)
    async with held.database.read() as db:
        found: StoredQuestion | None = await db.scalar(select(StoredQuestion))
    assert found is not None
    return found


async def test_a_filing_that_hides_the_answer_at_once_passes_the_gate(
    editor: httpx.AsyncClient, lead: httpx.AsyncClient, held: Held
) -> None:
    article = await golden_return(held)
    hidden = body_of(RETURN, audience="staff", expected=1)
    assert refused(await editor.put(f"/api/articles/{article.id}", json=hidden))
    reason = {**hidden, "override_reason": REASON}
    assert refused(await editor.put(f"/api/articles/{article.id}", json=reason))
    assert (await stands(held)).newest == 1, "nothing was stored"
    passed = await lead.put(f"/api/articles/{article.id}", json=reason)
    assert (passed.status_code, passed.json()["audience"]) == (200, "staff")
    written = [one for one in await events(held, article.id) if one.what == "overridden"]
    assert [(one.by, one.version) for one in written] == [("editor-supervisor", None)]
    assert REASON in written[0].note


async def test_a_filing_that_takes_no_answer_needs_no_reason(
    editor: httpx.AsyncClient, held: Held
) -> None:
    article = await golden_return(held)
    at = f"/api/articles/{article.id}"
    fine = body_of(RETURN, category="parcels", tags=["new"], expected=1)
    assert (await editor.put(at, json=fine)).status_code == 200
    words = body_of(RETURN, category="parcels", tags=["new"], title="Wash wool", questions=[])
    assert (await editor.put(at, json={**words, "expected": 2})).status_code == 200, (
        "the words wait for publishing"
    )


async def test_an_expiry_that_has_passed_is_an_archiving(
    editor: httpx.AsyncClient, held: Held
) -> None:
    article = await golden_return(held)
    past = (held.clock.now() - timedelta(minutes=1)).isoformat()
    body = body_of(RETURN, expires_at=past, expected=1)
    assert refused(await editor.put(f"/api/articles/{article.id}", json=body))


async def test_setting_an_expiry_says_what_it_costs_and_the_pages_say_what_fails(
    editor: httpx.AsyncClient, held: Held
) -> None:
    article = await golden_return(held)
    soon = (held.clock.now() + timedelta(hours=1)).isoformat()
    set_ = await editor.post(f"/api/articles/{article.id}/expire", json={"at": soon})
    assert set_.status_code == 200
    assert set_.json()["warning"] == (
        "When it expires, 1 golden question would lose its right answer."
    )
    other = await editor.post(
        f"/api/articles/{right(held, INVOICE.slug)}/expire", json={"at": soon}
    )
    assert other.json()["warning"] == ""
    assert await gate.failing(held) == []
    held.clock.advance(3601)
    assert await Timetable(held.database, held.clock).sweep() == 2
    await held.knowledge.wait_for_revision((await stands(held)).revision)
    assert [one.text for one in await gate.failing(held)] == [QUESTION]
    quality = (await editor.get("/api/articles/quality")).json()
    assert quality["golden_failing"] == [QUESTION]


async def test_only_a_lead_takes_the_mark_off_and_it_is_written_down(
    editor: httpx.AsyncClient, lead: httpx.AsyncClient, held: Held
) -> None:
    question = await golden_question(held)
    at = f"{QUESTIONS}/{question.id}"
    plain = {"slug": "return-an-item", "golden": False}
    kept = {"slug": "return-an-item", "golden": True}
    assert (await editor.put(at, json=kept)).status_code == 200, "that changes nothing"
    moved = {"slug": "get-an-invoice", "golden": True}
    for body in (plain, moved, {**plain, "override_reason": REASON}):
        answer = await editor.put(at, json=body)
        assert refused(answer, "golden_guarded")
        assert answer.json()["error"]["details"] == {"may_override": False}
    assert refused(await lead.put(at, json=plain), "golden_guarded")
    assert (await lead.put(at, json={**plain, "override_reason": "ok"})).status_code == 422
    assert await policy(held) == []
    passed = await lead.put(at, json={**plain, "override_reason": REASON})
    assert (passed.status_code, passed.json()["golden"]) == (200, False)
    (one,) = await policy(held)
    assert (one.what, one.by, one.note) == ("golden_removed", "editor-supervisor", REASON)
    assert one.before == f"{QUESTION} → return-an-item"
    assert (await editor.put(at, json=kept)).status_code == 200, "giving it takes no lead"
    moved_by_lead = await lead.put(at, json={**moved, "override_reason": REASON})
    assert moved_by_lead.status_code == 200
    assert [one.after for one in await policy(held)] == [
        "get-an-invoice",
        "return-an-item, not golden",
    ]


async def test_only_a_lead_deletes_a_golden_question(
    editor: httpx.AsyncClient, lead: httpx.AsyncClient, held: Held
) -> None:
    question = await golden_question(held)
    at = f"{QUESTIONS}/{question.id}"
    assert refused(await editor.delete(at), "golden_guarded")
    said = {"override_reason": REASON}
    assert refused(await editor.request("DELETE", at, json=said), "golden_guarded")
    assert refused(await lead.delete(at), "golden_guarded")
    assert (await lead.request("DELETE", at, json=said)).status_code == 204
    (one,) = await policy(held)
    assert (one.what, one.after, one.note) == ("golden_deleted", "", REASON)
    await store(held, "where is my invoice", right(held, INVOICE.slug))
    async with held.database.read() as db:
        plain = await db.scalar(select(StoredQuestion))
    assert plain is not None
    assert (await editor.delete(f"{QUESTIONS}/{plain.id}")).status_code == 204
    assert len(await policy(held)) == 1


def rows_of(*wanted: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "json", "text": json.dumps(list(wanted))}


#: A golden question that the right article has in other words, and what says its very words and takes it.
ASKED = "how do I send something back please tell"
THIEF = {"title": ASKED, "questions": [ASKED], "action": "Nothing.", "category": "other"}
WOOL = {"title": "Wash wool", "questions": ["can wool be washed"], "action": "Cold water."}


async def test_an_import_holds_back_only_what_takes_a_golden_question(
    editor: httpx.AsyncClient, held: Held
) -> None:
    await store(held, ASKED, right(held), golden=True)
    body = {**rows_of(THIEF, WOOL), "publish": True}
    for dry in (True, False):
        answer = await editor.post(IMPORT, json={**body, "dry_run": dry})
        thief, wool = answer.json()["rows"]
        assert (thief["outcome"], thief["code"]) == ("created", "golden_regression")
        assert f"the golden question “{ASKED}”" in thief["message"]
        assert (wool["outcome"], wool["code"]) == ("created", "")
    waits, answers = await stands(held, thief["slug"]), await stands(held, "wash-wool")
    assert (waits.status, waits.published) == ("review", None)
    assert (answers.status, answers.published) == ("published", 1)
    assert [one.what for one in await events(held, waits.id)] == ["submitted"]


async def test_a_lead_imports_against_the_golden_questions_with_a_reason(
    editor: httpx.AsyncClient, lead: httpx.AsyncClient, held: Held
) -> None:
    await store(held, ASKED, right(held), golden=True)
    body = {**rows_of(THIEF), "publish": True, "override_reason": REASON}
    forbidden = await editor.post(IMPORT, json=body)
    assert (forbidden.status_code, forbidden.json()["error"]["code"]) == (403, "not_a_lead")
    short = await lead.post(IMPORT, json={**body, "override_reason": "ok"})
    assert short.status_code == 422
    (row,) = (await lead.post(IMPORT, json=body)).json()["rows"]
    assert (row["outcome"], row["code"]) == ("created", "")
    assert "Published against the golden question" in row["message"]
    article = await stands(held, row["slug"])
    assert article.published == 1
    written = {one.what: one.note for one in await events(held, article.id)}
    assert written["overridden"] == f"1 golden question would lose its right answer: {REASON}"


async def test_an_import_neither_hides_nor_rewords_a_golden_answer(
    editor: httpx.AsyncClient, held: Held
) -> None:
    article = await golden_return(held)
    own = body_of(RETURN, slug=article.slug)
    other = {**own, "title": "Wash wool", "questions": [], "context": "", "outcome": ""}
    other |= {"action": "Unrelated.", "intents": [], "status": "published"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({**own, "audience": "staff"}, "kept"),
        ({**own, "expires_at": "2020-01-01T00:00:00Z"}, "kept"),
        (other, "updated"),
    ]
    for row, outcome in cases:
        answer = await editor.post(IMPORT, json={**rows_of(row), "overwrite": True})
        (said,) = answer.json()["rows"]
        assert (said["outcome"], said["code"]) == (outcome, "golden_regression"), said
    after = await stands(held)
    assert (after.audience, after.expires_at, after.published) == ("public", None, 1)
    assert (after.status, after.newest) == ("review", 2)


async def test_an_import_as_drafts_asks_nobody(editor: httpx.AsyncClient, held: Held) -> None:
    await store(held, ASKED, right(held), golden=True)
    (row,) = (await editor.post(IMPORT, json=rows_of(THIEF))).json()["rows"]
    assert (row["code"], (await stands(held, row["slug"])).status) == ("", "draft")


async def test_a_target_set_is_recorded_with_who_and_why(
    lead: httpx.AsyncClient, held: Held
) -> None:
    url = "/api/articles/quality"
    setting = (await lead.get(url)).json()["setting"]
    note = "Too many wrong answers on Monday."
    assert (await lead.put(url, json={"answer_precision": 0.8, "note": note})).status_code == 200
    await lead.put(url, json={"answer_precision": 0.8, "note": "the same again"})
    await lead.put(url, json={"answer_precision": 0.825})
    last = (await lead.put(url, json={"answer_precision": None})).json()["changes"]
    usual = f"{setting:.2f}".removeprefix("0") + " (the setting)"
    assert [(one["before"], one["after"]) for one in last] == [
        ("0.825".removeprefix("0"), usual),
        (".80", ".825"),
        (usual, ".80"),
    ]
    assert (last[2]["by"], last[2]["note"]) == ("editor-supervisor", note)
    long = await lead.put(url, json={"answer_precision": 0.9, "note": "x" * 501})
    assert long.status_code == 422
    bad = await lead.put(url, json={"answer_precision": 0.9, "note": "a\u202eb"})
    assert bad.status_code == 422
    seen = (await lead.get(url)).json()
    assert (seen["answer_precision"], len(seen["changes"])) == (setting, 3), "all or nothing"


async def test_a_batch_without_its_thief_harms_nothing(held: Held) -> None:
    """Two articles that each take the question are both held; a third that shares nothing goes in."""
    await store(held, ASKED, right(held), golden=True)
    first, second = record(1, ASKED, ASKED), record(2, "Tell me please", ASKED)
    third = record(3, "Wash wool", "can wool be washed", category="care")
    found = await lost(held, [first, second, third])
    assert found == {first.id: (ASKED,), second.id: (ASKED,)}
    left = [one for one in (first, second, third) if one.id not in found]
    assert await lost(held, left) == {}

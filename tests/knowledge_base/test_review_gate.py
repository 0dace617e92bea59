"""The publish diff, the gate before publishing, and what a lead may do, over the API."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from conversations.models import Conversation, Turn, TurnState, Visitor
from knowledge_base import (
    articles,
    history,
    routes,
    routes_exchange,
    routes_life,
    routes_quality,
    routes_questions,
    routes_review,
)
from knowledge_base.models import Article, ArticleEvent, StoredQuestion
from knowledge_base.review import gate
from knowledge_base.review.desk import Desk
from knowledge_base.review.past import past_turns, together
from knowledge_base.search.calibration import Ranked
from knowledge_base.search.decision import Kind, Verdict
from knowledge_base.search.find import Query, find
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Vector
from knowledge_base.service import KnowledgeBase
from knowledge_base.timetable import Timetable
from server.auth import Role
from server.database import Database
from tests.knowledge_base.house import build_with, services, staff
from tests.knowledge_base.support import INVOICE, LAMP, RETURN, draft, published
from tests.support import FakeClock

QUESTION = "how do I send something back"
REASON = "The old article is wrong since Monday."


def nearest(snapshot: Snapshot, query: Query, vector: Vector) -> Verdict:
    """A policy without a fit: the nearest article answers when it is near. The gate is tested, not the search."""
    found = sorted(find(snapshot, query, vector), key=lambda one: -one.signals["nearest"])
    ranked = tuple(Ranked(one, one.signals["nearest"], 1.0) for one in found)
    near = bool(ranked) and ranked[0].score > 0.6
    return Verdict(Kind.ANSWER if near else Kind.NOTHING, 0.9, ranked, (0.9,) * len(ranked))


Held = SimpleNamespace


@pytest.fixture
async def held(
    knowledge: KnowledgeBase,
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Held]:
    monkeypatch.setattr(knowledge, "judge", nearest)
    for wanted in (RETURN, LAMP, INVOICE):
        article = await published(database, clock, wanted)
    await knowledge.wait_for_revision(article.revision)
    yield services(knowledge, database, clock, tmp_path)


@pytest.fixture
def app(held: Held) -> FastAPI:
    parts = (routes_exchange, routes_questions, routes_quality, routes, routes_life, routes_review)
    return build_with(held, *(one.router for one in parts))


client = staff


async def store(held: Held, text: str, right: uuid.UUID | None, **values: Any) -> None:
    async with held.database.write() as db:
        db.add(
            StoredQuestion(
                key=text, text=text, article_id=right, source="editor", created_at=held.clock.now(),
                **values,
            )
        )  # fmt: skip


async def draft_of(held: Held, wanted: Any) -> Article:
    async with held.database.write() as db:
        return await articles.create(db, held.clock, wanted, "ada")


async def events(held: Held, article_id: uuid.UUID) -> list[ArticleEvent]:
    async with held.database.read() as db:
        return await history.of(db, article_id)


def right(held: Held, slug: str = "return-an-item") -> uuid.UUID:
    found: uuid.UUID = held.knowledge.snapshot.by_slug[slug].id
    return found


async def golden_return(held: Held) -> Article:
    """The article that is the right answer of a golden question."""
    await store(held, QUESTION, right(held), golden=True)
    async with held.database.read() as db:
        found: Article | None = await db.get(Article, right(held))
    assert found is not None
    return found


async def test_what_changes_is_judged_by_the_right_article_where_one_is_known(held: Held) -> None:
    await store(held, QUESTION, right(held))
    await store(held, "whats your return policy", None)
    await store(held, "my lamp is broken", right(held, "the-lamp-does-not-light"))
    diff = await gate.check_archive(held, right(held))
    judged = {change.question.text: change.judged.value for change in diff.changes}
    assert judged == {QUESTION: "worse", "whats your return policy": "better"}
    assert diff.counts == {"worse": 1, "better": 1, "different": 0, "unchanged": 1}
    assert diff.regressions == ()
    assert diff.changes[0].question.text == QUESTION
    assert {record.slug for record in diff.articles.values()} >= {"return-an-item"}


async def test_only_a_lead_publishes_against_the_golden_questions_and_says_why(
    app: FastAPI, held: Held
) -> None:
    """A new version that says something else entirely loses the golden question."""
    article = await golden_return(held)
    editor = await client(app, Role.EDITOR)
    lead = await client(app, Role.EDITOR, Role.SUPERVISOR)
    at = f"/api/articles/{article.id}"
    other = {"title": "Wash wool", "slug": article.slug, "questions": ["can wool be washed"]}
    other |= {"category": "care", "context": "Wool.", "action": "Cold water."}
    saved = await editor.put(at, json={**other, "expected": 1})
    assert saved.status_code == 200
    refused = await editor.post(f"{at}/publish", json={"expected": 2})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "golden_regression")
    details = refused.json()["error"]["details"]
    assert (details["count"], details["may_override"]) == (1, False)
    assert details["questions"][0]["question"] == QUESTION
    assert details["questions"][0]["before"]["first"] == "return-an-item"
    # An editor's reason is none, and a lead's must say something.
    body = {"expected": 2, "override_reason": REASON}
    assert (await editor.post(f"{at}/publish", json=body)).status_code == 409
    assert (await lead.post(f"{at}/publish", json={"expected": 2})).status_code == 409
    short = await lead.post(f"{at}/publish", json={"expected": 2, "override_reason": "ok"})
    assert short.status_code == 422
    long = {"expected": 2, "override_reason": "x" * 401}
    assert (await lead.post(f"{at}/publish", json=long)).status_code == 422
    assert held.knowledge.snapshot.alive[article.id].version == 1
    passed = await lead.post(f"{at}/publish", json=body)
    assert (passed.status_code, passed.json()["published"]) == (200, 2)
    written = [one for one in await events(held, article.id) if one.what == "overridden"]
    assert [(one.by, one.version) for one in written] == [("editor-supervisor", 2)]
    assert REASON in written[0].note


async def test_publishing_what_harms_no_golden_question_needs_no_reason(
    app: FastAPI, held: Held
) -> None:
    await store(held, QUESTION, right(held), golden=True)
    article = await draft_of(held, draft("Wash wool", "can wool be washed", category="care"))
    editor = await client(app, Role.EDITOR)
    answer = await editor.post(f"/api/articles/{article.id}/publish", json={"expected": 1})
    assert answer.status_code == 200
    assert [one.what for one in await events(held, article.id)] == ["published"]


async def test_archiving_passes_the_same_gate(app: FastAPI, held: Held) -> None:
    article = await golden_return(held)
    editor = await client(app, Role.EDITOR)
    lead = await client(app, Role.ADMIN)
    at = f"/api/articles/{article.id}/archive"
    refused = await editor.post(at, json={})
    assert refused.json()["error"]["code"] == "golden_regression"
    assert (await editor.post(at)).status_code == 409
    assert (await lead.post(at, json={"override_reason": REASON})).status_code == 200
    assert {one.what for one in await events(held, article.id)} >= {"archived", "overridden"}


async def test_a_set_time_is_gated_when_it_is_set_and_when_it_comes(
    app: FastAPI, held: Held
) -> None:
    editor = await client(app, Role.EDITOR)
    article = await draft_of(held, draft("Wash wool", "can wool be washed", category="care"))
    # While it is scheduled nothing speaks against it; then its question becomes golden for nobody.
    soon = held.clock.now() + timedelta(hours=1)
    body = {"expected": 1, "at": soon.isoformat()}
    planned = await editor.post(f"/api/articles/{article.id}/schedule", json=body)
    assert planned.status_code == 200
    await store(held, "can wool be washed", None, golden=True)
    held.clock.advance(3601)
    table = Timetable(held.database, held.clock, gate.on_time(held))
    assert await table.sweep() == 0
    async with held.database.read() as db:
        found = await db.scalar(select(Article).where(Article.id == article.id))
    assert found is not None
    assert (found.published, found.scheduled) == (None, None)
    last = (await events(held, article.id))[0]
    assert last.by == "clock"
    assert "1 golden question would lose its right answer" in last.note
    later = {"expected": 1, "at": (held.clock.now() + timedelta(hours=1)).isoformat()}
    refused = await editor.post(f"/api/articles/{article.id}/schedule", json=later)
    assert refused.json()["error"]["code"] == "golden_regression"
    lead = await client(app, Role.EDITOR, Role.SUPERVISOR)
    reason = {**later, "override_reason": REASON}
    planned = await lead.post(f"/api/articles/{article.id}/schedule", json=reason)
    assert planned.status_code == 200
    held.clock.advance(3601)
    # The lead has said that this version may.
    assert await table.sweep() == 1


async def test_the_diff_and_the_impact_over_the_api(app: FastAPI, held: Held) -> None:
    await store(held, QUESTION, right(held), golden=True)
    editor = await client(app, Role.EDITOR)
    answer = await editor.get(
        f"/api/articles/{right(held)}/publish-diff", params={"step": "archive"}
    )
    assert answer.status_code == 200
    assert (answer.json()["regressions"], answer.json()["counts"]["worse"]) == (1, 1)
    change = answer.json()["changes"][0]
    assert (change["regresses"], change["right"]["slug"]) == (True, "return-an-item")
    assert change["before"]["shown"][0]["slug"] == "return-an-item"
    same = await editor.get(f"/api/articles/{right(held)}/publish-diff")
    assert (same.json()["changes"], same.json()["asked"]) == ([], 1)
    copy = {name: getattr(RETURN, name) for name in ("title", "questions", "context", "action")}
    copy |= {"slug": "send-it-back", "category": "returns", "outcome": "Done within 9 days."}
    found = (await editor.post("/api/articles/impact", json={"draft": copy})).json()
    assert [one["article"]["slug"] for one in found["duplicates"]] == ["return-an-item"]
    assert found["takes"]["asked"] == 1
    sides = [(one["draft"]["text"], one["other"]["text"]) for one in found["contradictions"]]
    assert ("Done within 9 days.", "Done within 2 days.") in sides
    broken = await editor.post("/api/articles/impact", json={"draft": {"title": ""}})
    assert broken.status_code == 422
    missing = await editor.get(f"/api/articles/{uuid.uuid4()}/publish-diff")
    assert missing.status_code == 404


async def test_past_questions_are_masked_distinct_recent_and_first_tries(held: Held) -> None:
    now = held.clock.now()
    visitor = Visitor(token_hash="t", origin="", created_at=now, expires_at=now)
    talk = Conversation(visitor_id=uuid.uuid4(), created_at=now, updated_at=now)
    said = [
        ("Where is my parcel? ann@example.com", now, {}),
        ("where is my parcel ann@example.com", now - timedelta(days=1), {}),
        ("too old", now - timedelta(days=91), {}),
        ("second try", now, {"excluded": [str(uuid.uuid4())]}),
        (None, now, {}),
    ]
    async with held.database.write() as db:
        db.add(visitor)
        await db.flush()
        talk.visitor_id = visitor.id
        db.add(talk)
        await db.flush()
        for at, (question, started, more) in enumerate(said):
            decision = {"question": question, "excluded": [], **more} if question else {}
            db.add(
                Turn(
                    conversation_id=talk.id, episode=1, epoch=0, first_seq=at, last_seq=at,
                    text="", state=TurnState.DONE, decision=decision, started_at=started,
                    intent="track_order", confidence=0.9,
                )
            )  # fmt: skip
    async with held.database.read() as db:
        found = together([], await past_turns(db, now))
    assert [one.text for one in found] == ["Where is my parcel? [email]"]
    assert (found[0].intent, found[0].labelled) == ("track_order", False)


async def test_a_draft_takes_questions_and_stops_when_it_is_the_article_itself(held: Held) -> None:
    await store(held, "can wool be washed", None)
    wool = draft("Wash wool", "can wool be washed", category="care")
    impact = await Desk.of(held).impact(wool, None)
    assert [(move.giver, move.taker, move.count) for move in impact.takes.moves] == [
        (None, impact.draft, 1)
    ]
    assert impact.takes.moves[0].examples == ["can wool be washed"]
    own = await Desk.of(held).impact(RETURN, right(held))
    assert own.takes.moves == ()
    assert own.duplicates == ()

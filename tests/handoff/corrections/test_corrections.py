"""One click on the card becomes a labelled item for the trainer or the editor, once, and can be undone."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from handoff import journal
from handoff.desk import HandoffDesk, latest
from knowledge_base import reports
from knowledge_base.models import Article, ArticleReport, ArticleVersion, Status
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.building import Chat, source
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock
from training import proposals
from training.models import Proposal

ASKED = "where is my order FW-204411? mail me at marta@example.com"


@pytest.fixture
async def ada(hire: Hire) -> Staff:
    return await hire("ada", Role.AGENT)


@pytest.fixture
async def http(api: Api, ada: Staff) -> httpx.AsyncClient:
    return await api.as_staff(ada)


@pytest.fixture
async def lamp(database: Database, clock: FakeClock) -> dict[str, Any]:
    """An article as a bot's message names it."""
    async with database.write() as db:
        article = Article(
            slug="lamp", category="home", status=Status.PUBLISHED.value, published=1,
            created_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        db.add(article)
        await db.flush()
        db.add(
            ArticleVersion(
                article_id=article.id,
                number=1,
                title="The lamp",
                author="ed",
                created_at=clock.now(),
            )
        )
    return {
        "article_id": str(article.id), "title": "The lamp", "slug": "lamp", "score": 0.7, "probability": 0.8,
    }  # fmt: skip


@pytest.fixture
async def chat(
    database: Database, clock: FakeClock, desk: HandoffDesk, lamp: dict[str, Any]
) -> Chat:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        turn = await chat.says(ASKED, "refund", candidates=[lamp])
        await chat.answers(turn, "…", kind="answer", source=source(lamp))
        await chat.says("no, the page is empty", "deny")
        await chat.needs_person(desk)
    return chat


async def card_of(http: httpx.AsyncClient, chat: Chat) -> dict[str, Any]:
    return dict((await http.get(f"/api/conversations/{chat.id}/card")).json())


def at(chat: Chat) -> str:
    return f"/api/conversations/{chat.id}/corrections"


async def told(database: Database, chat: Chat) -> list[tuple[str, str]]:
    async with database.read() as db:
        handoff = await latest(db, chat.id)
        assert handoff is not None
        lines = await journal.of(db, handoff.id)
    return [(one.what, one.detail["kind"]) for one in lines if "correct" in one.what]


async def test_really_about_something_else(
    http: httpx.AsyncClient, database: Database, chat: Chat, ada: Staff
) -> None:
    turn = (await card_of(http, chat))["evidence"]["intents_turn"]
    body = {"kind": "intent", "turn_id": turn, "intent": "order_status"}
    answers = await asyncio.gather(*(http.post(at(chat), json=body) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    (made,) = (await card_of(http, chat))["corrections"]
    assert (made["kind"], made["intent"], made["by"], made["mine"]) == (
        "intent", "order_status", "Ada", True,
    )  # fmt: skip
    async with database.read() as db:
        (waits,) = await proposals.open_ones(db)
    assert (str(waits.turn_id), waits.intent, waits.by) == (turn, "order_status", ada.id)
    assert await told(database, chat) == [("corrected", "intent")], "three clicks are one line"
    left = await http.delete(f"{at(chat)}/{made['id']}")
    assert (left.status_code, left.json()) == (200, [])
    assert (await http.delete(f"{at(chat)}/{made['id']}")).status_code == 404
    assert (await told(database, chat))[-1] == ("uncorrected", "intent")
    timeline = [line["words"] for line in (await card_of(http, chat))["timeline"]]
    assert "Corrected: really about order status" in timeline


async def test_an_article_is_wrong_and_none_exists(
    http: httpx.AsyncClient, database: Database, chat: Chat, lamp: dict[str, Any]
) -> None:
    wrong = {"kind": "article_wrong", "article_id": lamp["article_id"], "note": "it is blue"}
    for _ in range(2):
        assert (await http.post(at(chat), json=wrong)).status_code == 200
        made = (await http.post(at(chat), json={"kind": "no_article"})).json()
    assert sorted(one["kind"] for one in made) == ["article_wrong", "no_article"]
    async with database.read() as db:
        waiting = await reports.waiting(db)
    assert sorted((one.what, one.title, one.note) for one in waiting) == [
        ("missing", None, ""), ("wrong", "The lamp", "it is blue"),
    ]  # fmt: skip
    assert {one.question for one in waiting} == {
        "where is my order [order number]? mail me at [email]"
    }
    assert sorted(await told(database, chat)) == [
        ("corrected", "article_wrong"), ("corrected", "no_article"),
    ]  # fmt: skip


async def test_only_ones_own_is_undone_and_not_what_was_dealt_with(
    api: Api, http: httpx.AsyncClient, database: Database, clock: FakeClock, chat: Chat, hire: Hire
) -> None:
    (made,) = (await http.post(at(chat), json={"kind": "no_article"})).json()
    bob = await api.as_staff(await hire("bob", Role.AGENT))
    (seen,) = (await card_of(bob, chat))["corrections"]
    assert (seen["mine"], seen["by"]) == (False, "ada")
    assert (await bob.delete(f"{at(chat)}/{made['id']}")).status_code == 404
    async with database.write() as db:
        await reports.settle(db, clock, uuid.UUID(made["id"]), "ed")
    refused = await http.delete(f"{at(chat)}/{made['id']}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_settled")
    assert (await card_of(http, chat))["corrections"][0]["settled"]
    (again,) = (await http.post(at(chat), json={"kind": "no_article"})).json()
    assert not again["settled"], "said again after it was settled, it waits again"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "intent", "turn_id": str(uuid.uuid4()), "intent": "order_status"}, 404),
        ({"kind": "intent", "turn_id": str(uuid.uuid4()), "intent": "no_such_intent"}, 422),
        ({"kind": "intent", "intent": "order_status"}, 422),
        ({"kind": "article_wrong"}, 422),
        ({"kind": "article_wrong", "article_id": str(uuid.uuid4())}, 404),
        ({"kind": "no_article", "note": "x" * 301}, 422),
        ({"kind": "no_article", "more": 1}, 422),
    ],
)
async def test_what_makes_no_sense_is_refused(
    http: httpx.AsyncClient, database: Database, chat: Chat, body: dict[str, Any], status: int
) -> None:
    assert (await http.post(at(chat), json=body)).status_code == status
    async with database.read() as db:
        assert not list(await db.scalars(select(Proposal.id)))
        assert not list(await db.scalars(select(ArticleReport.id)))
    assert await told(database, chat) == []


async def test_a_message_of_another_chat_is_not_this_ones_to_correct(
    http: httpx.AsyncClient, database: Database, clock: FakeClock, desk: HandoffDesk, chat: Chat
) -> None:
    async with database.write() as db:
        other = await Chat.begin(db, clock)
        turn = await other.says("hm", "greet")
        await other.needs_person(desk)
    body = {"kind": "intent", "turn_id": str(turn.id), "intent": "order_status"}
    assert (await http.post(at(chat), json=body)).status_code == 404


async def test_the_intents_to_choose_from(http: httpx.AsyncClient) -> None:
    found = (await http.get("/api/desk/intents")).json()
    assert found[0] == {"name": "delivery_info", "words": "Delivery info"}


async def test_where_nothing_was_asked_no_article_is_missing(
    http: httpx.AsyncClient, database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    async with database.write() as db:
        silent = await Chat.begin(db, clock)
        await silent.needs_person(desk)
    refused = await http.post(at(silent), json={"kind": "no_article"})
    assert refused.status_code == 422

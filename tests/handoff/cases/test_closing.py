"""A chat is closed with all that is known of its case; what is too much keeps it open."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from conversations import episodes
from handoff import queue, rule_books
from handoff.cases import book
from handoff.cases.book import RemedyRules
from handoff.cases.inputs import Closing, RemedyGiven, RemedyKind
from handoff.cases.models import CaseRecord, RootCause
from handoff.cases.remedies import RemedyOverCustomerLimit
from handoff.customers.models import FollowUp
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome, Level
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.cases.conftest import Begin, Person, Sign, known
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("app")
FORM: dict[str, Any] = {
    "outcome": "solved",
    "acceptable": True,
    "note": "Paid out again by hand.",
    "cause": {
        "text": "The bank file was sent without its last line",
        "whys": ["The refund was missing", "The file was cut"],
        "action": "Compare the sums of both files each night",
        "due": "2026-03-20",
    },
    "remedy": {"kind": "credit", "amount": 20, "note": "for the wait"},
}


async def record_of(database: Database, conversation: uuid.UUID) -> CaseRecord:
    async with database.read() as db:
        handoff = await latest(db, conversation)
        assert handoff is not None
        return await db.get_one(CaseRecord, handoff.id)


async def test_a_case_is_closed_with_all_that_is_known(
    database: Database,
    begin: Begin,
    person: Person,
    sign: Sign,
    clock: FakeClock,
    desk: HandoffDesk,
) -> None:
    agent = await person("ada")
    await person("cleo", Level.SPECIALIST)
    ada = await sign(agent)
    chat = await begin(agent)
    clock.advance(60)
    base = f"/api/conversations/{chat.id}"
    before = (await ada.get(f"{base}/case")).json()
    assert before["questions"] == {
        "in_time": True, "acceptable": None, "acceptable_from": None, "alone": True,
        "escalated": False,
    }  # fmt: skip
    assert before["limit"] == {
        "level": "front_line", "amount": 25.0, "currency": "EUR",
        "higher": [
            {"level": "specialist", "amount": 100.0, "names": ["Cleo"]},
            {"level": "lead", "amount": 500.0, "names": []},
        ],
        "customer": {"amount": 500.0, "days": 30, "left": 500.0},
    }  # fmt: skip
    quiet = {"cases": 1, "days": 30, "after": 5, "asks": False, "required": 0}
    assert before["recurs"] == quiet
    assert before["procedure"]["title"] == "Refund has not arrived"
    assert (await ada.post(f"{base}/close", json=FORM)).json()["owner"] == "closed"

    after = (await ada.get(f"{base}/case")).json()
    assert (after["open"], after["outcome"], after["note"]) == (False, "solved", FORM["note"])
    assert after["questions"]["acceptable_from"] == "agent"
    assert after["cause"]["action_due"] == "2026-03-20"
    assert after["whys"] == FORM["cause"]["whys"]
    assert after["remedy"] == {
        "kind": "credit",
        "amount": 20.0,
        "by": "Ada",
        "note": "for the wait",
    }
    said = [line["words"] for line in after["timeline"]]
    assert said[0] == "A person was asked for: Asked for a person"
    assert said[-2:] == ["Remedy: credit of 20 EUR", "Closed: solved"]
    assert {line["who"] for line in after["timeline"]} == {None, "Ada"}

    # The customer thinks otherwise, and their word counts.
    async with database.write() as db:
        await episodes.rate(db, clock, chat.id, 1, score=1)
        await desk.rated(db, chat.id, 1)
    final = (await ada.get(f"{base}/case")).json()
    assert final["questions"]["acceptable"] is False
    assert final["questions"]["acceptable_from"] == "customer"
    assert (await record_of(database, chat.id)).acceptable is False


async def test_a_plain_close_answers_what_the_clocks_know(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent = await person("ada")
    chat = await begin(agent)
    clock.advance(40 * 24 * 3600)
    ada = await sign(agent)
    assert (await ada.post(f"/api/conversations/{chat.id}/close")).status_code == 200
    record = await record_of(database, chat.id)
    assert (record.in_time, record.acceptable, record.alone) == (False, None, True)
    assert (record.remedy, record.root_cause_id, record.note) == (None, None, "")


async def test_a_remedy_over_the_limit_keeps_the_chat_open_and_names_who_may(
    database: Database, begin: Begin, person: Person, sign: Sign
) -> None:
    agent, _, chief = (
        await person("ada"),
        await person("cleo", Level.SPECIALIST),
        await person("boss", role=Role.SUPERVISOR),
    )
    chat = await begin(agent)
    ada = await sign(agent)
    close = f"/api/conversations/{chat.id}/close"

    async def refused(amount: float) -> dict[str, Any]:
        answer = await ada.post(close, json={"remedy": {"kind": "refund", "amount": amount}})
        assert answer.status_code == 403
        error: dict[str, Any] = answer.json()["error"]
        assert error["code"] == "remedy_over_limit"
        return error

    error = await refused(25.01)
    assert error["details"] == {
        "limit": 25.0, "currency": "EUR", "level": "specialist", "who": ["Boss", "Cleo"],
        "escalate": True,
    }  # fmt: skip
    assert "Up to 100 EUR may be given by a specialist: Boss, Cleo." in error["message"]
    assert (await refused(400))["details"]["who"] == ["Boss"]
    assert (await refused(501))["details"]["escalate"] is False
    async with database.read() as db:
        handoff = await latest(db, chat.id)
        assert handoff is not None and handoff.closed_at is None
        assert await db.get(CaseRecord, handoff.id) is None, "nothing of it was kept"

    # The house raises its limits, with a reason that is kept.
    limits = {"front_line": 500, "specialist": 500, "lead": 500}
    async with database.write() as db:
        rule_books.write(
            db, FakeClock(), "remedies", {"currency": "CHF", "limits": limits}, chief, "spring"
        )
    given = {"remedy": {"kind": "refund", "amount": 400}}
    assert (await ada.post(close, json=given)).status_code == 200
    assert (await record_of(database, chat.id)).remedy_amount == 400.0


WRONG: tuple[dict[str, Any], ...] = (
    {"remedy": {"kind": "refund"}},
    {"remedy": {"kind": "apology", "amount": 3}},
    {"remedy": {"kind": "refund", "amount": -3}},
    {"remedy": {"kind": "gold", "amount": 3}},
    {"cause": {}},
    {"cause": {"text": "x", "id": str(uuid.uuid4())}},
    {"cause": {"text": "x", "due": "2026-03-20"}},
    {"cause": {"text": "x", "whys": ["why"] * 6}},
    {"note": "x" * 2001},
    {"follow_up": {"why": "call", "due_at": "2026-03-20T10:00:00"}},
    {"colour": "blue"},
)


async def test_what_can_not_be_is_refused(begin: Begin, person: Person, sign: Sign) -> None:
    agent = await person("ada")
    chat = await begin(agent)
    ada = await sign(agent)
    for wrong in WRONG:
        answer = await ada.post(f"/api/conversations/{chat.id}/close", json=wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), wrong


async def test_what_needs_a_follow_up_is_on_the_list(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent = await person("ada")
    ada = await sign(agent)
    promised, plain = await begin(agent), await begin(agent)
    due = "2026-03-05T10:00:00+00:00"
    form = {"outcome": "solved", "follow_up": {"why": "Ask whether it came", "due_at": due}}
    await ada.post(f"/api/conversations/{promised.id}/close", json=form)
    await ada.post(f"/api/conversations/{plain.id}/close", json={"outcome": "follow_up"})
    past = {"follow_up": {"why": "Too late", "due_at": "2026-03-01T10:00:00+00:00"}}
    third = await begin(agent)
    late = await ada.post(f"/api/conversations/{third.id}/close", json=past)
    assert late.status_code == 422
    async with database.read() as db:
        found = (await db.scalars(select(FollowUp).order_by(FollowUp.due_at))).all()
    assert [(one.why, one.due_at.isoformat()) for one in found] == [
        ("Promised when the chat was closed", "2026-03-04T09:00:00+00:00"),
        ("Ask whether it came", due),
    ]
    assert {one.owner_id for one in found} == {agent.id}


async def test_the_whys_are_asked_for_when_a_topic_comes_again(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent = await person("ada")
    ada = await sign(agent)
    for _ in range(4):
        await begin(None)
    clock.advance(31 * 24 * 3600)
    chats = [await begin(agent) for _ in range(5)]
    await begin(None, "order_status")
    sheet = (await ada.get(f"/api/conversations/{chats[-1].id}/case")).json()
    assert sheet["recurs"] == {"cases": 5, "days": 30, "after": 5, "asks": True, "required": 0}
    # The same words, written differently, are the same cause; another chat picks it by its id.
    bases = [f"/api/conversations/{chat.id}/close" for chat in chats]
    await ada.post(bases[0], json={"cause": {"text": "Bank file  was cut"}})
    await ada.post(bases[1], json={"cause": {"text": "bank file was CUT"}})
    (known,) = (await ada.get("/api/desk/causes?text=the bank file is cut")).json()
    await ada.post(bases[2], json={"cause": {"id": known["id"]}})
    unknown = await ada.post(bases[3], json={"cause": {"id": str(uuid.uuid4())}})
    assert unknown.status_code == 404
    assert (await ada.get("/api/desk/causes?text=Something else")).json() == []
    assert (await ada.get("/api/desk/causes?topic=refund_status")).json() == [known]
    async with database.read() as db:
        assert len((await db.scalars(select(RootCause))).all()) == 1


async def test_a_customer_gets_so_much_in_a_month_whoever_gives_it(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent, other = await person("ada"), await person("bob")
    ada, bob = await sign(agent), await sign(other)
    limits = {"front_line": 50, "specialist": 100, "lead": 500}
    book_ = {"currency": "EUR", "limits": limits, "per_customer": 75, "per_customer_days": 30}
    async with database.write() as db:
        rule_books.write(db, clock, "remedies", book_, agent, "")

    async def give(client: httpx.AsyncClient, chat: Chat, amount: float) -> httpx.Response:
        body = {"remedy": {"kind": "credit", "amount": amount}}
        return await client.post(f"/api/conversations/{chat.id}/close", json=body)

    first = await begin(agent, external_id="c-1")
    assert (await give(ada, first, 30)).status_code == 200
    second, stranger = await begin(other, external_id="c-1"), await begin(other)
    sheet = (await bob.get(f"/api/conversations/{second.id}/case")).json()
    assert sheet["limit"]["customer"] == {"amount": 75.0, "days": 30, "left": 45.0}
    refused = await give(bob, second, 45.01)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (403, "remedy_customer_limit")
    assert "45 of 75 EUR are left for this customer" in error["message"]
    assert error["details"] == {"limit": 75.0, "left": 45.0, "days": 30, "currency": "EUR"}
    assert (await give(bob, stranger, 50)).status_code == 200, "another customer"
    assert (await give(bob, second, 45)).status_code == 200
    clock.advance(30 * 24 * 3600 + 1)
    again = await begin(other, external_id="c-1")
    sheet = (await bob.get(f"/api/conversations/{again.id}/case")).json()
    assert sheet["limit"]["customer"]["left"] == 75.0, "the window has moved on"


async def test_two_agents_who_give_at_once_share_the_customers_limit(
    any_database: Database, desk: HandoffDesk, clock: FakeClock
) -> None:
    people = [
        Staff(login=name, name=name, password_hash="-", roles=[Role.AGENT], created_at=clock.now())
        for name in ("ada", "bob")
    ]
    rules = RemedyRules(per_customer=40.0)
    chats = []
    async with any_database.write() as db:
        db.add_all(people)
        await db.flush()
        book.write(db, clock, rules, people[0], "")
        for agent in people:
            chat = await Chat.begin(db, clock)
            await known(db, clock, chat, "c-1")
            await chat.needs_person(desk)
            await queue.claim(db, desk, chat.id, agent)
            chats.append(chat.id)
    given = Closing(remedy=RemedyGiven(kind=RemedyKind.CREDIT, amount=25.0))

    async def close(chat: uuid.UUID, agent: Staff) -> None:
        async with any_database.write() as db:
            await queue.close(db, desk, chat, agent, CloseOutcome.SOLVED, given)

    ended = await asyncio.gather(*map(close, chats, people), return_exceptions=True)
    (error,) = [one for one in ended if one is not None]
    assert isinstance(error, RemedyOverCustomerLimit), error


async def test_a_house_may_require_the_whys_of_a_topic_that_recurs(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent = await person("ada")
    ada = await sign(agent)
    async with database.write() as db:
        rule_books.write(db, clock, "cases", {"recurs_after": 2, "whys_required": True}, agent, "")
    chats = [await begin(agent) for _ in range(4)]
    bases = [f"/api/conversations/{chat.id}" for chat in chats]
    sheet = (await ada.get(f"{bases[0]}/case")).json()
    assert (sheet["recurs"]["asks"], sheet["recurs"]["required"]) == (True, 3)
    cause: dict[str, Any] = {"text": "The bank file was cut", "whys": ["Cut", "Too long"]}
    for wrong in ({}, {"cause": cause}, {"cause": {**cause, "whys": ["Cut", "Too long", " "]}}):
        refused = await ada.post(f"{bases[0]}/close", json=wrong)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"]) == (422, "whys_wanted"), wrong
        assert error["details"] == {"asked": 3, "cases": 4, "days": 30}
    cause["whys"] = ["Cut", "Too long", "No limit was set"]
    assert (await ada.post(f"{bases[0]}/close", json={"cause": cause})).status_code == 200
    # A cause that somebody has explained needs no second explanation; nor does a customer who has gone.
    (known_cause,) = (await ada.get(f"{bases[1]}/case")).json()["causes"]
    assert known_cause["explained"] is True
    by_id = {"cause": {"id": known_cause["id"]}}
    assert (await ada.post(f"{bases[1]}/close", json=by_id)).status_code == 200
    assert (await ada.post(f"{bases[2]}/close", json={"outcome": "no_reply"})).status_code == 200
    # A topic that does not recur is closed without.
    rare = await begin(agent, "order_status")
    assert (await ada.post(f"/api/conversations/{rare.id}/close", json={})).status_code == 200

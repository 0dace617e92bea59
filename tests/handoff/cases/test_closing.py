"""A chat is closed with all that is known of its case; what is too much keeps it open."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from conversations import episodes
from handoff import rule_books
from handoff.cases.models import CaseRecord, RootCause
from handoff.customers.models import FollowUp
from handoff.desk import HandoffDesk, latest
from handoff.models import Level
from server.auth import Role
from server.database import Database
from tests.handoff.cases.conftest import Begin, Person, Sign
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
    }  # fmt: skip
    assert before["recurs"] == {"cases": 1, "days": 30, "after": 5, "asks": False}
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
    assert sheet["recurs"] == {"cases": 5, "days": 30, "after": 5, "asks": True}
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

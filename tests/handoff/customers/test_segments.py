"""Customers are told apart by rules over their history and what the site signed, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from conversations import identity, owners
from conversations.models import Episode, Outcome, Visitor
from handoff import queue, rule_books
from handoff.cases.inputs import Closing, RemedyGiven, RemedyKind
from handoff.customers import history, segments
from handoff.customers.history import History
from handoff.customers.segments import Book, HouseSegments, When
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome
from handoff.priority import Priorities
from server.auth import Role, Staff
from server.database import Database
from server.errors import Conflict
from tests.handoff.building import Chat
from tests.handoff.cases.conftest import Begin, Person, known, resumed
from tests.support import FakeClock


def when(**conditions: Any) -> When:
    return When.model_validate(conditions)


def attribute(name: str, is_: str, value: object) -> When:
    return when(attributes=[{"name": name, "is": is_, "value": value}])


@pytest.mark.parametrize(
    ("rule", "signed", "holds"),
    [
        (attribute("plan", "equal", "pro"), {"plan": "Pro"}, True),
        (attribute("plan", "equal", "pro"), {"plan": "free"}, False),
        (attribute("plan", "equal", "pro"), {}, False),
        (attribute("plan", "not_equal", "pro"), {"plan": "free"}, True),
        (attribute("plan", "not_equal", "pro"), {}, False),
        (attribute("value", "above", 500), {"value": 500.5}, True),
        (attribute("value", "above", 500), {"value": 500}, False),
        (attribute("value", "above", 500), {"value": "900"}, False),
        (attribute("value", "below", 5), {"value": True}, False),
        (attribute("vip", "equal", True), {"vip": True}, True),
        (attribute("vip", "equal", True), {"vip": 1}, False),
        (attribute("count", "equal", 1), {"count": 1}, True),
    ],
)
def test_a_rule_over_signed_attributes(rule: When, signed: dict[str, Any], holds: bool) -> None:
    assert rule.holds(History(attributes=signed)) is holds


def test_all_conditions_of_a_rule_must_hold_and_the_first_rule_decides() -> None:
    rules = [
        {
            "segment": "at_risk",
            "why": "low ratings",
            "when": {"low_ratings_90": 2, "episodes_90": 3},
        },
        {"segment": "frequent", "why": "writes often", "when": {"episodes_30": 2}},
    ]
    book = Book.model_validate({"rules": rules})
    both = History(low_ratings_90=2, episodes_90=3, episodes_30=3)
    assert book.judge(both) == segments.Verdict("at_risk", "At risk: low ratings")
    only = book.judge(History(low_ratings_90=2, episodes_30=2))
    assert only is not None and only.segment == "frequent"
    assert book.judge(History(episodes_30=1)) is None
    assert segments.sizes(book, [both, both, History(episodes_30=2), History()]) == {
        "at_risk": 2,
        "frequent": 1,
    }
    assert Book.model_validate(book.stored()) == book


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"episodes_30": 0},
        {"attributes": [{"name": "plan", "is": "above", "value": "pro"}]},
        {"attributes": [{"name": "plan", "is": "like", "value": "pro"}]},
        {"mood": 3},
    ],
)
def test_a_rule_that_says_nothing_is_refused(wrong: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        When.model_validate(wrong)


@pytest.fixture
async def pro(app: object, begin: Begin) -> Chat:
    return await begin(None, external_id="customer-17", plan="pro")


async def test_history_is_of_the_same_signed_customer_and_nobody_else(
    database: Database, begin: Begin, person: Person, clock: FakeClock, desk: HandoffDesk, pro: Chat
) -> None:
    agent = await person("ada")
    phone = await begin(agent, external_id="customer-17", plan="pro")
    typed = await begin(agent)  # the same name and address, typed: another customer for all we know
    async with database.write() as db:
        given = Closing(remedy=RemedyGiven(kind=RemedyKind.CREDIT, amount=20))
        await queue.close(db, desk, phone.id, agent, CloseOutcome.SOLVED, given)
        await resumed(db, phone)
        await phone.says("again", "refund_status", frustration=0.7)
    async with database.write() as db:
        conversation = await owners.reopen(db, clock, phone.id)
        assert conversation.episode == 2
        first = await db.scalar(
            select(Episode).where(Episode.conversation_id == phone.id, Episode.number == 1)
        )
        assert first is not None and first.outcome is Outcome.CLOSED_BY_AGENT
        first.rating = 1
    async with database.read() as db:
        one = await db.get_one(Visitor, phone.conversation.visitor_id)
        seen = await history.of(db, one, clock.now())
        other = await history.of(
            db, await db.get_one(Visitor, typed.conversation.visitor_id), clock.now()
        )
        all_of_them = await history.everybody(db, clock.now())
    assert seen == History(
        episodes_30=3, episodes_90=3, low_ratings_90=1, reopened_30=1, frustration_30=0.7,
        remedies_90=1, remedied_90=20.0, attributes={"plan": "pro"},
    )  # fmt: skip
    assert (other.episodes_90, other.low_ratings_90, other.attributes) == (1, 0, {})
    assert sorted(all_of_them, key=lambda one: one.episodes_90) == [other, seen]
    clock.advance(timedelta(days=31).total_seconds())
    async with database.read() as db:
        later = await history.of(db, one, clock.now())
    assert (later.episodes_30, later.episodes_90, later.frustration_30) == (0, 3, 0.0)


async def test_what_is_not_signed_makes_nobody_valuable(
    database: Database, clock: FakeClock, desk: HandoffDesk, app: object
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        visitor = await db.get_one(Visitor, chat.conversation.visitor_id)
        await identity.claim(db, visitor.id, {"plan": "pro", "lifetime_value": 9999})
        await db.refresh(visitor)
        assert await desk.segments.of(db, visitor) is None
        await known(db, clock, chat, "customer-9", lifetime_value=501)
        await db.refresh(visitor)
        assert await desk.segments.of(db, visitor) == "high_value"


async def test_priority_and_the_queue_know_the_segment(
    database: Database, desk: HandoffDesk, clock: FakeClock, person: Person, begin: Begin
) -> None:
    boss = await person("boss", role=Role.SUPERVISOR)
    book = (await _rules(database)).stored()
    book["rules"].append(
        {"why": "a valued customer", "when": {"segments": ["high_value"]}, "impact": "high",
         "urgency": "high"}
    )  # fmt: skip
    async with database.write() as db:
        rule_books.write(db, clock, "priority", book, boss, "they matter")
    desk.priorities.forget()
    plain, valued = await begin(None), await begin(None, external_id="c-1", plan="pro")
    async with database.read() as db:
        one, other = await latest(db, plain.id), await latest(db, valued.id)
        lines = await queue.waiting(db, desk, boss)
    assert one is not None and other is not None
    assert (one.segment, other.segment) == (None, "high_value")
    assert (one.priority, other.priority) == ("high", "urgent")
    assert "a valued customer" in other.priority_reason
    assert [line.segment for line in lines] == ["high_value", None]


async def _rules(database: Database) -> Any:
    async with database.read() as db:
        return await Priorities(FakeClock()).now(db)


async def test_rules_are_changed_with_care(
    database: Database, clock: FakeClock, app: object, person: Person, pro: Chat
) -> None:
    boss: Staff = await person("boss", role=Role.SUPERVISOR)
    house = HouseSegments(clock)
    async with database.read() as db:
        visitor = await db.get_one(Visitor, pro.conversation.visitor_id)
        found = await house.verdict(db, visitor)
        shipped = await segments.read(db)
    assert found is not None and found.why == "High value: a customer of the highest plan"
    async with house.books.changing(database) as db:
        await segments.change(db, clock, Book(rules=()), boss, note="none", seen=0)
    async with database.read() as db:
        assert await house.of(db, visitor) is None
    with pytest.raises(Conflict):
        async with database.write() as db:
            await segments.change(db, clock, shipped, boss, note="back", seen=0)
    async with database.write() as db:
        rule_books.write(db, clock, "segments", {"rules": "broken"}, boss, "by hand")
    async with database.read() as db:
        assert await segments.read(db) == shipped, "no chat fails for a book that can't be read"

"""Root causes, counted and in the order in which somebody should look at them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handoff import queue, rule_books
from handoff.cases import causes
from handoff.cases.inputs import CauseGiven, Closing
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome
from server.auth import Staff
from server.database import Database
from server.errors import Conflict, Invalid
from tests.handoff.cases.conftest import Begin, Person
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("app")


async def test_late_actions_come_first_and_cases_are_counted(
    database: Database, begin: Begin, person: Person, clock: FakeClock, desk: HandoffDesk
) -> None:
    agent = await person("ada")

    async def closed(text: str, action: str = "", due: date | None = None) -> None:
        chat = await begin(agent)
        given = Closing(cause=CauseGiven(text=text, action=action, due=due))
        async with database.write() as db:
            await queue.close(db, desk, chat.id, agent, CloseOutcome.SOLVED, given)

    await closed("Label printed twice")
    clock.advance(timedelta(days=45).total_seconds())
    today = clock.now().date()
    await closed("Label printed twice")
    await closed("Label printed twice")
    await closed("Courier lost it", "Change the courier", today + timedelta(days=9))
    await closed("Bank file cut", "Compare the sums", today + timedelta(days=1))
    await closed("No size chart", "Add one", today + timedelta(days=5))
    clock.advance(timedelta(days=2).total_seconds())
    async with database.write() as db:
        lines = await causes.counted(db, clock.now())
        by_text = {one.cause.text: one for one in lines}
        await causes.change(
            db, by_text["No size chart"].cause.id, text="No size chart", action="Add one",
            owner=agent.id, due=today, done=True, clock=clock,
        )  # fmt: skip
    async with database.read() as db:
        lines = await causes.counted(db, clock.now())
        missing = await causes.unexplained(db, clock.now(), after=2, days=30)
    assert [(one.cause.text, one.month, one.quarter, one.overdue) for one in lines] == [
        ("Bank file cut", 1, 1, True),
        ("Courier lost it", 1, 1, False),
        ("Label printed twice", 2, 3, False),
        ("No size chart", 1, 1, False),
    ]
    assert missing == []
    for _ in range(6):
        await begin(None)
    async with database.read() as db:
        (topic,) = await causes.unexplained(db, clock.now(), after=2, days=30)
    assert (topic.topic, topic.cases, topic.explained) == ("refund_status", 11, 5)


async def test_a_cause_is_rewritten_with_care(database: Database, clock: FakeClock) -> None:
    async with database.write() as db:
        one = await causes.find_or_make(db, clock, "x", CauseGiven(text="One"))
        await causes.find_or_make(db, clock, "x", CauseGiven(text="Two"))
    wrongs = (("two", "", False, Conflict), ("", "", False, Invalid), ("One", "", True, Invalid))
    for text, action, done, error in wrongs:
        with pytest.raises(error):
            async with database.write() as db:
                await causes.change(
                    db, one.id, text=text, action=action, owner=None, due=None, done=done,
                    clock=clock,
                )  # fmt: skip
    again = CauseGiven(text="one", action="Do better")
    async with database.write() as db:
        first = await causes.find_or_make(db, clock, "x", again)
        first.done_at = clock.now()
        await causes.find_or_make(db, clock, "x", again)
        assert first.done_at is not None
        other = CauseGiven(id=one.id, action="Do it otherwise")
        assert (await causes.find_or_make(db, clock, "x", other)).done_at is None


async def test_what_no_database_stores_is_left_out_of_what_supervisors_write(
    any_database: Database, clock: FakeClock
) -> None:
    boss = Staff(login="boss", name="Boss", password_hash="-", created_at=clock.now(), roles=[])
    async with any_database.write() as db:
        db.add(boss)
        cause = await causes.find_or_make(db, clock, None, CauseGiven(text="Bank file cut"))
        await causes.change(
            db, cause.id, text="Bank\ud800 file\0", action="Compare\udfff sums",
            owner=None, due=None, done=False, clock=clock,
        )  # fmt: skip
        rule_books.write(db, clock, "cases", {}, boss, "spring\ud83d\0")
    async with any_database.read() as db:
        (line,) = await causes.counted(db, clock.now())
        (change,) = await rule_books.changes(db, "cases")
    assert (line.cause.text, line.cause.action) == ("Bank file", "Compare sums")
    assert change.note == "spring"

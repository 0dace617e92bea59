"""Which intents were misread in a week, by what trainers and agents said."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.database import Database
from server.week import Week
from tests.support import FakeClock
from tests.training.talk import Talk
from training.digest import Looks, misread
from training.models import IGNORED, Label, Proposal
from training.texts import key

WEEK = Week(2026, 10)
TUESDAY, LAST = WEEK.begins + timedelta(days=1), WEEK.begins - timedelta(days=2)


def label(text: str, taken: str | None, meant: str, at: datetime, turn: uuid.UUID | None) -> Label:
    return Label(
        turn_id=turn, key=key(text), text=text, predicted=taken, intent=meant, at=at, written=True
    )


async def agent(db: AsyncSession) -> uuid.UUID:
    made = Staff(login="ada", name="Ada", password_hash="", roles=["agent"], created_at=TUESDAY)
    db.add(made)
    await db.flush()
    return made.id


async def test_a_message_counts_once_and_the_trainers_word_holds(
    database: Database, clock: FakeClock
) -> None:
    clock.moment = TUESDAY
    talk = Talk(database, clock)
    wrong = await talk.says("send it back", "return")
    right = await talk.says("where is it", "order_status")
    async with database.write() as db:
        ada = await agent(db)
        # The agent was mistaken: the trainer confirms what the model said.
        db.add(Proposal(turn_id=right, intent="delivery_info", by=ada, at=TUESDAY))
        db.add(label("where is it", "order_status", "order_status", TUESDAY, right))
        db.add(Proposal(turn_id=wrong, intent="refund", by=ada, at=TUESDAY))
        db.add(label("send it back", "return", "exchange", TUESDAY, wrong))
    found = await misread(database, WEEK)
    assert (found.now, found.before) == (Looks(1, 2), Looks())
    (only,) = found.intents
    assert (only.intent, only.really, only.read) == ("return", (("exchange", 1),), 1)
    assert found.pairs == ()


async def test_it_counts_in_the_week_in_which_it_was_first_said(
    database: Database, clock: FakeClock
) -> None:
    clock.moment = LAST
    turn = await Talk(database, clock).says("send it back", "return")
    async with database.write() as db:
        db.add(Proposal(turn_id=turn, intent="refund", by=await agent(db), at=LAST))
        db.add(label("send it back", "return", "refund", TUESDAY, turn))
    found = await misread(database, WEEK)
    assert (found.now, found.before, found.intents) == (Looks(), Looks(1, 1), ())


async def test_what_says_nothing_of_a_reading_is_left_out(
    database: Database, clock: FakeClock
) -> None:
    clock.moment = TUESDAY
    talk = Talk(database, clock)
    first = await talk.says("asdf", "greet")
    unread = await talk.says("hm", "greet")
    await talk.says("Returns", "return", button=True)
    meant = await talk.says("take it back", "return")
    async with database.write() as db:
        db.add(label("asdf", "greet", IGNORED, TUESDAY, first))
        db.add(label("hm", None, "deny", TUESDAY, unread))
        db.add(label("typed by a trainer", "greet", "deny", TUESDAY, None))
        db.add(label("take it back", "return", "refund", TUESDAY, meant))
    found = await misread(database, WEEK)
    assert found.now == Looks(1, 1)
    # The button was read as the intent, too, and says nothing of how customers speak.
    assert found.intents[0].read == 1

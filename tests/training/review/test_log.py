"""The log is read once, on both databases; only what is new or gone since is read again."""

from __future__ import annotations

import gc
from unittest.mock import patch

from sqlalchemy import delete, event, update

from conversations.models import Message, Turn, TurnState
from server.database import Database
from tests.support import FakeClock
from tests.training.review.house import Notes
from tests.training.talk import Talk
from training.review import log as log_module
from training.review.cases import Case
from training.review.log import TurnLog
from training.review.said import Said
from training.review.taught import Near
from training.review.view import Standing

SHOWN = "00000000-0000-0000-0000-000000000009"


async def test_a_turn_with_all_that_its_steps_noted(
    any_database: Database, clock: FakeClock
) -> None:
    talk, notes = Talk(any_database, clock), Notes(any_database, clock)
    asked = await talk.says("where is FW-204411", "order_status", language={"code": "en"})
    await notes.decided(asked, kind="answer", question="where is FW-204411", shown=SHOWN)
    clock.advance(10)
    pressed = await talk.says("No", "deny", button=True)
    await notes.step(pressed, verdict={"article_id": SHOWN, "helped": False})
    await notes.step(pressed, handoff={"reason": "no_answer", "detail": "x"})
    await notes.rated(pressed, 2)
    log = TurnLog(any_database)
    await log.refresh()
    no, question = log.turns
    assert (question.text, question.decided, question.shown) == (
        "where is FW-000000",
        "answer",
        SHOWN,
    )
    assert (question.language, question.typed, question.helped) == ("en", True, None)
    assert (no.typed, no.helped, no.judged, no.handoff) == (False, False, SHOWN, "no_answer")
    assert log.low_rated == {(no.conversation_id, no.episode)}


async def test_what_is_unchanged_is_not_read_again(
    database: Database, clock: FakeClock, talk: Talk
) -> None:
    for number in range(3):
        clock.advance(1)
        await talk.says(f"number {number}")
    log = TurnLog(database)
    await log.refresh()
    read: list[str] = []
    event.listen(
        database._reader.sync_engine, "before_cursor_execute",
        lambda _c, _cursor, statement, *_: read.append(statement),
    )  # fmt: skip
    before, version = log.turns, log.version
    await log.refresh()
    assert (log.turns is before, log.version) == (True, version)
    assert not [statement for statement in read if "turns.parse" in statement]
    clock.advance(1)
    await talk.says("another")
    await log.refresh()
    assert [one.text for one in log.turns][:2] == ["another", "number 2"]
    assert log.version == version + 1


async def test_what_was_erased_is_forgotten(
    database: Database, clock: FakeClock, talk: Talk
) -> None:
    gone = await talk.says("forget me")
    await talk.says("keep me")
    log = TurnLog(database)
    await log.refresh()
    async with database.write() as db:
        await db.execute(delete(Message))
        await db.execute(delete(Turn).where(Turn.id == gone))
    await log.refresh()
    assert [one.text for one in log.turns] == ["keep me"]


async def test_the_horizon_holds_the_newest(
    database: Database, clock: FakeClock, talk: Talk
) -> None:
    for number in range(5):
        clock.advance(1)
        await talk.says(f"number {number}", state=TurnState.DONE)
    log = TurnLog(database, horizon=2)
    await log.refresh()
    assert [one.text for one in log.turns] == ["number 4", "number 3"]


async def test_nothing_new_reads_one_row_and_not_all_ids(
    database: Database, talk: Talk, clock: FakeClock
) -> None:
    log = TurnLog(database)
    turn = await talk.says("first")
    with (
        patch.object(log_module, "_ids", wraps=log_module._ids) as ids,
        patch.object(log_module, "_thumbs", wraps=log_module._thumbs) as thumbs,
    ):
        for _ in range(2):
            await log.refresh()
        assert (ids.call_count, thumbs.call_count) == (1, 1)
        running = await talk.says("second", state=TurnState.RUNNING)
        await log.refresh()
        assert ids.call_count == 1
        async with database.write() as db:  # it ends: as old as before
            await db.execute(
                update(Turn).where(Turn.id == running)
                .values(state=TurnState.DONE, finished_at=clock.now())
            )  # fmt: skip
        await log.refresh()
        assert [one.text for one in log.turns] == ["second", "first"]
        async with database.write() as db:
            await db.execute(delete(Turn).where(Turn.id == turn))
        await log.refresh()
    assert [one.text for one in log.turns] == ["second"]


async def test_what_is_kept_of_a_turn_costs_the_garbage_collector_little(
    database: Database, talk: Talk, clock: FakeClock
) -> None:
    """A full collection holds the event loop: with five thousand turns, each with an object for every article, it
    took 65 ms; now 17 ms."""
    notes, log = Notes(database, clock), TurnLog(database)
    turn = await talk.says("do you ship pianos")
    article = {"article_id": SHOWN, "title": "Pianos", "probability": 0.5}
    await notes.decided(turn, kind="answer", question="ship pianos", candidates=[article] * 3)
    await log.refresh()
    (one,) = log.turns
    assert [found.title for found in one.found] == ["Pianos"] * 3
    for _ in range(2):  # what is within first, then what holds it
        gc.collect()
    assert not any(map(gc.is_tracked, (one.candidates, one.articles)))
    assert [kind for kind in (Said, Case, Standing, Near) if "__slots__" not in vars(kind)] == []

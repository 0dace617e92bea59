"""A question without an article goes to the editors, leaves the queue, and can be brought back."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from knowledge_base import reports
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import NotFound, Unavailable
from tests.support import FakeClock
from tests.training.talk import Talk
from training.paths import Paths, Tools
from training.review.items import Filter, Show
from training.room import TrainingRoom


async def waiting(database: Database) -> list[str]:
    async with database.read() as db:
        return [one.question for one in await reports.waiting(db, reports.MISSING)]


async def total(room: TrainingRoom, show: Show) -> int:
    return (await room.inbox.page(Filter(show=show))).total


async def test_a_sent_question_is_the_editors_and_stays_away(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff, clock: FakeClock
) -> None:
    turn = await talk.says("do you ship pianos to ann.peeters@gmail.com", "greet")
    talk.over()
    other = await talk.says("can a piano be shipped", "greet")
    done = await room.inbox.send([turn, other], tess, "nobody wrote of pianos")
    assert (done.done, done.refused) == ((turn, other), ())
    (question,) = await waiting(database)
    assert question.startswith("do you ship pianos") and "peeters" not in question
    talk.over()
    await talk.says("Can a piano be shipped??", "greet")
    assert (await total(room, Show.OPEN), await total(room, Show.SENT)) == (0, 2)
    found = (await room.inbox.page(Filter(show=Show.SENT))).items[0]
    assert found.sent_at == clock.now()


async def test_bringing_it_back_takes_the_report_back(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff
) -> None:
    turn = await talk.says("do you ship pianos", "greet")
    await room.inbox.send([turn], tess)
    await room.inbox.bring_back(turn)
    assert (await total(room, Show.OPEN), await waiting(database)) == (1, [])
    with pytest.raises(NotFound):
        await room.inbox.bring_back(turn)
    assert (await room.inbox.send([turn], tess)).done == (turn,)


async def test_what_an_editor_has_dealt_with_comes_back_all_the_same(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff, clock: Clock
) -> None:
    turn = await talk.says("do you ship pianos", "greet")
    await room.inbox.send([turn], tess)
    async with database.write() as db:
        (report,) = await reports.waiting(db)
        await reports.settle(db, clock, report.id, "eddy")
    await room.inbox.bring_back(turn)
    assert await total(room, Show.OPEN) == 1


async def test_two_questions_of_one_chat_are_two_missing_articles(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff
) -> None:
    first = await talk.says("do you ship pianos", "greet")
    second = await talk.says("and do you tune them afterwards", "greet")
    await room.inbox.send([first], tess)
    assert (await room.inbox.send([second], tess)).done == (second,)
    assert sorted(await waiting(database)) == [
        "and do you tune them afterwards",
        "do you ship pianos",
    ]
    await room.inbox.bring_back(second)
    assert await waiting(database) == ["do you ship pianos"]
    assert (await total(room, Show.OPEN), await total(room, Show.SENT)) == (1, 1)


async def test_the_same_message_sent_twice_is_sent_once(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff, tom: Staff
) -> None:
    turn = await talk.says("do you ship pianos", "greet")
    both = await asyncio.gather(room.inbox.send([turn], tess), room.inbox.send([turn], tess))
    assert [(one.done, one.refused) for one in both] == [((turn,), ()), ((turn,), ())]
    assert await waiting(database) == ["do you ship pianos"]
    # Somebody else did not send it, so nothing of theirs could be taken back.
    done = await room.inbox.send([turn], tom)
    assert (done.done, [one.turn_id for one in done.refused]) == ((), [turn])


async def test_what_was_dealt_with_meanwhile_is_refused(
    room: TrainingRoom, talk: Talk, database: Database, tess: Staff
) -> None:
    turn = await talk.says("do you ship pianos", "greet")
    await room.labels.label([turn], "deny", None)
    done = await room.inbox.send([turn], tess)
    assert (done.done, [one.turn_id for one in done.refused]) == ((), [turn])
    assert await waiting(database) == []
    with pytest.raises(NotFound):
        await room.inbox.send([uuid.uuid4()], tess)


async def test_a_label_outranks_what_was_sent(room: TrainingRoom, talk: Talk, tess: Staff) -> None:
    turn = await talk.says("do you ship pianos", "greet")
    await room.inbox.send([turn], tess)
    await room.labels.label([turn], "deny", None)
    assert (await total(room, Show.SENT), await total(room, Show.LABELLED)) == (0, 1)


async def test_without_an_editors_list_nothing_is_sent(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools, talk: Talk, tess: Staff
) -> None:
    alone = TrainingRoom(database, clock, paths, tools)
    with pytest.raises(Unavailable):
        await alone.inbox.send([await talk.says("do you ship pianos")], tess)

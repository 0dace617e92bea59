"""The fate of every question, read back from the log."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from conversations.models import Outcome
from knowledge_base.asked.log import HORIZON, Log
from knowledge_base.asked.outcomes import Fate, Question
from server.database import Database
from tests.knowledge_base.asked.story import Chat
from tests.support import FakeClock

A, B = uuid.uuid4(), uuid.uuid4()


async def told(database: Database, clock: FakeClock, chat: Chat) -> list[Question]:
    await chat.write(database)
    return await Log(database, clock).questions()


@pytest.mark.parametrize(
    ("fate", "tell"),
    [
        (Fate.HELPED, lambda c: c.asks("q", "answer", A).says("yes", helped=True, of=A)),
        (Fate.HELPED, lambda c: c.asks("q", "answer", A).ends(Outcome.ASSUMED)),
        (Fate.UNKNOWN, lambda c: c.asks("q", "answer", A).ends(Outcome.ABANDONED)),
        (Fate.NOT_HELPED, lambda c: c.asks("q", "answer", A).says("no", helped=False, of=A)),
        (Fate.PERSON, lambda c: c.asks("q", "answer", A).says("a person", handoff="asked")),
        (Fate.CHOICE_LEFT, lambda c: c.asks("q", "choose")),
        (Fate.HELPED, lambda c: c.asks("q", "choose").picks(A).says("yes", helped=True, of=A)),
        (Fate.UNKNOWN, lambda c: c.asks("q", "choose").picks(A)),
        (Fate.NOTHING, lambda c: c.asks("q").says("no", handoff="no_answer")),
        (
            Fate.HELPED,
            lambda c: (
                c.asks("q", "answer", A)
                .asks("q", "answer", B, attempt=2, helped=False, of=A)
                .says("yes", helped=True, of=B)
            ),
        ),
        (
            Fate.NOT_HELPED,
            lambda c: c.asks("q", "answer", A).asks("q", attempt=2, helped=False, of=A),
        ),
        # A verdict on a task's result says nothing of the article.
        (Fate.UNKNOWN, lambda c: c.asks("q", "answer", A).says("no", helped=False, of=None)),
    ],
)
async def test_one_question_has_one_fate(
    any_database: Database, clock: FakeClock, fate: Fate, tell: object
) -> None:
    assert callable(tell)
    found = await told(any_database, clock, tell(Chat(clock.now() - timedelta(minutes=10))))
    assert [one.fate for one in found] == [fate]


async def test_two_questions_in_an_episode_are_two(database: Database, clock: FakeClock) -> None:
    chat = Chat(clock.now() - timedelta(minutes=10)).asks("first", "answer", A).asks("second")
    found = await told(database, clock, chat.says("person", handoff="asked"))
    assert [(one.fate, one.to_person) for one in found] == [
        (Fate.UNKNOWN, False),
        (Fate.NOTHING, True),
    ]


async def test_small_talk_is_no_question_and_the_weather_one_outside(
    any_database: Database, clock: FakeClock
) -> None:
    chat = (
        Chat(clock.now() - timedelta(minutes=10))
        .asks("nice weather", in_scope=False)
        .asks("hey", intent="small_talk")
    )
    (weather,) = await told(any_database, clock, chat.says("hm"))
    assert (weather.fate, weather.outside) == (Fate.NOTHING, True)


async def test_a_strange_question_that_an_article_answered_counts(
    database: Database, clock: FakeClock
) -> None:
    chat = Chat(clock.now() - timedelta(minutes=10)).asks("lamp moon", "answer", A, in_scope=False)
    assert len(await told(database, clock, chat)) == 1


async def test_the_log_reads_on_and_sees_how_an_episode_ended(
    database: Database, clock: FakeClock
) -> None:
    log = Log(database, clock)
    await (
        Chat(clock.now() - timedelta(minutes=10))
        .asks("one", "answer", A)
        .ends(Outcome.ASSUMED)
        .write(database)
    )
    assert [one.fate for one in await log.questions()] == [Fate.HELPED]
    clock.advance(3600)
    await Chat(clock.now() - timedelta(minutes=10)).asks("two").write(database)
    assert [one.fate for one in await log.questions()].count(Fate.NOTHING) == 1
    clock.advance(HORIZON.total_seconds() - 1800)
    assert len(await log.questions()) == 1
    clock.advance(timedelta(hours=1).total_seconds())
    assert await log.questions() == []

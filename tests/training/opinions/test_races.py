"""Two app processes on one database: one second opinion counts, and a case is settled once."""

from __future__ import annotations

import asyncio

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training.opinions.cases import AlreadyGiven, AlreadySettled, AlreadyWaiting
from training.opinions.models import CaseState
from training.opinions.service import Opinions, Outcome
from training.paths import Paths, Tools
from training.room import TrainingRoom


@pytest.fixture
async def rooms(
    any_database: Database, clock: FakeClock, paths: Paths, tools: Tools
) -> tuple[Opinions, Opinions]:
    """As two processes have them: each with its own lock on the labels."""
    one, other = (TrainingRoom(any_database, clock, paths, tools) for _ in range(2))
    return one.opinions, other.opinions


async def hired(database: Database, clock: FakeClock, *names: str) -> list[Staff]:
    async with database.write() as db:
        return [
            await create_staff(
                db, clock, login=name, name=name, password="a long password", roles=[Role.TRAINER]
            )
            for name in names
        ]


async def test_races(
    rooms: tuple[Opinions, Opinions], any_database: Database, clock: FakeClock
) -> None:
    one, other = rooms
    ann, ben, cleo, dan = await hired(any_database, clock, "ann", "ben", "cleo", "dan")
    talk = Talk(any_database, clock)
    turn = await talk.says("never ever")

    # Two people are first at once: one of them is.
    asked = await asyncio.gather(
        one.ask(turn, "deny", ann), other.ask(turn, "greet", ben), return_exceptions=True
    )
    (waiting,) = (found for found in asked if isinstance(found, Outcome))
    assert [type(found) for found in asked if found is not waiting] == [AlreadyWaiting]
    first = ann if asked[0] is waiting else ben
    second = ben if first is ann else ann

    # Two people answer at once: one of them does.
    said = "greet" if first is ann else "deny"  # not what the first one said
    given = await asyncio.gather(
        one.give(waiting.case_id, said, second),
        other.give(waiting.case_id, said, cleo),
        return_exceptions=True,
    )
    (outcome,) = (found for found in given if isinstance(found, Outcome))
    assert outcome.state is CaseState.DISAGREED
    assert [type(found) for found in given if found is not outcome] == [AlreadyGiven]

    # A third person decides while one of the two gives in: one decision is written, by either.
    settled = await asyncio.gather(
        one.settle(waiting.case_id, "order_status", "I know", dan),
        other.revise(waiting.case_id, said, "I see it now", first),
        return_exceptions=True,
    )
    decided = [found for found in settled if isinstance(found, Outcome)]
    assert [(found.state, found.problem) for found in decided] == [(CaseState.DONE, "")]
    assert [type(found) for found in settled if found not in decided] == [AlreadySettled]
    (shown,) = (await one.lists(ann)).settled
    assert shown.intent == decided[0].intent

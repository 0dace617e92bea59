"""Where two people differ: settled by a third, by talking, taken back, ignored; and what can't be written."""

from __future__ import annotations

import asyncio
from unittest.mock import patch
from uuid import UUID

import pytest

from server.database import Database
from server.errors import Invalid, NotFound
from tests.support import FakeClock
from tests.training.labels.test_labels import lines
from tests.training.opinions.conftest import TEXT, People, labels
from tests.training.talk import Talk
from training.models import IGNORED
from training.nlu_files import NluFolder
from training.opinions.cases import AlreadyGiven, AlreadySettled, OwnOpinion
from training.opinions.models import CaseState
from training.paths import Paths
from training.room import TrainingRoom


async def test_a_third_person_settles_it_with_a_reason(
    room: TrainingRoom, people: People, case: UUID, paths: Paths, database: Database
) -> None:
    await room.opinions.give(case, "greet", people.ben)
    with pytest.raises(Invalid, match="why"):
        await room.opinions.settle(case, "greet", "  ", people.cleo)
    for one_of_them in (people.ann, people.ben):
        with pytest.raises(OwnOpinion):
            await room.opinions.settle(case, "deny", "I said so", one_of_them)
    outcome = await room.opinions.settle(
        case, "greet", "It opens the chat", people.cleo
    )  # fmt: skip
    assert outcome.state is CaseState.DONE
    assert TEXT in lines(paths, "greet") and TEXT not in lines(paths, "deny")
    (label,) = await labels(database)
    assert (label.by, label.approved_by) == (people.ben.id, people.cleo.id)
    (settled,) = (await room.opinions.lists(people.ann)).settled
    assert (settled.names, settled.differed) == (("Ann", "Ben", "Cleo"), True)
    assert settled.reason == "It opens the chat"
    with pytest.raises(AlreadySettled):
        await room.opinions.settle(case, "deny", "No, it is not", people.cleo)


async def test_both_may_settle_it_after_talking(
    room: TrainingRoom, people: People, case: UUID, paths: Paths, database: Database
) -> None:
    await room.opinions.give(case, "greet", people.ben)
    third = await room.opinions.revise(
        case, "order_status", "They ask for a date", people.ann
    )  # fmt: skip
    assert third.state is CaseState.DISAGREED
    with pytest.raises(NotFound):
        await room.opinions.revise(case, "order_status", "Me too", people.cleo)
    with pytest.raises(Invalid):
        await room.opinions.revise(case, "order_status", "", people.ben)
    outcome = await room.opinions.revise(
        case, "order_status", "I see it now", people.ben
    )  # fmt: skip
    assert (outcome.state, outcome.intent) == (CaseState.DONE, "order_status")
    assert TEXT in lines(paths, "order_status")
    (label,) = await labels(database)
    assert {label.by, label.approved_by} == {people.ann.id, people.ben.id}
    # Agreement is measured on what was said blind, not on what they came to.
    measured = await room.opinions.agreement()
    assert (measured.all.pairs, measured.all.same) == (1, 0)
    with pytest.raises(AlreadySettled):
        await room.opinions.revise(case, "deny", "I was right", people.ann)


async def test_two_who_change_their_minds_at_once_never_swap(
    room: TrainingRoom, people: People, case: UUID, database: Database
) -> None:
    await room.opinions.give(case, "greet", people.ben)
    await asyncio.gather(
        room.opinions.revise(case, "greet", "Ben is right", people.ann),
        room.opinions.revise(case, "deny", "Ann is right", people.ben),
        return_exceptions=True,
    )
    (label,) = await labels(database)
    assert label.intent in ("greet", "deny")
    assert (await room.opinions.lists(people.ann)).disagreed == ()


async def test_a_first_opinion_can_be_taken_back_until_it_is_answered(
    room: TrainingRoom, people: People, talk: Talk, case: UUID
) -> None:
    with pytest.raises(NotFound):
        await room.opinions.withdraw(case, people.ben)
    await room.opinions.withdraw(case, people.ann)
    with pytest.raises(AlreadySettled, match="taken back"):
        await room.opinions.give(case, "deny", people.ben)
    # The message is free again, for anybody.
    again = await room.labels.label([await talk.says(TEXT)], "greet", people.ben)
    assert len(again.asked) == 1
    (waiting,) = (await room.opinions.lists(people.ann)).to_give
    await room.opinions.give(waiting.id, "deny", people.ann)
    with pytest.raises(AlreadyGiven):
        await room.opinions.withdraw(waiting.id, people.ben)


async def test_ignoring_can_be_an_opinion_too(
    room: TrainingRoom, people: People, talk: Talk, case: UUID, database: Database
) -> None:
    turn = await talk.says(TEXT)
    result = await room.labels.ignore([turn], people.ben)
    assert result.asked == (turn,)
    await room.opinions.revise(case, IGNORED, "Says nothing", people.ann)
    (label,) = await labels(database)
    assert (label.intent, label.approved_by) == (IGNORED, people.ann.id)


async def test_a_file_that_cannot_be_written_now_is_written_later(
    room: TrainingRoom, people: People, case: UUID, paths: Paths, clock: FakeClock,
    database: Database,
) -> None:  # fmt: skip
    with patch.object(NluFolder, "add", side_effect=OSError(28, "No space left on device")):
        outcome = await room.opinions.give(case, "deny", people.ben)
        assert (outcome.state, outcome.intent) == (CaseState.AGREED, "deny")
        assert "not written yet" in outcome.problem
        clock.advance(60)
        assert await room.opinions.write_pending() == 0
    assert await labels(database) == [] and TEXT not in lines(paths, "deny")
    with pytest.raises(AlreadyGiven):
        await room.opinions.give(case, "greet", people.cleo)
    assert await room.opinions.write_pending() == 1
    assert TEXT in lines(paths, "deny")
    (label,) = await labels(database)
    assert (label.by, label.approved_by) == (people.ann.id, people.ben.id)
    assert await room.opinions.write_pending() == 0


async def test_what_cannot_be_written_at_all_says_why(
    room: TrainingRoom, people: People, case: UUID, paths: Paths
) -> None:
    file = paths.nlu / "greet.yml"
    file.write_text(file.read_text("utf-8") + f"    - {TEXT}\n", "utf-8")  # meanwhile, by hand
    outcome = await room.opinions.give(case, "deny", people.ben)
    assert outcome.state is CaseState.DONE
    assert "example of “greet” already" in outcome.problem
    assert (await room.opinions.lists(people.ben)).settled[0].problem == outcome.problem

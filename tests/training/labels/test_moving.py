"""Relabelled, confirmed, moved, taken back: the example follows, and each step can be undone."""

from __future__ import annotations

import uuid
from unittest.mock import patch

import pytest

from server.auth import Staff
from server.database import Database
from server.errors import Invalid, NotFound
from tests.support import FakeClock
from tests.training.labels.conftest import lines, stored, trainer
from tests.training.talk import Talk
from training import proposals
from training.models import IGNORED, Source
from training.nlu_files import NluFolder, NotReadable
from training.paths import Paths
from training.review.items import Filter, Show
from training.room import TrainingRoom


async def test_a_labelled_message_moves_to_the_other_file_and_back(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database, tess: Staff, clock: FakeClock
) -> None:
    turn = await talk.says("certainly not")
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    await room.labels.label([turn], "greet", None)
    labelled = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    clock.advance(60)
    assert (await room.labels.relabel(turn, "deny", tess)).done == (turn,)
    assert (lines(paths, "greet"), lines(paths, "deny")) == (
        ["hi", "good morning"], ["certainly not", "no", "nope"],
    )  # fmt: skip
    (label,) = await stored(database)
    assert (label.intent, label.history, label.by) == ("deny", ["greet"], tess.id)
    assert (label.written, label.at) == (True, clock.now())
    await room.labels.undo(turn)
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == labelled
    await room.labels.undo(turn)
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before
    assert await stored(database) == []
    with pytest.raises(NotFound):
        await room.labels.undo(turn)


async def test_an_example_of_the_files_moves_and_returns_with_its_own_words(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("NOPE!")
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    await room.labels.relabel(turn, "greet", None)
    assert lines(paths, "deny") == ["no"]
    assert "nope" in lines(paths, "greet")
    (label,) = await stored(database)
    assert (label.source, label.history, label.turn_id) == (Source.FILE, ["deny"], turn)
    await room.labels.relabel(turn, "order_status", None)
    await room.labels.undo(turn)
    assert "nope" in lines(paths, "greet")
    await room.labels.undo(turn)
    assert sorted(lines(paths, "deny")) == ["no", "nope"]
    assert await stored(database) == []
    assert {p: sorted(p.read_bytes().split(b"\n")) for p in before} == {
        p: sorted(content.split(b"\n")) for p, content in before.items()
    }


async def test_ignored_for_ever_and_relabelled_all_the_same(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("certainly not")
    await room.labels.ignore([turn], None)
    await talk.says("Certainly not!")
    assert (await room.inbox.page(Filter())).total == 0
    await room.labels.relabel(turn, "deny", None)
    assert "certainly not" in lines(paths, "deny")
    await room.labels.relabel(turn, IGNORED, None)
    assert lines(paths, "deny") == ["no", "nope"]
    (label,) = await stored(database)
    assert (label.intent, label.history, label.written) == (IGNORED, [IGNORED, "deny"], False)
    assert (await room.labels.waiting(), await room.labels.write_pending()) == (0, 0)
    await room.labels.undo(turn)
    assert "certainly not" in lines(paths, "deny")
    await room.labels.undo(turn)
    assert lines(paths, "deny") == ["no", "nope"]
    assert (await room.inbox.page(Filter(show=Show.IGNORED))).total == 1


async def test_what_nobody_dealt_with_is_labelled_by_relabelling(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn, empty = await talk.says("certainly not"), await talk.says("/")
    assert (await room.labels.relabel(turn, "deny", None)).done == (turn,)
    assert (await room.labels.relabel(turn, "deny", None)).done == (turn,)
    assert (await room.labels.relabel(await talk.says("nope"), "deny", None)).refused == ()
    assert "readable" in (await room.labels.relabel(empty, "deny", None)).refused[0].problem
    assert [label.history for label in await stored(database)] == [[]]
    with pytest.raises(Invalid):
        await room.labels.relabel(turn, "pizza", None)
    with pytest.raises(NotFound):
        await room.labels.relabel(uuid.uuid4(), "deny", None)


async def test_examples_without_a_message_move_by_their_words(
    room: TrainingRoom, paths: Paths, database: Database, tess: Staff
) -> None:
    await room.labels.move_example("Nope", "deny", "greet", tess)
    assert "nope" in lines(paths, "greet")
    origin = await room.labels.origin("nope")
    assert origin is not None
    assert (origin.source, origin.role, origin.turn_id) == ("file", "trainer", None)
    with pytest.raises(NotFound):
        await room.labels.move_example("nope", "deny", "order_status", tess)
    await room.labels.move_example("nope", "greet", IGNORED, tess)
    assert "nope" not in lines(paths, "greet") + lines(paths, "deny")
    for _ in range(2):
        await room.labels.undo_example("nope")
    assert sorted(lines(paths, "deny")) == ["no", "nope"]
    assert (await stored(database), await room.labels.origin("nope")) == ([], None)


async def test_a_guess_is_confirmed_where_there_is_one(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    one, other = await talk.says("ahoy", "greet"), await talk.says("never", "deny")
    odd = await talk.says("hm", "nlu_fallback")
    result = await room.labels.confirm([one, odd, other], None)
    assert set(result.done) == {one, other}
    assert [(one.turn_id, "choose one" in one.problem) for one in result.refused] == [(odd, True)]
    assert "ahoy" in lines(paths, "greet") and "never" in lines(paths, "deny")


async def test_a_label_says_that_an_agent_or_a_second_trainer_said_so(
    room: TrainingRoom, talk: Talk, database: Database, clock: FakeClock, tess: Staff
) -> None:
    ben = await trainer(database, clock, "ben")
    turns = [await talk.says(text) for text in ("a one", "b two", "c three")]
    async with database.write() as db:
        await proposals.add(db, clock, turn_id=turns[0], intent="deny", by=ben.id)
        await proposals.add(db, clock, turn_id=turns[1], intent="greet", by=ben.id)
    await room.labels.label(turns[:2], "deny", tess)
    await room.labels.label(turns[2:], "deny", tess, source=Source.OPINION, approved_by=ben)
    assert [(label.source, label.approved_by) for label in await stored(database)] == [
        (Source.AGENT, None), (Source.TURN, None), (Source.OPINION, ben.id),
    ]  # fmt: skip


async def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn, known = await talk.says("certainly not"), await talk.says("nope")
    await room.labels.label([turn], "greet", None)
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    with patch.object(NluFolder, "move", side_effect=NotReadable):
        for one in (turn, known):
            with pytest.raises(NotReadable):
                await room.labels.relabel(one, "deny" if one == turn else "greet", None)
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before
    assert [(one.intent, one.history, one.written) for one in await stored(database)] == [
        ("greet", [], True)
    ]


async def test_a_crash_between_note_and_move_is_made_good(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("certainly not")
    await room.labels.label([turn], "greet", None)
    crash = patch.object(NluFolder, "move", side_effect=KeyboardInterrupt)
    with crash, pytest.raises(KeyboardInterrupt):
        await room.labels.relabel(turn, "deny", None)
    assert "certainly not" in lines(paths, "greet")
    assert await room.labels.write_pending() == 1
    assert "certainly not" not in lines(paths, "greet")
    assert lines(paths, "deny") == ["certainly not", "no", "nope"]
    assert await room.labels.write_pending() == 0
    await room.labels.undo(turn)
    assert "certainly not" in lines(paths, "greet")

"""What people do in the files: counted at once, seen where a label says otherwise, never undone by us."""

from __future__ import annotations

import uuid

import pytest

from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from tests.training.labels.conftest import lines, stored
from tests.training.talk import Talk
from training.models import IGNORED
from training.nlu_files import NotReadable
from training.paths import Paths
from training.room import TrainingRoom
from training.spans import Span


def edit(paths: Paths, intent: str, old: str, new: str) -> None:
    path = paths.nlu / f"{intent}.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


async def test_a_written_example_counts_at_once(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    edit(paths, "greet", "    - hi\n", "    - hi\n    - hiya\n")
    counts = {one.name: one.examples for one in await room.labels.intents()}
    assert counts == {"deny": 2, "greet": 3, "order_status": 2}
    turn = await talk.says("Hiya!")
    (refused,) = (await room.labels.label([turn], "deny", None)).refused
    assert "“greet” already" in refused.problem


async def test_what_a_person_moved_or_took_out_is_seen_and_stays(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    moved, gone, kept = [await talk.says(text) for text in ("ahoy there", "bye now", "cheers")]
    await room.labels.label([moved, gone, kept], "greet", None)
    edit(paths, "greet", "    - ahoy there\n", "")
    edit(paths, "greet", "    - bye now\n", "")
    edit(paths, "deny", "    - no\n", "    - no\n    - Ahoy there!\n")
    found = {one.text: one for one in await room.labels.edited_by_hand()}
    assert {text: (one.intent, one.now) for text, one in found.items()} == {
        "ahoy there": ("greet", "deny"), "bye now": ("greet", None),
    }  # fmt: skip
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    assert await room.labels.write_pending() == 0
    await room.start()
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before
    for one in found.values():
        await room.labels.accept_edit(one.label_id, None)
    assert await room.labels.edited_by_hand() == []
    assert [(one.intent, one.history) for one in await stored(database)] == [
        ("deny", ["greet"]), (IGNORED, ["greet"]), ("greet", []),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await room.labels.accept_edit(found["bye now"].label_id, None)
    with pytest.raises(NotFound):
        await room.labels.put_back(uuid.uuid4())


async def test_a_persons_edit_can_be_put_back(room: TrainingRoom, talk: Talk, paths: Paths) -> None:
    turns = [await talk.says(text) for text in ("ahoy there", "bye now")]
    await room.labels.label(turns, "greet", None)
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    edit(paths, "greet", "    - ahoy there\n", "")
    edit(paths, "greet", "    - bye now\n", "")
    edit(paths, "deny", "    - no\n", "    - no\n    - ahoy there\n")
    for one in await room.labels.edited_by_hand():
        await room.labels.put_back(one.label_id)
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before
    assert await room.labels.edited_by_hand() == []


async def test_taking_a_label_back_leaves_what_a_person_moved(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    turn = await talk.says("ahoy there")
    await room.labels.label([turn], "greet", None)
    edit(paths, "greet", "    - ahoy there\n", "")
    edit(paths, "deny", "    - no\n", "    - no\n    - ahoy there\n")
    await room.labels.undo(turn)
    assert lines(paths, "deny") == ["no", "ahoy there", "nope"]


async def test_an_unfinished_merge_stops_labelling_with_file_and_line(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("ahoy there")
    edit(paths, "deny", "    - no\n", "<<<<<<< HEAD\n    - no\n=======\n    - nah\n>>>>>>> b\n")
    for deed in (
        room.labels.label([turn], "greet", None),
        room.labels.relabel(turn, "greet", None),
        room.labels.intents(),
        room.labels.edited_by_hand(),
    ):
        with pytest.raises(NotReadable, match=r"data/nlu/deny\.yml, line 5: a merge was left"):
            await deed
    assert await stored(database) == []


async def test_entities_are_marked_in_the_masked_text(
    room: TrainingRoom, talk: Talk, house: Paths, database: Database
) -> None:
    turn = await talk.says("Will FW-204999 bring my kettle", entities=[])
    marks = [Span(24, 30, "product", "Fernway Kettle"), Span(0, 4, "PERSON", role="own")]
    await room.labels.label([turn], "order_status", None, spans={turn: marks})
    written = (
        '[Will]{"entity": "PERSON", "role": "own"} FW-000000 bring my '
        '[kettle]{"entity": "product", "value": "Fernway Kettle"}'
    )
    assert written in lines(house, "order_status")
    (label,) = await stored(database)
    assert label.text == "Will FW-000000 bring my kettle"
    await room.labels.mark(turn, [Span(24, 30, "product")])
    assert "Will FW-000000 bring my [kettle](product)" in lines(house, "order_status")
    await room.labels.relabel(turn, "greet", None)
    assert "Will FW-000000 bring my [kettle](product)" in lines(house, "greet")
    await room.labels.mark(turn, [])
    assert "Will FW-000000 bring my kettle" in lines(house, "greet")
    assert (await room.labels.entities()) == {"product": (), "PERSON": ("own",)}


BAD = [
    [Span(0, 4, "pizza")], [Span(0, 4, "product", role="own")], [Span(0, 5, "product")],
    [Span(-1, 4, "product")], [Span(4, 4, "product")], [Span(0, 99, "product")],
    [Span(0, 4, "product"), Span(3, 8, "product")], [Span(0, 4, "product", "x } y")],
    [Span(0, 4, "product", "ann@gmail.com")], [Span(0, 4, "product", "FW-204411")],
    [Span(n, n + 1, "product") for n in range(21)],
]  # fmt: skip


@pytest.mark.parametrize("marks", BAD)
async def test_marks_that_do_not_fit_are_refused_and_nothing_is_done(
    room: TrainingRoom, talk: Talk, house: Paths, database: Database, marks: list[Span]
) -> None:
    turn = await talk.says("some kettles are not for everybody here")
    before = {path: path.read_bytes() for path in house.nlu.iterdir()}
    with pytest.raises(Invalid):
        await room.labels.label([turn], "deny", None, spans={turn: marks})
    with pytest.raises(NotFound):
        await room.labels.mark(turn, [])
    await room.labels.label([turn], "deny", None)
    with pytest.raises(Invalid):
        await room.labels.mark(turn, marks)
    await room.labels.undo(turn)
    assert {path: path.read_bytes() for path in house.nlu.iterdir()} == before
    assert await stored(database) == []


async def test_an_example_that_was_reworded_is_marked_by_hand(
    room: TrainingRoom, talk: Talk, house: Paths
) -> None:
    turn = await talk.says("my kettle")
    await room.labels.label([turn], "deny", None)
    edit(house, "deny", "- my kettle\n", "- My kettle!\n")
    with pytest.raises(Conflict, match="edited by hand"):
        await room.labels.mark(turn, [Span(3, 9, "product")])

"""Labels land in the training files once, the same way every time, and can be taken back."""

from __future__ import annotations

import uuid
from unittest.mock import patch

import pytest
import yaml
from sqlalchemy import select

from server.database import Database
from server.errors import Invalid, NotFound, Unavailable
from tests.training.talk import Talk
from training.models import Label
from training.nlu_files import NluFolder, NotReadable
from training.paths import Paths
from training.review.items import Filter
from training.room import TrainingRoom

HOSTILE = {
    "see [FW-1](order_number) and [x]{\"entity\": \"y\"}": 'see (FW-1)(order_number) and (x)("entity": "y")',
    "/order_status{\"a\": 1}": 'order_status("a": 1)',
    "line one\n- intent: deny\n  examples: |": "line one - intent: deny examples: |",
    "tab\there \x00\x1b null": "tab here null",
    "'quotes' \"double\" #hash: & *anchor !tag %dir @at `tick`": (
        "'quotes' \"double\" #hash: & *anchor !tag %dir @at `tick`"
    ),
    "z" * 10_240: "z" * 500,
}  # fmt: skip


def lines(paths: Paths, intent: str) -> list[str]:
    text = (paths.nlu / f"{intent}.yml").read_text("utf-8")
    return [line[2:] for line in yaml.safe_load(text)["nlu"][0]["examples"].splitlines()]


async def stored(database: Database) -> list[Label]:
    async with database.read() as db:
        return list(await db.scalars(select(Label)))


async def test_a_label_is_written_masked_and_remembered(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("parcel FW-204999 for ann@gmail.com?", "greet", 0.4)
    result = await room.labels.label([turn], "order_status", None)
    assert (result.done, result.refused) == ((turn,), ())
    text = "parcel FW-000000 for name@example.com?"
    assert text in lines(paths, "order_status")
    (label,) = await stored(database)
    assert (label.text, label.predicted, label.confidence) == (text, "greet", 0.4)
    assert (label.intent, label.written, label.run_id) == ("order_status", True, None)
    assert await room.labels.waiting() == 1


async def test_the_same_labels_give_the_same_bytes_in_any_order(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    before = (paths.nlu / "deny.yml").read_bytes()
    turns = [await talk.says(f"never {word}") for word in ("b", "a", "c")]
    await room.labels.label(turns, "deny", None)
    together = (paths.nlu / "deny.yml").read_bytes()
    for turn in turns:
        await room.labels.undo(turn)
    assert (paths.nlu / "deny.yml").read_bytes() == before
    for turn in reversed(turns):
        await room.labels.label([turn], "deny", None)
    assert (paths.nlu / "deny.yml").read_bytes() == together
    assert lines(paths, "deny") == ["never a", "never b", "never c", "no", "nope"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_stays_one_example(
    room: TrainingRoom, talk: Talk, paths: Paths, text: str
) -> None:
    turn = await talk.says(text)
    await room.labels.label([turn], "deny", None)
    assert sorted(lines(paths, "deny")) == sorted(["no", "nope", HOSTILE[text]])
    assert list(yaml.safe_load((paths.nlu / "deny.yml").read_text("utf-8"))) == ["version", "nlu"]


async def test_duplicates_are_refused_and_the_others_go_ahead(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    known = await talk.says("NOPE!")
    fresh = await talk.says("certainly not")
    same = await talk.says("Certainly not.")
    empty = await talk.says("/")
    result = await room.labels.label([known, fresh, same, empty], "deny", None)
    assert result.done == (fresh,)
    problems = {refused.turn_id: refused.problem for refused in result.refused}
    assert problems[known] == "This is an example of “deny” already; ignore it instead."
    assert "dealt with" in problems[same]
    assert "readable" in problems[empty]
    assert lines(paths, "deny") == ["certainly not", "no", "nope"]
    assert len(await stored(database)) == 1


@pytest.mark.parametrize("intent", ["pizza", "ignored", "nlu_fallback", "../greet", ""])
async def test_only_intents_of_the_domain_are_labels(
    room: TrainingRoom, talk: Talk, intent: str
) -> None:
    turn = await talk.says("hm")
    with pytest.raises(Invalid):
        await room.labels.label([turn], intent, None)
    assert await room.labels.waiting() == 0


async def test_unknown_turns_and_odd_numbers_of_them_are_refused(
    room: TrainingRoom, talk: Talk
) -> None:
    turn = await talk.says("hm")
    with pytest.raises(NotFound):
        await room.labels.label([turn, uuid.uuid4()], "deny", None)
    for wanted in ([], [uuid.uuid4() for _ in range(101)]):
        with pytest.raises(Invalid):
            await room.labels.label(wanted, "deny", None)
    assert (await room.inbox.page(Filter())).total == 1


async def test_a_file_in_another_form_leaves_the_message_in_the_inbox(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("certainly not")
    (paths.nlu / "greet.yml").write_text("nlu:\n- intent: greet\n  examples: [a]\n")
    with pytest.raises(NotReadable):
        await room.labels.label([turn], "deny", None)
    assert await stored(database) == []


async def test_a_crash_before_the_file_is_made_good(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("certainly not")
    with (
        patch.object(NluFolder, "add", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        await room.labels.label([turn], "deny", None)
    (label,) = await stored(database)
    assert not label.written
    assert await room.labels.write_pending() == 1
    assert lines(paths, "deny") == ["certainly not", "no", "nope"]
    (label,) = await stored(database)
    assert label.written
    assert await room.labels.write_pending() == 0


async def test_a_crash_after_the_file_writes_nothing_twice(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    turn = await talk.says("certainly not")
    await room.labels.label([turn], "deny", None)
    async with database.write() as db:
        (await db.scalars(select(Label))).one().written = False
    await room.start()
    assert lines(paths, "deny") == ["certainly not", "no", "nope"]
    assert (await stored(database))[0].written


async def test_undo_finds_the_label_by_what_the_message_says(
    room: TrainingRoom, talk: Talk, paths: Paths
) -> None:
    await room.labels.label([await talk.says("certainly not")], "deny", None)
    later = await talk.says("Certainly not!")
    await room.labels.undo(later)
    assert lines(paths, "deny") == ["no", "nope"]
    with pytest.raises(NotFound):
        await room.labels.undo(later)
    with pytest.raises(NotFound):
        await room.labels.undo(uuid.uuid4())


async def test_intents_are_counted(room: TrainingRoom, paths: Paths) -> None:
    assert [(intent.name, intent.examples) for intent in await room.labels.intents()] == [
        ("deny", 2), ("greet", 2), ("order_status", 2),
    ]  # fmt: skip
    paths.domain.unlink()
    with pytest.raises(Unavailable, match=r"domain\.yml"):
        await room.labels.intents()

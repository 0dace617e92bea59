"""Several trainers and several processes at once: one label each, one line each, nothing lost."""

from __future__ import annotations

import asyncio
from unittest.mock import patch

import pytest
from sqlalchemy import false, select

from server.clock import Clock
from server.database import Database
from server.errors import Conflict
from tests.support import FakeClock
from tests.training.labels.conftest import lines, trainer
from tests.training.talk import Talk
from training.labels import Busy, Labels
from training.labels import shelf as shelves
from training.labels.noting import Wish, note
from training.models import Label
from training.nlu_files import Example, NluFolder
from training.paths import Paths
from training.texts import key


def process(database: Database, clock: Clock, paths: Paths) -> Labels:
    """What another process holds: the same database, the same folder, nothing else in common."""
    return Labels(database, clock, paths)


async def test_of_two_trainers_who_label_one_message_one_is_first(
    any_database: Database, clock: FakeClock, paths: Paths
) -> None:
    turn = await Talk(any_database, clock).says("certainly not")
    ada, ben = [await trainer(any_database, clock, name) for name in ("ada", "ben")]
    one, other = [process(any_database, clock, paths) for _ in range(2)]
    results = await asyncio.gather(
        one.label([turn], "deny", ada), other.label([turn], "greet", ben)
    )
    assert sorted(len(result.done) for result in results) == [0, 1]
    (refused,) = [refused for result in results for refused in result.refused]
    assert "dealt with" in refused.problem
    async with any_database.read() as db:
        (label,) = await db.scalars(select(Label))
    assert [intent for intent in ("deny", "greet") if "certainly not" in lines(paths, intent)] == [
        label.intent
    ]


async def test_processes_that_share_the_data_alone_take_turns(
    any_database: Database, clock: FakeClock, paths: Paths
) -> None:
    """Each with a var of its own: the lock stands beside the data."""
    apart = Paths(paths.domain, paths.nlu, paths.golden, paths.var / "other")
    turns = [await Talk(any_database, clock).says(f"never {n}") for n in range(8)]
    one, other = process(any_database, clock, paths), process(any_database, clock, apart)
    results = await asyncio.gather(
        *(labels.label([turn], "deny", None) for turn in turns for labels in (one, other))
    )
    assert sum(len(result.done) for result in results) == len(turns)
    assert sum(len(result.refused) for result in results) == len(turns)
    async with any_database.read() as db:
        assert len(list(await db.scalars(select(Label)))) == len(turns)
    assert lines(paths, "deny") == [f"never {n}" for n in range(8)] + ["no", "nope"]


async def test_many_at_once_lose_nothing(
    any_database: Database, clock: FakeClock, paths: Paths
) -> None:
    talk = Talk(any_database, clock)
    turns = [await talk.says(f"never {n:02}") for n in range(12)]
    processes = [process(any_database, clock, paths) for _ in range(3)]
    await asyncio.gather(
        *(processes[n % 3].label([turn], "deny", None) for n, turn in enumerate(turns))
    )
    assert lines(paths, "deny") == [f"never {n:02}" for n in range(12)] + ["no", "nope"]
    await asyncio.gather(
        *(processes[n % 3].relabel(turn, "greet", None) for n, turn in enumerate(turns)),
        *(processes[n % 3].undo_example(f"never {n:02}") for n in range(0, 12, 2)),
        return_exceptions=True,
    )
    there = lines(paths, "deny") + lines(paths, "greet")
    async with any_database.read() as db:
        labels = {label.text: label.intent for label in await db.scalars(select(Label))}
    assert sorted(there) == sorted([*labels, "no", "nope", "hi", "good morning"])
    assert all(text in lines(paths, intent) for text, intent in labels.items())


async def test_a_start_elsewhere_waits_for_a_label_that_is_half_done(
    database: Database, clock: FakeClock, paths: Paths
) -> None:
    turn = await Talk(database, clock).says("certainly not")
    one, other = process(database, clock, paths), process(database, clock, paths)
    noted, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    add = NluFolder.add

    def slow(folder: NluFolder, wanted: list[Example]) -> list[str | None]:
        loop.call_soon_threadsafe(noted.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return add(folder, wanted)

    with patch.object(NluFolder, "add", slow):
        labelling = asyncio.create_task(one.label([turn], "deny", None))
        await noted.wait()
        starting = asyncio.create_task(other.write_pending())
        await asyncio.sleep(0)
        go_on.set()
        assert (await labelling).done == (turn,)
    assert await starting == 0
    assert lines(paths, "deny") == ["certainly not", "no", "nope"]


async def test_a_process_that_does_not_finish_is_told_of(
    database: Database, clock: FakeClock, paths: Paths
) -> None:
    turn = await Talk(database, clock).says("certainly not")
    one, other = process(database, clock, paths), process(database, clock, paths)
    with patch.object(shelves, "WAIT", 0.05):
        async with one.shelf.alone():
            with pytest.raises(Busy):
                await other.label([turn], "deny", None)
    assert (await other.label([turn], "deny", None)).done == (turn,)


async def test_the_unique_key_decides_where_no_lock_does(
    any_database: Database, clock: FakeClock, paths: Paths
) -> None:
    """A data folder whose locks do not reach the other machine."""
    turns = [await Talk(any_database, clock).says(f"never {n}") for n in range(6)]
    labels = process(any_database, clock, paths)
    pairs = await asyncio.gather(
        *(note(labels.shelf, [turn], Wish("deny", None)) for turn in turns for _ in range(3))
    )
    assert sum(len(noted) for noted, _ in pairs) == len(turns)
    assert sum(len(refused) for _, refused in pairs) == 2 * len(turns)


async def test_a_new_intent_and_a_moved_example_lose_to_whoever_noted_first(
    database: Database, clock: FakeClock, house: Paths
) -> None:
    labels = process(database, clock, house)
    before = {path: path.read_bytes() for path in house.nlu.iterdir()}
    async with database.write() as db:
        for text in ("one of two", "nope"):
            db.add(Label(key=key(text), text=text, intent="greet", at=clock.now()))
    nobody = patch(
        "training.labels.creating.select",
        lambda *_: select(Label.key, Label.turn_id).where(false()),
    )
    with nobody, pytest.raises(Conflict, match="first"):
        await labels.create_intent("parcel_shop", None, texts=["one of two", "two of two"])
    with patch("training.labels.moving._label_of", return_value=None), pytest.raises(Conflict):
        await labels.move_example("nope", "deny", "greet", None)
    assert {path: path.read_bytes() for path in house.nlu.iterdir()} == before
    assert "parcel_shop" not in house.domain.read_text("utf-8")


async def test_two_who_take_a_label_back_are_told_apart(
    database: Database, clock: FakeClock, paths: Paths
) -> None:
    turn = await Talk(database, clock).says("certainly not")
    labels = process(database, clock, paths)
    await labels.label([turn], "deny", None)
    async with database.read() as db:
        (label,) = await db.scalars(select(Label))
    clock.advance(1)
    await labels.relabel(turn, "greet", None)
    with pytest.raises(Conflict):
        async with database.write() as db:
            await labels.shelf.change(db, label, intent="order_status")

"""A look at the data: in the background, kept as a file, mended and settled."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.errors import NotFound
from tests.support import FakeClock
from tests.training.talk import Talk
from training.health import report as reports
from training.health.desk import AlreadyLooking, DataHealth
from training.health.findings import Finding, Kind
from training.health.vectors import VectorShelf
from training.paths import Paths


async def looked(desk: DataHealth) -> list[Finding]:
    await desk.look()
    await desk.wait()
    standing = await desk.standing()
    assert standing.progress.problem == ""
    return list(standing.findings)


def of(found: list[Finding], kind: Kind) -> list[Finding]:
    return [one for one in found if one.kind is kind]


async def test_the_first_look_finds_what_ails(desk: DataHealth, clock: FakeClock) -> None:
    assert (await desk.standing()).report is None
    found = await looked(desk)
    standing = await desk.standing()
    assert standing.report is not None
    assert (standing.report.at, standing.report.examples) == (clock.now(), 26)
    (double,) = of(found, Kind.DOUBLE)
    assert double.intents == ("order_status", "return_policy")
    (few,) = of(found, Kind.FEW)
    assert few.intents == ("greet",)
    assert of(found, Kind.UNUSED) == []


async def test_a_change_of_any_example_since_is_seen(desk: DataHealth) -> None:
    await looked(desk)
    assert not (await desk.standing()).changed
    (calm, *_) = [one for one in await desk.examples() if one.intent == "greet"]
    mended = await desk.mending.move(
        calm, "order_status", None
    )  # of no finding, and as many as before
    assert (await desk.standing()).changed
    await desk.mending.take_back(mended)
    assert not (await desk.standing()).changed


async def test_messages_are_read_masked_and_typed_ones_only(
    desk: DataHealth, talk: Talk, clock: FakeClock, taught: Paths
) -> None:
    for number in range(60):
        await talk.says(f"zebra crossing {number} ann.peeters@gmail.com", "order_status")
    await talk.says("Talk to a person", "request_human", button=True)
    clock.advance(100 * 86400)
    for number in range(60):
        await talk.says(f"purple elephants dance {number} bob@gmail.com", "order_status")
    found = await looked(desk)
    standing = await desk.standing()
    assert standing.report is not None
    assert standing.report.messages == 60
    (drift,) = of(found, Kind.DRIFT)
    assert drift.lines[0][0].text.endswith("name@example.com")
    kept = (taught.var / "health" / "report.json").read_text("utf-8")
    assert "bob@" not in kept
    assert "ann.peeters" not in kept


async def test_not_a_problem_is_remembered_and_can_be_taken_back(
    desk: DataHealth, trainer: Staff
) -> None:
    (few,) = of(await looked(desk), Kind.FEW)
    await desk.settle(few.key, trainer)
    await desk.settle(few.key, trainer)
    assert of(await looked(desk), Kind.FEW) == []
    (settled,) = (await desk.standing()).settled
    assert (settled.title, settled.by) == ("“greet”: 3 examples (12 % of all).", "Tess")
    await desk.unsettle(few.key)
    assert len(of(list((await desk.standing()).findings), Kind.FEW)) == 1
    with pytest.raises(NotFound):
        await desk.settle("0" * 64, trainer)


async def test_one_look_at_a_time_across_processes(
    desk: DataHealth, database: Database, clock: FakeClock, taught: Paths, encoder: Encoder
) -> None:
    elsewhere = DataHealth(database, clock, taught, encoder)
    await desk.look()
    with pytest.raises(AlreadyLooking):
        await elsewhere.look()
    assert (await elsewhere.standing()).progress.running
    assert await elsewhere.look_if_old()
    await desk.wait()
    assert not (await elsewhere.standing()).progress.running


async def test_an_old_report_is_made_anew_a_fresh_one_is_not(
    desk: DataHealth, clock: FakeClock
) -> None:
    assert await desk.look_if_old()
    await desk.wait()
    assert not await desk.look_if_old()
    clock.advance(7 * 3600)
    assert await desk.look_if_old()
    await desk.wait()
    found = (await desk.standing()).report
    assert found is not None
    assert found.at == clock.now()


async def test_a_file_in_another_form_is_told_and_the_old_report_stays(
    desk: DataHealth, taught: Paths
) -> None:
    await looked(desk)
    (taught.nlu / "greet.yml").write_text("nlu:\n- intent: greet\n  examples: [hi]\n", "utf-8")
    await desk.look()
    await desk.wait()
    _, progress = desk._kept()
    assert "greet.yml" in progress.problem


async def test_a_process_that_died_does_not_look_for_ever(desk: DataHealth, taught: Paths) -> None:
    folder = taught.var / "health"
    folder.mkdir()
    told = {"running": True, "doing": "Gathering", "done": 0, "total": 0, "problem": ""}
    (folder / "progress.json").write_text(json.dumps(told), "utf-8")
    assert not (await desk.standing()).progress.running


def test_vectors_are_encoded_once_and_hold_no_words(tmp_path: Path, encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    shelf = VectorShelf(tmp_path, encoder)
    first = shelf.of(["where is it", "hello", "hello"], tell)
    assert told == [(0, 2)]
    again = VectorShelf(tmp_path, encoder).of(["hello", "where is it"], tell)
    assert told == [(0, 2)]
    np.testing.assert_array_equal(again, first[[1, 0]])
    (file,) = tmp_path.iterdir()
    assert b"where" not in file.read_bytes()
    file.write_bytes(b"not a zip")
    np.testing.assert_array_equal(shelf.of(["hello"], tell), first[1:2])
    assert shelf.of([], tell).shape == (0, encoder.dimension)


def test_a_report_of_another_form_is_none(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert reports.kept(path) is None
    path.write_text('{"form": 0}', "utf-8")
    assert reports.kept(path) is None
    path.write_text(f'{{"form": {reports.FORM}, "at": "yesterday"}}', "utf-8")
    assert reports.kept(path) is None


async def test_on_either_database(
    any_database: Database, clock: FakeClock, taught: Paths, encoder: Encoder
) -> None:
    talk = Talk(any_database, clock)
    await talk.says("where is my order", "order_status")
    await talk.says("Yes", "affirm", button=True)
    async with any_database.write() as db:
        tess = await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )
    desk = DataHealth(any_database, clock, taught, encoder)
    (few,) = of(await looked(desk), Kind.FEW)
    standing = await desk.standing()
    assert standing.report is not None
    assert standing.report.messages == 1
    await desk.settle(few.key, tess)
    await desk.settle(few.key, tess)
    assert [one.by for one in (await desk.standing()).settled] == ["Tess"]
    await desk.unsettle(few.key)
    assert (await desk.standing()).settled == ()

"""Doubtful examples in the room: found in the background, decided once, remembered."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from tests.support import FakeClock
from tests.training.labels.test_labels import lines
from tests.training.suspects.conftest import made_anew
from tests.training.suspects.house import WRONG
from tests.training.talk import Talk
from training.models import IGNORED
from training.nlu_files import NluFolder, NotReadable
from training.paths import Paths, Tools
from training.review.items import Filter, Show
from training.room import TrainingRoom
from training.suspects.looking import AlreadyLooking
from training.suspects.models import Decision
from training.suspects.service import Found, Suspects

TEXT, NOW, RIGHT = "account locked please", "warranty", "password"


def texts(found: Found) -> set[str]:
    return {one.text for one in found.items}


@pytest.fixture
async def tess(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )


async def test_opening_the_page_begins_the_first_search(
    room: TrainingRoom, taught: Paths, tools: Tools, database: Database, clock: FakeClock
) -> None:
    suspects = made_anew(room, taught, tools, database, clock, FAKE_FOUND="")  # really searches
    first = await suspects.page()
    assert first.looking and first.items == ()
    await suspects.looking.wait()
    found = await suspects.page()
    assert set(WRONG) <= texts(found)
    assert (found.looking, found.changed, found.at) == (False, False, clock.now())
    assert (found.examples, found.left_out, found.problem) == (82, ("tiny",), None)
    assert (
        len((await suspects.page(1)).items) == 1 and (await suspects.page(1)).total == found.total
    )


@pytest.mark.usefixtures("looked")
async def test_what_is_kept_is_never_shown_again(
    suspects: Suspects, room: TrainingRoom, taught: Paths, tools: Tools, database: Database,
    clock: FakeClock, tess: Staff,
) -> None:  # fmt: skip
    before = (taught.nlu / f"{NOW}.yml").read_bytes()
    decided = await suspects.keep(TEXT, NOW, tess)
    assert (decided.decision, decided.by) == (Decision.KEPT, tess.id)
    assert TEXT not in texts(await suspects.page())
    assert (taught.nlu / f"{NOW}.yml").read_bytes() == before
    # Not after a restart, nor an edit elsewhere in the file, nor a new search.
    file = taught.nlu / f"{NOW}.yml"
    file.write_text(file.read_text("utf-8").replace("repair", "mend"), "utf-8")
    again = made_anew(room, taught, tools, database, clock)
    assert TEXT not in texts(await again.page())
    await again.look()
    await again.looking.wait()
    found = await again.page()
    assert TEXT not in texts(found) and (set(WRONG) - {TEXT}) <= texts(found)
    await again.keep(TEXT.upper() + "!", NOW, tess)
    await again.close()


@pytest.mark.usefixtures("looked")
async def test_relabelled_examples_move_and_can_be_taken_back(
    suspects: Suspects, taught: Paths, tess: Staff
) -> None:
    before = {path.name: path.read_bytes() for path in taught.nlu.glob("*.yml")}
    decided = await suspects.relabel(TEXT, NOW, RIGHT, tess)
    assert TEXT in lines(taught, RIGHT) and TEXT not in lines(taught, NOW)
    found = await suspects.page()
    assert TEXT not in texts(found) and found.changed and not found.looking
    with pytest.raises(NotFound):
        await suspects.relabel(TEXT, NOW, "delivery", tess)  # somebody was faster
    await suspects.undo(decided.id, tess)
    assert {
        path.name: sorted(path.read_bytes().split(b"\n")) for path in taught.nlu.glob("*.yml")
    } == {name: sorted(content.split(b"\n")) for name, content in before.items()}
    assert TEXT in texts(await suspects.page())
    with pytest.raises(NotFound):
        await suspects.undo(decided.id, tess)


@pytest.mark.usefixtures("looked")
async def test_removed_examples_stay_away_from_the_queue(
    suspects: Suspects, room: TrainingRoom, taught: Paths, talk: Talk, tess: Staff
) -> None:
    decided = await suspects.remove(TEXT, NOW, tess)
    assert TEXT not in lines(taught, NOW)
    assert TEXT not in texts(await suspects.page())
    turn = await talk.says("Account locked, please")
    assert (await room.inbox.page(Filter(show=Show.OPEN))).total == 0
    with pytest.raises(NotFound):
        await suspects.remove(TEXT, NOW, tess)
    await suspects.undo(decided.id, tess)
    assert TEXT in lines(taught, NOW)
    assert (await room.labels.label([turn], NOW, tess)).refused[0].problem.startswith("This is an")


async def test_a_customers_message_that_was_mislabelled_is_relabelled_with_its_label(
    suspects: Suspects, room: TrainingRoom, taught: Paths, talk: Talk, tess: Staff
) -> None:
    turn = await talk.says("reset the signin account")
    await room.labels.label([turn], NOW, tess)
    await suspects.relabel("reset the signin account", NOW, RIGHT, tess)
    assert "reset the signin account" in lines(taught, RIGHT)
    await room.labels.undo(turn)
    assert "reset the signin account" in lines(taught, NOW)


async def test_what_was_changed_since_is_not_taken_back(
    suspects: Suspects, room: TrainingRoom, tess: Staff
) -> None:
    decided = await suspects.relabel(TEXT, NOW, RIGHT, tess)
    await room.labels.move_example(TEXT, RIGHT, "delivery", tess)
    with pytest.raises(Conflict, match="again since"):
        await suspects.undo(decided.id, tess)


async def test_nonsense_is_refused(suspects: Suspects, taught: Paths, tess: Staff) -> None:
    for to in (NOW, IGNORED, "pizza"):
        with pytest.raises(Invalid):
            await suspects.relabel(TEXT, NOW, to, tess)
    with pytest.raises(NotFound):
        await suspects.keep("never seen", NOW, tess)
    with pytest.raises(NotFound):
        await suspects.keep(TEXT, RIGHT, tess)
    assert TEXT in lines(taught, NOW)


@pytest.mark.usefixtures("looked")
async def test_a_file_that_cannot_be_written_leaves_the_example_and_the_list(
    suspects: Suspects, taught: Paths, tess: Staff
) -> None:
    with (
        patch.object(NluFolder, "move", side_effect=OSError(28, "No space left on device")),
        pytest.raises(OSError),
    ):
        await suspects.relabel(TEXT, NOW, RIGHT, tess)
    assert TEXT in lines(taught, NOW) and TEXT in texts(await suspects.page())
    (taught.nlu / "refund.yml").write_text("nlu:\n- intent: refund\n  examples: [a]\n")
    with pytest.raises(NotReadable):
        await suspects.page()


async def test_one_search_at_a_time_on_all_processes(
    room: TrainingRoom, taught: Paths, tools: Tools, database: Database, clock: FakeClock,
    tmp_path: Path,
) -> None:  # fmt: skip
    gate = tmp_path / "go"
    one = made_anew(room, taught, tools, database, clock, FAKE_FIND=str(gate))
    other = made_anew(room, taught, tools, database, clock)
    await one.look()
    assert (await other.page()).looking and await other.is_looking()
    with pytest.raises(AlreadyLooking):
        await other.look()
    gate.touch()
    await one.looking.wait()
    found = await other.page()
    assert not found.looking and set(WRONG) <= texts(found)
    await one.close()


async def test_a_failed_search_says_so_and_is_not_tried_again_at_once(
    room: TrainingRoom, taught: Paths, tools: Tools, database: Database, clock: FakeClock
) -> None:
    failing = made_anew(room, taught, tools, database, clock, FAKE_FIND="fail")
    await failing.page()
    await failing.looking.wait()
    found = await failing.page()
    assert (found.problem, found.looking) == ("It ended with status 3.", False)
    clock.advance(3601)
    assert (await failing.page()).looking
    await failing.close()


@pytest.mark.usefixtures("looked")
async def test_a_changed_file_is_looked_at_again_after_an_hour(
    suspects: Suspects, taught: Paths, clock: FakeClock
) -> None:
    clock.advance(7200)
    assert not (await suspects.page()).looking  # nothing has changed
    file = taught.nlu / "refund.yml"
    file.write_text(file.read_text("utf-8") + "    - money money money\n", "utf-8")
    found = await suspects.page()
    assert found.changed and found.looking


async def test_an_app_that_stops_stops_its_search(
    room: TrainingRoom, taught: Paths, tools: Tools, database: Database, clock: FakeClock
) -> None:
    waiting = made_anew(room, taught, tools, database, clock, FAKE_FIND="/nowhere/at/all")
    await waiting.look()
    await waiting.close()
    assert not await waiting.is_looking()

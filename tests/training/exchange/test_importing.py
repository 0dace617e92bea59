"""Examples in and labels out: looked at first, all of a file or nothing, and the way back loses nothing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from unittest.mock import patch

import pytest

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid
from tests.support import FakeClock
from tests.training.labels.conftest import house, lines, stored, tess, trainer
from tests.training.talk import Talk
from training.exchange import importing
from training.exchange.commands import export_file, import_file
from training.exchange.exporting import COLUMNS, What, export, rows
from training.exchange.judging import TOLD, Outcome, Report
from training.exchange.rows import Form, read_rows
from training.files import replace
from training.models import Source
from training.nlu_files import NluFolder, NotReadable
from training.paths import Paths
from training.room import TrainingRoom
from training.spans import Span

__all__ = ["house", "tess"]


def jsonl(*pairs: tuple[str, str]) -> bytes:
    return "".join(
        json.dumps({"text": text, "intent": intent}) + "\n" for text, intent in pairs
    ).encode()


async def bring(room: TrainingRoom, content: bytes, *, dry_run: bool = False) -> Report:
    return await importing.run(room.labels, content, Form.JSONL, None, dry_run=dry_run)


def told(report: Report) -> dict[int, tuple[Outcome, str]]:
    return {row.line: (row.outcome, row.why) for row in report.rows}


MIXED = jsonl(
    ("ahoy", "greet"), ("Nope!", "deny"), ("hi", "deny"), ("mail ann@gmail.com", "greet"), ("x", "pizza"),
    ("", "greet"), ("z" * 501, "greet"), ("ahoy!", "greet"), ("maybe", "greet"), ("Maybe", "deny"), ("hm", "deny"),
)  # fmt: skip


async def test_a_dry_run_says_what_becomes_of_each_row_and_stores_nothing(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    await room.labels.ignore([await talk.says("hm")], None)
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    report = await bring(room, MIXED, dry_run=True)
    assert told(report) == {
        1: (Outcome.ADDED, ""),
        2: (Outcome.KNOWN, "It is an example of this intent already."),
        3: (Outcome.CONFLICTING, "It is an example of “greet” here."),
        4: (Outcome.ADDED, "Something was masked or tidied."),
        5: (Outcome.BAD, "There is no intent “pizza” in domain.yml; create it first."),
        6: (Outcome.BAD, "Nothing readable is in this row."),
        7: (Outcome.BAD, "It is longer than 500 characters."),
        8: (Outcome.KNOWN, "As in line 1."),
        9: (Outcome.CONFLICTING, "Line 10 says “deny”."),
        10: (Outcome.CONFLICTING, "Line 9 says “greet”."),
        11: (Outcome.CONFLICTING, "It was ignored here."),
    }
    assert (report.dry_run, report.added, report.masked) == (True, 2, 1)
    assert {path: path.read_bytes() for path in paths.nlu.iterdir()} == before
    assert len(await stored(database)) == 1


async def test_what_is_new_is_added_masked_and_remembered(
    room: TrainingRoom, talk: Talk, paths: Paths, database: Database
) -> None:
    report = await bring(room, MIXED)
    assert (report.added, report.dry_run) == (3, False)
    assert lines(paths, "greet") == ["ahoy", "hi", "mail name@example.com", "good morning"]
    assert {(one.text, one.source, one.turn_id, one.written) for one in await stored(database)} == {
        (text, Source.IMPORT, None, True) for text in ("ahoy", "mail name@example.com", "hm")
    }
    assert await room.labels.waiting() == 3
    again = await bring(room, MIXED)
    assert (again.added, again.counts[Outcome.KNOWN]) == (0, 5)
    # A customer who says the same is understood: there is nothing to label.
    turn = await talk.says("Ahoy!!")
    assert "dealt with" in (await room.labels.label([turn], "deny", None)).refused[0].problem
    await room.labels.undo(turn)
    assert lines(paths, "greet") == ["hi", "mail name@example.com", "good morning"]


async def test_a_removed_example_does_not_come_back_unseen(
    room: TrainingRoom, paths: Paths
) -> None:
    await bring(room, jsonl(("ahoy", "greet")))
    path = paths.nlu / "greet.yml"
    path.write_text(path.read_text("utf-8").replace("    - ahoy\n", ""), "utf-8")
    report = await bring(room, jsonl(("ahoy", "greet")))
    assert told(report)[1][0] is Outcome.CONFLICTING
    assert "by hand" in told(report)[1][1]


async def test_marks_come_along_unless_masking_moves_them(room: TrainingRoom, house: Paths) -> None:
    text = (
        "nlu:\n- intent: greet\n  examples: |\n    - my [kettle](product) in FW-204411\n"
        "    - mail ann@gmail.com about my [lamp](product)\n    - a [x](pizza)\n"
    )
    report = await importing.run(room.labels, text.encode(), Form.YAML, None, dry_run=False)
    assert [(row.line, row.outcome) for row in report.rows] == [
        (4, Outcome.ADDED), (5, Outcome.ADDED), (6, Outcome.BAD),
    ]  # fmt: skip
    assert "left out" in report.rows[1].why
    assert "my [kettle](product) in FW-000000" in lines(house, "greet")
    assert "mail name@example.com about my lamp" in lines(house, "greet")


async def test_nothing_is_done_by_half(
    room: TrainingRoom, paths: Paths, database: Database
) -> None:
    before = {path: path.read_bytes() for path in paths.nlu.iterdir()}
    content = jsonl(("ahoy", "greet"), ("never", "deny"), ("shipped yet", "order_status"))

    def full(path: Path, text: str) -> None:
        if path.name == "order_status.yml":
            raise OSError("no space")
        replace(path, text)

    with patch("training.files.replace", full), pytest.raises(OSError, match="no space"):
        await bring(room, content)
    assert ({path: path.read_bytes() for path in paths.nlu.iterdir()}, await stored(database)) == (
        before,
        [],
    )
    (paths.nlu / "deny.yml").write_text("nlu:\n- intent: deny\n  examples: [a]\n")
    with pytest.raises(NotReadable, match=r"deny\.yml, line 3"):
        await bring(room, content)
    assert await stored(database) == []


async def test_a_crash_between_note_and_file_is_made_good(
    room: TrainingRoom, paths: Paths, database: Database
) -> None:
    crash = patch.object(NluFolder, "add", side_effect=KeyboardInterrupt)
    with crash, pytest.raises(KeyboardInterrupt):
        await bring(room, jsonl(*((f"ahoy {n}", "greet") for n in range(600))))
    assert await room.labels.write_pending() == 600
    assert len(lines(paths, "greet")) == 602
    assert all(label.written for label in await stored(database))


async def test_of_two_who_bring_the_same_one_is_told(
    any_database: Database, clock: Clock, paths: Paths
) -> None:
    from training.labels import Labels

    content = jsonl(("ahoy", "greet"), ("ahoy there", "greet"))
    labels = Labels(any_database, clock, paths)
    with patch.object(importing, "_judge", side_effect=importing._judge) as judged:
        real = await importing._judge(
            labels, read_rows(content, Form.JSONL), ["ahoy", "ahoy there"]
        )
        judged.side_effect = None
        judged.return_value = real
        await importing.run(labels, content, Form.JSONL, None, dry_run=False)
        with pytest.raises(Conflict, match="labelled this first"):
            await importing.run(labels, content, Form.JSONL, None, dry_run=False)
    assert lines(paths, "greet") == ["ahoy", "ahoy there", "hi", "good morning"]


async def test_a_large_file_and_the_list_that_is_told(room: TrainingRoom, paths: Paths) -> None:
    content = jsonl(*((f"good evening number {chr(97 + n % 26)}{n}", "greet") for n in range(1200)))
    report = await bring(room, content)
    assert (report.added, len(report.rows)) == (1200, TOLD)
    assert len(lines(paths, "greet")) == 1202


async def labelled(room: TrainingRoom, talk: Talk, tess: Staff, ben: Staff) -> None:
    turns = [await talk.says(text) for text in ("=1+1 my kettle", "never", "nothing of this")]
    await room.labels.label(turns[:1], "greet", tess, spans={turns[0]: [Span(8, 14, "product")]})
    await room.labels.label(turns[1:2], "deny", tess, source=Source.OPINION, approved_by=ben)
    await room.labels.ignore(turns[2:], tess)


async def test_labels_leave_with_roles_and_without_ids(
    room: TrainingRoom, talk: Talk, house: Paths, tess: Staff, database: Database, clock: FakeClock
) -> None:
    await labelled(room, talk, tess, await trainer(database, clock, "ben"))
    one, other = await rows(room.labels, What.LABELS)
    assert one == {
        "text": "never", "intent": "deny", "spans": [], "source": "opinion", "by": "trainer",
        "approved_by": "trainer", "at": "2026-03-02T09:00:00+00:00", "state": "written",
    }  # fmt: skip
    assert (other["spans"], other["source"]) == (
        [{"start": 8, "end": 14, "entity": "product"}],
        "turn",
    )
    table = await export(room.labels, Form.CSV)
    assert table == await export(room.labels, Form.CSV)
    head, _, cells = csv.reader(io.StringIO(table))
    assert (tuple(head), cells[0]) == (COLUMNS, "'=1+1 my kettle")
    for text in (table, await export(room.labels, Form.JSONL)):
        assert "Peeters" not in text and str(tess.id) not in text
    every = await rows(room.labels, What.EXAMPLES)
    assert len(every) == 8
    assert {row["source"] for row in every} == {"file", "opinion", "turn"}


@pytest.mark.parametrize("name", ["labels.csv", "labels.jsonl"])
async def test_what_leaves_comes_back_the_same(
    room: TrainingRoom, talk: Talk, house: Paths, tess: Staff, database: Database, clock: FakeClock,
    tmp_path: Path, name: str,
) -> None:  # fmt: skip
    await labelled(room, talk, tess, await trainer(database, clock, "ben"))
    before = {path: path.read_bytes() for path in house.nlu.iterdir()}
    assert await export_file(room, tmp_path / name) == 2
    assert await export_file(room, tmp_path / f"all-{name}", What.EXAMPLES) == 8
    assert (await import_file(room, tmp_path / name)).counts[Outcome.KNOWN] == 2
    for label in await stored(database):
        if label.written:
            await room.labels.undo_example(label.text)
    report = await import_file(room, tmp_path / f"all-{name}", dry_run=False)
    assert (report.counts[Outcome.ADDED], report.counts[Outcome.KNOWN]) == (2, 6)
    assert {path: path.read_bytes() for path in house.nlu.iterdir()} == before


async def test_other_endings_are_refused(room: TrainingRoom, tmp_path: Path) -> None:
    for path in (tmp_path / "labels.yml", tmp_path / "labels.xlsx"):
        with pytest.raises(Invalid):
            await export_file(room, path)

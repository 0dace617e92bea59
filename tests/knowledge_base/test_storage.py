"""The index on disk: whatever is wrong with it, the service starts and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from knowledge_base.search.index import build_base, encode_records
from knowledge_base.search.storage import STAMP, IndexUnusable, load_base, save_base
from knowledge_base.service import KnowledgeBase
from server.database import Database
from tests.knowledge_base.support import (
    INVOICE,
    LAMP,
    RETURN,
    FakeEncoder,
    published,
    record,
    settings_at,
)
from tests.support import FakeClock


def stored(folder: Path, encoder: FakeEncoder) -> Path:
    records = [record(1, "Return an item", "send it back"), record(2, "Lamp"), record(3, "Bill")]
    vectors = encode_records(records, encoder.dimension, encoder.encode)
    save_base(
        folder, build_base(records, vectors), encoder=encoder, revision=7, now=FakeClock().now()
    )
    stamp = json.loads((folder / STAMP).read_text())
    return folder / str(stamp["folder"])


def test_what_was_saved_is_loaded_and_old_folders_go(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    stored(tmp_path, encoder)
    stored(tmp_path, encoder)
    base, revision = load_base(tmp_path, encoder)
    assert revision == 7
    assert [one.slug for one in base.records] == ["return-an-item", "lamp", "bill"]
    assert np.allclose(base.vectors(1)[0], encoder.encode("Lamp"))
    assert len(list(tmp_path.glob("base-*"))) == 1


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(bytes(data))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [truncate, flip, empty, Path.unlink])
@pytest.mark.parametrize("file", ["vectors.npy", "ids.npy", "articles.json"])
def test_a_damaged_file_is_refused(tmp_path: Path, harm: Callable[[Path], None], file: str) -> None:
    encoder = FakeEncoder()
    harm(stored(tmp_path, encoder) / file)
    with pytest.raises(IndexUnusable, match="damaged"):
        load_base(tmp_path, encoder)


@pytest.mark.parametrize(
    "stamp", ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 99}', '"' + "x" * 100000]
)
def test_a_torn_stamp_is_refused(tmp_path: Path, stamp: str) -> None:
    encoder = FakeEncoder()
    stored(tmp_path, encoder)
    (tmp_path / STAMP).write_text(stamp)
    with pytest.raises(IndexUnusable):
        load_base(tmp_path, encoder)


def test_a_stamp_can_not_point_outside_its_folder(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    stored(tmp_path / "elsewhere", encoder)
    stamp = json.loads((tmp_path / "elsewhere" / STAMP).read_text())
    stamp["folder"] = f"elsewhere/{stamp['folder']}"
    (tmp_path / STAMP).write_text(json.dumps(stamp))
    with pytest.raises(IndexUnusable, match="damaged"):
        load_base(tmp_path, encoder)


@pytest.mark.parametrize("other", [FakeEncoder(checksum="other"), FakeEncoder(dimension=32)])
def test_vectors_of_another_encoder_are_refused(tmp_path: Path, other: FakeEncoder) -> None:
    stored(tmp_path, FakeEncoder())
    with pytest.raises(IndexUnusable, match="another encoder"):
        load_base(tmp_path, other)


async def start_again(
    folder: Path, clock: FakeClock, database: Database, encoder: FakeEncoder
) -> tuple[list[str], list[str]]:
    """Start, ask, stop: reasons for a rebuild, and the slugs found."""
    knowledge = KnowledgeBase(settings_at(folder), clock, database, encoder)
    with capture_logs() as logs:
        await knowledge.start()
    found = await knowledge.search("return an item lamp invoice", 10)
    await knowledge.stop()
    reasons = [line["reason"] for line in logs if line["event"] == "index_rebuilt"]
    return reasons, sorted(one.slug for one in found)


async def test_a_start_loads_what_serves_and_rebuilds_what_does_not(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    for wanted in (RETURN, LAMP):
        await published(database, clock, wanted)
    both = sorted((RETURN.slug, LAMP.slug))
    encoder = FakeEncoder()

    assert await start_again(tmp_path, clock, database, encoder) == (["missing"], both)
    encoder.encoded.clear()
    assert await start_again(tmp_path, clock, database, encoder) == ([], both)
    assert encoder.encoded == ["return an item lamp invoice"], "nothing was encoded but the query"

    await published(database, clock, INVOICE)
    encoder.encoded.clear()
    three = sorted((*both, INVOICE.slug))
    assert await start_again(tmp_path, clock, database, encoder) == (["old"], three)
    assert RETURN.title not in encoder.encoded, "known texts keep their vectors"

    current = next((tmp_path / "index").glob("base-*"))
    truncate(current / "vectors.npy")
    assert await start_again(tmp_path, clock, database, encoder) == (
        ["damaged (vectors.npy)"],
        three,
    )
    other = FakeEncoder(checksum="other")
    assert await start_again(tmp_path, clock, database, other) == (
        ["made by another encoder"],
        three,
    )


async def test_a_folder_that_can_not_be_written_costs_only_the_file(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    await published(database, clock, LAMP)
    (tmp_path / "index").write_text("a file where the folder should be")
    _, found = await start_again(tmp_path, clock, database, FakeEncoder())
    assert found == [LAMP.slug]

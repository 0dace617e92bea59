"""A new intent: named, with examples, answered by search; the whole of it or nothing."""

from __future__ import annotations

import uuid
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml

from server.database import Database
from server.errors import Invalid, NotFound
from tests.training.labels.conftest import DOMAIN, RULES, lines, stored
from tests.training.talk import Talk
from training import domain
from training.domain import DomainNotReadable
from training.files import replace
from training.labels import IntentExists
from training.models import Source
from training.nlu_files import HEAD
from training.paths import Paths
from training.room import TrainingRoom

ROOT = Path(__file__).parents[3]


def everything(paths: Paths) -> dict[Path, bytes]:
    root = paths.domain.parent
    kept = [paths.domain, *paths.nlu.iterdir(), *paths.rules.iterdir()]
    return {path.relative_to(root): path.read_bytes() for path in kept}


async def test_an_intent_gets_its_lines_and_its_examples(
    room: TrainingRoom, talk: Talk, house: Paths, database: Database
) -> None:
    turns = [
        await talk.says(text) for text in ("is there a parcel shop", "mail ann@gmail.com the shop")
    ]
    created = await room.labels.create_intent(
        "parcel_shop", None, turn_ids=turns, texts=["Collect it myself?", "where is my order"]
    )
    assert (created.intent.name, created.intent.examples) == ("parcel_shop", 3)
    assert created.refused == (
        ("where is my order", "This is an example of “order_status” already."),
    )
    assert (house.nlu / "parcel_shop.yml").read_text("utf-8") == (
        HEAD + "- intent: parcel_shop\n  examples: |\n    - Collect it myself?\n"
        "    - is there a parcel shop\n    - mail name@example.com the shop\n"
    )
    assert house.domain.read_text("utf-8") == DOMAIN.replace(
        "- warranty", "- parcel_shop: {use_entities: [], kind: topic}\n- warranty"
    )
    assert (house.rules / "kinds.yml").read_text("utf-8") == RULES.replace(
        "    - intent: warranty", "    - intent: parcel_shop\n    - intent: warranty"
    )
    assert [one.source for one in await stored(database)] == [
        Source.TYPED,
        Source.TURN,
        Source.TURN,
    ]
    assert ("parcel_shop", 3) in [(one.name, one.examples) for one in await room.labels.intents()]
    more = await talk.says("pick it up near me")
    assert (await room.labels.label([more], "parcel_shop", None)).done == (more,)


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("deny", IntentExists, "Label the messages with it"),
        ("nlu_fallback", IntentExists, "uses itself"),
        ("ignored", IntentExists, "uses itself"),
        ("orphan", IntentExists, "Mend that by hand"),
        ("Parcel shop", Invalid, "small letters"),
        ("../x", Invalid, "small letters"),
        ("x" * 81, Invalid, "small letters"),
    ],
)
async def test_a_name_that_cannot_be_says_why(
    room: TrainingRoom, house: Paths, name: str, error: type[Exception], says: str
) -> None:
    (house.nlu / "orphan.yml").write_text("nlu:\n- intent: orphan\n  examples: |\n    - o\n")
    before = everything(house)
    with pytest.raises(error, match=says):
        await room.labels.create_intent(name, None, texts=["one of two", "two of two"])
    assert everything(house) == before


async def test_two_examples_of_its_own_are_the_least(
    room: TrainingRoom, talk: Talk, house: Paths, database: Database
) -> None:
    turn, before = await talk.says("a parcel shop"), everything(house)
    for texts in ([], ["A parcel shop!"], ["nope"], ["/"]):
        with pytest.raises(Invalid, match="at least 2"):
            await room.labels.create_intent("parcel_shop", None, turn_ids=[turn], texts=texts)
    with pytest.raises(NotFound):
        await room.labels.create_intent("parcel_shop", None, turn_ids=[turn, uuid.uuid4()])
    assert (everything(house), await stored(database)) == (before, [])


@pytest.mark.parametrize("file", ["domain.yml", "kinds.yml", "parcel_shop.yml"])
async def test_a_file_that_cannot_be_written_leaves_nothing(
    room: TrainingRoom, house: Paths, database: Database, file: str
) -> None:
    before = everything(house)

    def full(path: Path, text: str) -> None:
        if path.name == file and "parcel_shop" in text:
            raise OSError("no space")
        replace(path, text)

    with patch("training.files.replace", full), pytest.raises(OSError, match="no space"):
        await room.labels.create_intent("parcel_shop", None, texts=["one of two", "two of two"])
    assert (everything(house), await stored(database)) == (before, [])


@pytest.mark.parametrize("file", ["domain.yml", "parcel_shop.yml"])
async def test_a_crash_on_the_way_is_made_good(
    room: TrainingRoom, house: Paths, database: Database, file: str
) -> None:
    def stop(path: Path, text: str) -> None:
        if path.name == file:
            raise KeyboardInterrupt
        replace(path, text)

    with (
        patch("training.files.replace", stop),
        patch("training.files._put_back"),
        pytest.raises(KeyboardInterrupt),
    ):
        await room.labels.create_intent("parcel_shop", None, texts=["one of two", "two of two"])
    await room.start()
    assert lines(house, "parcel_shop") == ["one of two", "two of two"]
    assert "parcel_shop" in domain.intents(house.domain)
    assert "parcel_shop" in (house.rules / "kinds.yml").read_text("utf-8")
    assert all(label.written for label in await stored(database))


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("rules/kinds.yml", "rules: []\n", "no rule lists the intents"),
        ("rules/kinds.yml", RULES.replace("- or:", "- both:"), "no rule lists the intents"),
        ("../domain.yml", "intents: [greet, deny]\n", "the line 'intents:' is missing"),
    ],
)
async def test_files_in_another_form_are_named(
    room: TrainingRoom, house: Paths, file: str, text: str, says: str
) -> None:
    (house.nlu.parent / file).write_text(text, "utf-8")
    with pytest.raises(DomainNotReadable, match=says):
        await room.labels.create_intent("parcel_shop", None, texts=["one of two", "two of two"])


def test_the_shipped_files_take_a_new_intent_by_one_line_each() -> None:
    for name in ("aaa", "gift_wrapping", "parcel_shop", "zzz"):
        made = domain.files_with(ROOT / "domain.yml", ROOT / "data" / "rules", name)
        assert [path.name for path in made] == ["kinds.yml", "domain.yml"]
        for path, text in made.items():
            before = path.read_text("utf-8").split("\n")
            fresh = [line for line in text.split("\n") if name in line]
            assert [line for line in text.split("\n") if name not in line] == before
            assert len(fresh) == 1
            yaml.safe_load(text)

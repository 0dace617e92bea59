"""A new intent is taken back with the labels that made it; what else uses it keeps it."""

from __future__ import annotations

import uuid
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select

from server.auth import Staff
from server.database import Database
from tests.support import FakeClock
from tests.training.labels.conftest import lines, stored
from tests.training.labels.test_creating import everything
from tests.training.review.house import OneArticle, WordVectors
from tests.training.talk import Talk
from training import domain, proposals
from training.files import replace
from training.models import CreatedIntent
from training.nlu_files import HEAD
from training.opinions.rules import Rules
from training.paths import Paths, Tools
from training.review.protocols import Beside
from training.room import TrainingRoom

NAME = "parcel_shop"


async def created(room: TrainingRoom, talk: Talk, by: Staff | None = None) -> list[uuid.UUID]:
    """Made of two messages and a typed sentence."""
    turns = [await talk.says(text) for text in ("is there a parcel shop", "a shop near me")]
    await room.labels.create_intent(NAME, by, turn_ids=turns, texts=["Collect it myself?"])
    return turns


async def test_the_last_message_takes_the_intent_along_to_the_byte(
    room: TrainingRoom, talk: Talk, house: Paths, database: Database
) -> None:
    before = everything(house)
    first, second = await created(room, talk)
    await room.labels.undo(first)
    assert lines(house, NAME) == ["a shop near me", "Collect it myself?"]
    assert NAME in domain.intents(house.domain)
    await room.labels.undo(second)
    assert everything(house) == before
    assert await stored(database) == []
    async with database.read() as db:
        assert (await db.scalars(select(CreatedIntent))).all() == []
    # The name is free again.
    assert (await created(room, talk)) and NAME in domain.intents(house.domain)


async def test_typed_sentences_alone_go_one_by_one(
    room: TrainingRoom, talk: Talk, house: Paths
) -> None:
    before = everything(house)
    await room.labels.create_intent(NAME, None, texts=["one of two", "two of two"])
    await room.labels.undo_example("one of two")
    assert lines(house, NAME) == ["two of two"]
    await room.labels.undo_example("two of two")
    assert everything(house) == before


async def labelled_with_it(room: TrainingRoom, talk: Talk, house: Paths, **_: object) -> None:
    await room.labels.label([await talk.says("another shop")], NAME, None)


async def labelled_so_before(room: TrainingRoom, talk: Talk, house: Paths, **_: object) -> None:
    turn = await talk.says("another shop")
    await room.labels.label([turn], NAME, None)
    await room.labels.relabel(turn, "deny", None)


async def an_example_by_hand(house: Paths, **_: object) -> None:
    path = house.nlu / f"{NAME}.yml"
    path.write_text(path.read_text("utf-8") + "    - written by hand\n", "utf-8")


async def a_story(house: Paths, **_: object) -> None:
    house.stories.mkdir(exist_ok=True)
    (house.stories / "s.yml").write_text(f"stories:\n- steps:\n  - intent: {NAME}\n", "utf-8")


async def another_rule(house: Paths, **_: object) -> None:
    (house.rules / "tasks.yml").write_text(f"rules:\n- steps:\n  - intent: {NAME}  \n", "utf-8")


async def a_golden_message(house: Paths, **_: object) -> None:
    house.golden.write_text(f"golden:\n  {NAME}: [a shop]\n", "utf-8")


async def a_kind_of_its_own(house: Paths, **_: object) -> None:
    text = house.domain.read_text("utf-8")
    house.domain.write_text(
        text.replace(f"{NAME}: {{use_entities: [], kind: topic}}", f"{NAME}: {{kind: task}}"),
        "utf-8",
    )


async def an_article(search: OneArticle, **_: object) -> None:
    search.intents.add(NAME)


async def an_agents_word(
    talk: Talk, database: Database, clock: FakeClock, tess: Staff, **_: object
) -> None:
    turn = await talk.says("quite another")
    async with database.write() as db:
        await proposals.add(db, clock, turn_id=turn, intent=NAME, by=tess.id)


async def a_rule_for_opinions(room: TrainingRoom, tess: Staff, **_: object) -> None:
    await room.opinions.set_rules(Rules(enabled=True, share=0.0, intents=(NAME,)), tess)


async def a_first_opinion(room: TrainingRoom, talk: Talk, tess: Staff, **_: object) -> None:
    await room.opinions.ask(await talk.says("quite another"), NAME, tess)


@pytest.mark.parametrize(
    "use",
    [
        labelled_with_it, labelled_so_before, an_example_by_hand, a_story, another_rule, a_golden_message,
        a_kind_of_its_own, an_article, an_agents_word, a_rule_for_opinions, a_first_opinion,
    ],
)  # fmt: skip
async def test_what_uses_it_keeps_it(
    database: Database, clock: FakeClock, tools: Tools, talk: Talk, house: Paths, tess: Staff,
    use: object,
) -> None:  # fmt: skip
    search = OneArticle()
    room = TrainingRoom(database, clock, house, tools, review=Beside(WordVectors(), search))
    turns = await created(room, talk)
    assert callable(use)
    await use(
        room=room, talk=talk, house=house, search=search, database=database, clock=clock, tess=tess
    )
    for turn in turns:
        await room.labels.undo(turn)
    assert NAME in domain.intents(house.domain)
    assert "Collect it myself?" in (house.nlu / f"{NAME}.yml").read_text("utf-8")


async def test_an_intent_that_a_person_wrote_stays(
    room: TrainingRoom, talk: Talk, house: Paths
) -> None:
    """It was given its lines by hand; that its only example is taken back is no reason to lose them."""
    for path, text in domain.files_with(house.domain, house.rules, NAME).items():
        path.write_text(text, "utf-8")
    turn = await talk.says("a shop near me")
    await room.labels.label([turn], NAME, None)
    await room.labels.undo(turn)
    assert NAME in domain.intents(house.domain)
    assert (house.nlu / f"{NAME}.yml").read_text("utf-8").startswith(HEAD)


async def test_nobody_is_asked_any_more_about_what_is_taken_back(
    room: TrainingRoom, talk: Talk, house: Paths, tess: Staff
) -> None:
    before = everything(house)
    await room.opinions.set_rules(Rules(enabled=True, share=0.0, new_intents=True), tess)
    turns = await created(room, talk, tess)
    assert len((await room.opinions.lists(tess)).own) == 2
    for turn in turns:
        await room.labels.undo(turn)
    assert (await room.opinions.lists(tess)).own == ()
    assert everything(house) == before


@pytest.mark.parametrize("file", ["kinds.yml", "domain.yml"])
async def test_a_crash_on_the_way_out_is_made_good(
    room: TrainingRoom, talk: Talk, house: Paths, file: str
) -> None:
    before = everything(house)
    turns = await created(room, talk)
    await room.labels.undo(turns[0])

    def stop(path: Path, text: str) -> None:
        if path.name == file and NAME not in text:
            raise KeyboardInterrupt
        replace(path, text)

    with (
        patch("training.files.replace", stop),
        patch("training.files._put_back"),
        pytest.raises(KeyboardInterrupt),
    ):
        await room.labels.undo(turns[1])
    assert NAME in domain.intents(house.domain)
    await room.start()
    await room.close()
    assert everything(house) == before

"""A conversation with two models side by side: everything is shown, nothing is kept."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import func, select

from conversations.models import Conversation, Message, Turn, TurnStep
from server.database import Database
from server.errors import Invalid, NotFound
from tests.training.trying.conftest import FakeActions
from training.files import write_json
from training.paths import Paths, Tools
from training.room import TrainingRoom
from training.trying import words
from training.trying.choices import Kind, usual
from training.trying.program import NotWalked, Program
from training.trying.walks import CHARACTERS, MESSAGES, Said, read_lines

BOTH = ["serving", "candidate"]


async def test_the_serving_model_stands_beside_the_candidate(room: TrainingRoom) -> None:
    known = await room.trying.choices()
    assert [(one.name, one.kind) for one in known] == [
        ("serving", Kind.SERVING), ("candidate", Kind.CANDIDATE),
    ]  # fmt: skip
    assert usual(known) == BOTH
    walks = await room.trying.side_by_side(read_lines("hello there\n\n my order please "), BOTH)
    assert [[turn.intent for turn in walk.turns] for walk in walks] == [
        ["greet", "order_status"], ["greet", "deny"],
    ]  # fmt: skip
    assert words.differences(walks, 0) == []
    assert words.differences(walks, 1) == [
        "understood differently", "another action", "another answer",
    ]  # fmt: skip


async def test_every_score_is_there(room: TrainingRoom) -> None:
    [walk] = await room.trying.side_by_side(
        [Said("hello there"), Said("my order please")], ["serving"]
    )
    greeted, asked = walk.turns
    assert greeted.ranking == [("greet", 0.9), ("deny", 0.1)]
    assert words.followed(greeted) == ("hello (kinds.yml)", "action_greet")
    assert words.language(greeted.parse) == "English (90%)"
    assert words.scope(greeted.parse) == "in scope (80% that it is ours)"
    assert words.frustration(greeted.parse) == ("0.20, calm", ["shouting 0.20"])
    assert [message["text"] for message in greeted.messages] == ["action_greet speaks"]
    assert words.search(asked) == "Shows the article (70% that it helps)"
    # The dialogue did not search here, so it was asked for the console alone.
    assert not greeted.searched
    assert words.search(greeted).startswith("The dialogue does not search here. A search: finds")


async def test_effects_are_said_and_not_had(room: TrainingRoom, database: Database) -> None:
    said = [Said("cancel it"), Said("hello there")]
    [walk] = await room.trying.side_by_side(said, ["serving"])
    assert words.effects(walk.turns[0]) == [
        "Would cancel the order, with order number FW-1.",
        "Would hand the chat to a person (asked: person).",
    ]
    assert words.silent(walk.turns, 0) is None
    assert "would be silent" in str(words.silent(walk.turns, 1))
    async with database.read() as db:
        for table in (Conversation, Message, Turn, TurnStep):
            assert await db.scalar(select(func.count()).select_from(table)) == 0


async def test_what_a_message_means_can_be_given(room: TrainingRoom) -> None:
    said = [Said("my order please", intent="greet"), Said("/affirm")]
    [walk] = await room.trying.side_by_side(said, ["serving"])
    assert [turn.ran for turn in walk.turns] == [("action_greet",), ("action_affirm",)]


async def test_a_model_that_breaks_leaves_the_other_alone(room: TrainingRoom, paths: Paths) -> None:
    (paths.candidates / "candidate.tar.gz").write_text('"broken"', "utf-8")
    serving, broken = await room.trying.side_by_side([Said("hello there")], BOTH)
    assert broken.problem == "The model could not be tried: it cannot be loaded"
    assert len(serving.turns) == 1
    # The child is the same: what it had loaded is there still.
    assert room.trying.program.running


async def test_a_turn_that_fails_is_shown_as_failed(room: TrainingRoom) -> None:
    [walk] = await room.trying.side_by_side([Said("hello there", intent="break")], ["serving"])
    assert walk.turns[0].failed == "action_break: refused"


async def test_a_crash_is_told_and_the_next_try_works(room: TrainingRoom) -> None:
    [walk] = await room.trying.side_by_side([Said("hello there"), Said("crash")], ["serving"])
    assert len(walk.turns) == 1
    assert "ended" in str(walk.problem)
    [again] = await room.trying.side_by_side([Said("hello there")], ["serving"])
    assert again.problem is None


async def test_a_model_that_hangs_is_stopped(paths: Paths, trying_tools: Tools) -> None:
    model = paths.var / "m.tar.gz"
    model.write_text("{}", "utf-8")
    program = Program(trying_tools, paths.logs / "trying.log", start_limit=5.0, turn_limit=0.2)

    async def answer(call: dict[str, object]) -> tuple[int, object]:
        return 200, {}

    async def take(turn: dict[str, object]) -> None:
        pass

    said = [
        {"turn_id": str(number), "text": text, "metadata": {}}
        for number, text in enumerate(("hello", "hang"))
    ]
    with pytest.raises(NotWalked, match="within 0 seconds"):
        await program.walk({"model": str(model), "sender": "s", "said": said}, answer, take)
    assert not program.running


async def test_the_child_ends_when_nobody_tries_any_more(paths: Paths, trying_tools: Tools) -> None:
    program = Program(trying_tools, paths.logs / "trying.log", idle=0.05)
    await program.warm()
    assert program.process is not None
    async with asyncio.timeout(10):
        await program.process.wait()
    assert not program.running
    await program.close()


async def test_two_trainers_take_turns(room: TrainingRoom, actions: FakeActions) -> None:
    tries = [room.trying.side_by_side([Said("hello there")], ["serving"]) for _ in range(3)]
    walks = await asyncio.gather(*tries)
    assert [walk.turns[0].intent for [walk] in walks] == ["greet"] * 3
    # Each conversation has actions that remember nothing of the others.
    assert actions.begun == 3


async def test_only_kept_models_are_tried_by_name(room: TrainingRoom, paths: Paths) -> None:
    for name in ("nothing", "../serving", str(paths.var / "serving.tar.gz")):
        with pytest.raises(NotFound):
            await room.trying.side_by_side([Said("hello there")], [name])


async def test_a_gone_candidate_is_no_choice(room: TrainingRoom, paths: Paths) -> None:
    (paths.candidates / "candidate.tar.gz").unlink()
    write_json(paths.var / "rasa.json", {})
    assert await room.trying.choices() == []


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "hello\n" * (MESSAGES + 1), "x" * (CHARACTERS + 1), "/choose{article: 1}"],
)
def test_what_cannot_be_said_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_lines(text)


def test_a_slash_alone_makes_no_button() -> None:
    said = read_lines("/affirm\n/choose_article" + json.dumps({"article": "a"}) + "\n/ hello")
    assert [one.pressed for one in said] == ["affirm", "choose_article", None]

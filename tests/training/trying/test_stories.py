"""Story tests in files: deterministic, masked, each conversation once, passed or failed by a model."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Invalid
from tests.training.talk import Talk
from training.paths import Paths
from training.room import TrainingRoom
from training.texts import clean
from training.trying import stories
from training.trying.program import NotWalked
from training.trying.stories import Expected, StoriesNotReadable, Story, StoryExists, StoryFolder
from training.trying.walks import Said

SAID = [Said("hello there"), Said("where is FW-204411? mail ann.peeters@gmail.com", "order_status")]
FILE = """version: "3.1"

stories:
- story: "Greets, then asks for FW-000000"
  steps:
  - user: |-
      hello there
    intent: greet
  - action: action_greet
  - user: |-
      where is FW-000000? mail name@example.com
    intent: order_status
  - action: action_order_status
"""


async def test_a_conversation_becomes_a_masked_file(room: TrainingRoom, paths: Paths) -> None:
    path = await room.trying.save_story(SAID, "serving", "Greets, then asks for FW-204411")
    assert path.parent == paths.stories
    assert path.read_text("utf-8") == FILE
    assert path.name.startswith("test_greets_then_asks_for_fw_000000-")
    [story] = await room.trying.saved()
    assert [turn.actions for turn in story.turns] == [["action_greet"], ["action_order_status"]]


async def test_the_same_conversation_is_one_test(room: TrainingRoom) -> None:
    first = await room.trying.save_story(SAID, "serving", "one title")
    before = first.read_bytes()
    again = [Said("Hello there!"), SAID[1]]
    with pytest.raises(StoryExists, match=first.name):
        await room.trying.save_story(again, "serving", "another title")
    assert first.read_bytes() == before
    changed = [Said("hello there", "deny"), SAID[1]]
    assert await room.trying.save_story(changed, "serving", "", instead=True) == first
    assert "intent: deny" in first.read_text("utf-8")


async def test_a_model_passes_or_fails_each_story(room: TrainingRoom, paths: Paths) -> None:
    await room.trying.save_story([Said("hello there")], "serving", "greets")
    await room.trying.save_story([Said("my order please")], "serving", "asks")
    serving = await room.trying.run(paths.var / "serving.tar.gz")
    assert [result.passed for result in serving] == [True, True]
    candidate = {
        one.title: one for one in await room.trying.run(paths.candidates / "candidate.tar.gz")
    }
    assert candidate["greets"].passed
    assert candidate["asks"].failures == (
        "message 1: understood as deny, should be order_status",
        "message 1: action_deny followed, should be action_order_status",
    )


async def test_a_model_that_cannot_be_loaded_fails_all(room: TrainingRoom, paths: Paths) -> None:
    await room.trying.save_story([Said("hello there")], "serving", "greets")
    broken = paths.var / "broken.tar.gz"
    broken.write_text('"broken"', "utf-8")
    [result] = await room.trying.run(broken)
    assert not result.passed
    assert result.failures == ("The model could not be tried: it cannot be loaded",)


async def test_two_models_are_tried_beside_each_other_apart_from_the_console(
    room: TrainingRoom, paths: Paths
) -> None:
    await room.trying.save_story([Said("hello there")], "serving", "greets")
    await room.trying.save_story([Said("my order please")], "serving", "asks")
    await room.trying.close()
    models = [paths.var / "serving.tar.gz", paths.candidates / "candidate.tar.gz"]
    found, left_out = await room.trying.run_apart(models, lambda: False)
    assert [[one.passed for one in results] for results in found] == [[True, False], [True, True]]
    assert left_out == 0
    assert not room.trying.program.running
    late = iter([False, True])
    found, left_out = await room.trying.run_apart(models, lambda: next(late))
    assert (len(found), left_out) == (1, 1)


async def test_what_could_not_be_tried_says_nothing_of_a_model(
    room: TrainingRoom, paths: Paths
) -> None:
    await room.trying.save_story([Said("hello there")], "serving", "greets")
    broken = paths.var / "broken.tar.gz"
    broken.write_text('"broken"', "utf-8")
    [(result, good)], _ = await room.trying.run_apart(
        [broken, paths.var / "serving.tar.gz"], lambda: False
    )
    assert (result.passed, result.tried) == (False, False)
    assert (good.passed, good.tried) == (True, True)


async def test_nothing_is_tried_without_actions(room: TrainingRoom) -> None:
    room.trying.actions = None
    with pytest.raises(NotWalked, match="Nothing is set up here"):
        await room.trying.run_apart([], lambda: False)


async def test_a_broken_dialogue_is_no_test(room: TrainingRoom, paths: Paths) -> None:
    with pytest.raises(Invalid, match="Message 1 broke"):
        await room.trying.save_story([Said("hello there", "break")], "serving", "")
    assert not paths.stories.exists()


async def test_a_stored_episode_can_be_tried_again(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("hello there", "greet")
    asked = await talk.says(
        "I am Sofie Maes, order FW-204411", "order_status",
        entities=[{"entity": "PERSON", "value": "Sofie Maes", "masked": True}],
    )  # fmt: skip
    await talk.says("\u200b", "out_of_scope")
    talk.over()
    await talk.says("somebody else", "greet")
    stored = await room.trying.episode(asked)
    assert [one.text for one in stored.said] == ["hello there", "I am Alex Smith, order FW-000000"]
    assert stored.intents == ("greet", "order_status")
    assert (stored.left_out, stored.at) == (1, 1)


def test_a_file_in_another_form_is_named(tmp_path: Path) -> None:
    folder = StoryFolder(tmp_path, tmp_path / "lock")
    assert folder.read() == []
    for text in ("stories: 3", "stories:\n- story: x\n  steps: [{action: a}]", "{", "a: b"):
        (tmp_path / "test_x.yml").write_text(text, "utf-8")
        with pytest.raises(StoriesNotReadable, match=r"test_x\.yml"):
            folder.read()


async def test_two_who_save_the_same_at_once_make_one_file(tmp_path: Path) -> None:
    folder = StoryFolder(tmp_path, tmp_path / "lock")
    made = [Story(f"title {n}", (Expected(Said("hello"), "greet", ()),)) for n in range(4)]
    saves = [asyncio.to_thread(folder.save, story) for story in made]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(result) is StoryExists for result in results) == [False, True, True, True]
    assert len(folder.read()) == 1


@given(texts=st.lists(st.text(max_size=60).map(clean).filter(bool), min_size=1, max_size=4))
def test_whatever_was_said_comes_back_from_the_file(texts: list[str]) -> None:
    steps = (
        {"action": "a_form"},
        {"active_loop": None},
        {"slot_was_set": {"requested_slot": None}},
    )
    story = Story(texts[0][:80], tuple(Expected(Said(text), "greet", steps) for text in texts))
    written = stories.render(story)
    content = yaml.safe_load(written)
    [found] = content["stories"]
    assert found["story"] == story.title
    assert [step["user"] for step in found["steps"] if "user" in step] == texts
    assert json.loads(json.dumps(content)) == content

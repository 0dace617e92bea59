"""Scores worked out again with the present model, in the background."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from server.database import Database
from server.errors import Unavailable
from tests.training.mood_replay.conftest import put_in_service
from tests.training.mood_replay.past import Past
from training.mood_replay import words
from training.mood_replay.desk import MoodReplay
from training.mood_replay.job import AlreadyScoring
from training.mood_replay.models import MoodScore
from training.mood_replay.replay import Change
from training.paths import Paths

OLD = {"model": "model-0"}
ANGRY = ["this is useless", "utterly useless, I said it is useless"]


async def scored(desk: MoodReplay) -> None:
    await desk.refresh(30)
    await desk.scoring.wait()


async def test_missing_and_older_scores_are_worked_out_and_kept(
    desk: MoodReplay, past: Past, paths: Paths, database: Database
) -> None:
    put_in_service(paths)
    old = await past.chat([0.1, None], texts=ANGRY, versions=OLD)
    await past.chat([0.3])
    before = await desk.load(30)
    assert (before.missing, before.older) == (1, 1)
    await scored(desk)
    after = await desk.load(30)
    assert after.stale == 0
    assert desk.scoring.progress().problem == ""
    (chat,) = [chat for chat in after.replay.chats if chat.conversation_id == old]
    first, second = (said.score for said in chat.said)
    assert first is not None
    assert second is not None
    assert 0.4 <= first <= 0.59 < 0.6 <= second
    (changed,) = after.replay.changed(0.6)
    assert (changed.change, changed.place) == (Change.NEW, 1)
    (shown,) = await desk.show([changed], after.version)
    assert "earlier" in {name for name, _, _ in shown.signals}
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(MoodScore)) == 2


async def test_a_handed_over_chat_may_go_later_by_what_was_said_while_waiting(
    desk: MoodReplay, past: Past, paths: Paths
) -> None:
    put_in_service(paths)
    await past.chat([0.61], texts=["useless"], waiting=["useless, useless", "you are useless"])
    assert (await desk.load(30)).missing == 2
    await scored(desk)
    loaded = await desk.load(30)
    (chat,) = loaded.replay.chats
    assert chat.said[0].score == 0.61  # the present model's own score stays
    (later,) = loaded.replay.changed(0.65)
    assert (later.change, later.place) == (Change.LATER, 1)
    (shown,) = await desk.show([later], loaded.version)
    assert shown.text == "useless, useless"


async def test_a_second_run_has_nothing_to_do(desk: MoodReplay, past: Past, paths: Paths) -> None:
    put_in_service(paths)
    await past.chat([0.1, 0.2], versions=OLD)
    await past.chat([0.3])
    await scored(desk)
    (paths.var / "rasa.json").write_text(json.dumps({"model": "broken"}), "utf-8")
    await scored(desk)
    assert desk.scoring.progress().problem == ""


async def test_one_at_a_time(desk: MoodReplay, past: Past, paths: Paths) -> None:
    put_in_service(paths)
    await past.chat([0.1], versions=OLD)
    await past.chat([0.3])
    await desk.refresh(30)
    assert desk.scoring.progress().running
    with pytest.raises(AlreadyScoring):
        await desk.refresh(30)
    await desk.scoring.wait()
    assert not desk.scoring.progress().running


async def test_without_a_model_in_service_nothing_begins(desk: MoodReplay) -> None:
    with pytest.raises(Unavailable):
        await desk.refresh(30)


async def test_a_model_that_can_not_be_loaded_is_told(
    desk: MoodReplay, past: Past, paths: Paths
) -> None:
    (paths.var / "rasa.json").write_text(json.dumps({"model": "broken"}), "utf-8")
    await past.chat([0.1], versions=OLD)
    await past.chat([0.3])
    await scored(desk)
    progress = desk.scoring.progress()
    assert "could not be scored" in progress.problem
    assert words.staleness(await desk.load(30), progress) == progress.problem


async def test_a_stopped_app_lets_go(desk: MoodReplay, past: Past, paths: Paths) -> None:
    put_in_service(paths)
    await past.chat([0.1], versions=OLD)
    await past.chat([0.3])
    await desk.refresh(30)
    await desk.close()
    assert not desk.scoring.progress().running
    await scored(desk)
    assert (await desk.load(30)).stale == 0

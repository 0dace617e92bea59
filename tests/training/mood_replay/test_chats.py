"""Past chats as they are read: scores, real handoffs, words while waiting, and messages shown masked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations.models import Outcome
from encoder import Encoder
from server.auth import Staff
from server.database import Database
from server.settings import Settings
from tests.support import FakeClock
from tests.training.mood_replay.past import Past
from training.mood_replay import words
from training.mood_replay.desk import MoodReplay
from training.mood_replay.replay import Change, Handed
from training.paths import Paths, Tools


async def test_what_happened_is_what_the_replay_says_at_the_same_threshold(
    desk: MoodReplay, past: Past
) -> None:
    await past.chat([0.2, 0.65, 0.9])
    await past.chat([0.2, 0.5], outcome=Outcome.CONFIRMED)
    await past.chat([0.2, 0.5, 0.3], asked_at=2)
    await past.chat([0.7, 0.65], pressed=[0])
    await past.chat([0.9, 0.1], failed=[0])
    replay = (await desk.load(30)).replay
    assert [chat.handed for chat in replay.chats] == [
        Handed(1, "frustration"),
        None,
        Handed(2, "asked"),
        Handed(1, "frustration"),
        None,
    ]
    assert replay.changed(0.6) == []
    assert replay.counts(0.6).handed == 2


async def test_on_either_database(
    any_database: Database,
    clock: FakeClock,
    settings: Settings,
    paths: Paths,
    tools: Tools,
    encoder: Encoder,
) -> None:
    desk = MoodReplay(any_database, clock, settings, paths, tools, encoder)
    past = Past(any_database, clock, encoder.checksum)
    await past.chat([0.2, 0.65], rating=2)
    loaded = await desk.load(90)
    (gone,) = loaded.replay.changed(0.7)
    (shown,) = await desk.show([gone], loaded.version)
    assert (shown.change, shown.did_number, shown.rating) == (Change.GONE, 2, 2)
    assert loaded.replay.changed(0.4) == []
    assert loaded.stale == 0


async def test_words_while_waiting_may_hand_over_later_and_words_to_a_person_not(
    desk: MoodReplay, past: Past, trainer: Staff
) -> None:
    await past.chat(
        [0.62],
        waiting=["hello? is anybody there", "this is ridiculous"],
        after_agent=["you people are useless"],
        agent=trainer,
    )
    (chat,) = (await desk.load(30)).replay.chats
    assert [(one.waiting, one.score) for one in chat.said] == [
        (False, 0.62), (True, None), (True, None),
    ]  # fmt: skip


async def test_the_message_is_shown_masked_with_its_signals(desk: MoodReplay, past: Past) -> None:
    await past.chat(
        [0.1, 0.55],
        texts=["hi", "useless! my mail is ann.peeters@gmail.com"],
        outcome=Outcome.ABANDONED,
        rating=1,
    )
    loaded = await desk.load(30)
    (one,) = loaded.replay.changed(0.5)
    (shown,) = await desk.show([one], loaded.version)
    assert shown.text == "useless! my mail is name@example.com"
    assert (shown.change, shown.number, shown.score) == (Change.NEW, 2, 0.55)
    assert [words.signal(*signal) for signal in shown.signals] == [
        "how it is said +0.50 (sounds upset, 80%)",
        "said no +0.05 (said no)",
    ]
    assert words.would(shown) == "It would go at message 2, score 0.55:"
    assert words.went(shown) == "It stayed with the assistant: abandoned, rated 1 of 5."


async def test_older_chats_and_opened_widgets_are_left_out(
    desk: MoodReplay, past: Past, clock: FakeClock
) -> None:
    await past.chat([0.9])
    clock.advance(timedelta(days=40).total_seconds())
    await past.chat([])
    await past.chat([0.3])
    assert len((await desk.load(30)).replay.chats) == 1
    assert len((await desk.load(90)).replay.chats) == 2


@pytest.mark.parametrize(
    ("versions", "missing", "older"),
    [({}, 0, 2), ({"frustration": "x", "encoder": "y", "model": "z"}, 0, 2), (None, 0, 0)],
)
async def test_scores_of_an_older_model_are_told(
    desk: MoodReplay, past: Past, versions: dict[str, str] | None, missing: int, older: int
) -> None:
    await past.chat([0.5, 0.2], versions=versions)
    await past.chat([0.3])  # the present model's
    loaded = await desk.load(30)
    assert (loaded.missing, loaded.older) == (missing, older)

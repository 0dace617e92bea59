"""What a threshold would have made of a chat."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.models import Outcome
from training.mood_replay.replay import Change, Chat, Handed, Replay, Said, change_of, fate

AT = datetime(2026, 3, 2, tzinfo=timezone.utc)


def chat(
    *scores: float,
    handed: Handed | None = None,
    outcome: Outcome | None = None,
    rating: int | None = None,
    mute: tuple[int, ...] = (),
) -> Chat:
    said = tuple(
        Said(first_seq=place + 1, score=score, counts=place not in mute)
        for place, score in enumerate(scores)
    )
    return Chat(uuid.uuid4(), 1, AT, said, handed, outcome, rating)


def upset(place: int) -> Handed:
    return Handed(place, "frustration")


@pytest.mark.parametrize(
    ("past", "threshold", "change", "place"),
    [
        (chat(0.2, 0.5), 0.6, None, None),
        (chat(0.2, 0.5), 0.5, Change.NEW, 1),
        (chat(0.5, 0.7, handed=upset(1)), 0.6, None, None),
        (chat(0.5, 0.7, handed=upset(1)), 0.5, Change.EARLIER, 0),
        (chat(0.5, 0.7, handed=upset(1)), 0.8, Change.GONE, None),
        (chat(0.5, 0.7, 0.9, handed=upset(1)), 0.8, Change.LATER, 2),
        (chat(0.5, 0.3, handed=Handed(1, "asked")), 0.5, Change.EARLIER, 0),
        (chat(0.1, 0.9, handed=Handed(1, "asked")), 0.6, None, None),
        (chat(0.1, 0.2, handed=Handed(1, "asked")), 1.0, None, None),
        (chat(0.9, 0.2, mute=(0,)), 0.5, None, None),
    ],
)
def test_a_chat_goes_otherwise_or_not(
    past: Chat, threshold: float, change: Change | None, place: int | None
) -> None:
    found = change_of(past, threshold)
    if change is None:
        assert found is None
    else:
        assert found is not None
        assert (found.change, found.place) == (change, place)


def test_a_message_without_a_score_hands_nobody_over() -> None:
    said = (Said(1, None), Said(2, 0.7))
    past = Chat(uuid.uuid4(), 1, AT, said)
    assert fate(past, 0.6) == upset(1)


def test_counts_say_what_would_be_caught_and_what_for_nothing() -> None:
    chats = [
        chat(0.7, outcome=Outcome.ABANDONED),
        chat(0.3, rating=1, outcome=Outcome.CONFIRMED),
        chat(0.65, outcome=Outcome.CONFIRMED),
        chat(0.1, rating=5, outcome=Outcome.ASSUMED),
        chat(0.9, outcome=Outcome.ASSUMED),  # nobody said how it went
        chat(0.2, 0.1, handed=Handed(1, "asked"), rating=1),  # the threshold had no say
    ]
    counts = Replay(chats, days=14).counts(0.6)
    assert (counts.bad, counts.caught) == (2, 1)
    assert (counts.well, counts.needless) == (2, 1)
    assert (counts.handed, counts.a_week) == (3, 1.5)


def test_a_few_days_are_not_blown_up_to_a_week() -> None:
    assert Replay([chat(0.9), chat(0.8)], days=2).counts(0.6).a_week == 2.0


def test_no_chats_come_to_nothing() -> None:
    replay = Replay([], days=0)
    assert replay.counts(0.6).handed == 0
    assert replay.changed(0.6) == []


scores = st.lists(st.floats(0, 1), max_size=6)
handings = st.one_of(
    st.none(), st.builds(Handed, st.integers(0, 5), st.sampled_from(["asked", "frustration"]))
)


@given(st.lists(st.tuples(scores, handings), max_size=8), st.floats(0.4, 1), st.floats(0.4, 1))
def test_a_lower_threshold_never_hands_over_fewer_or_later(
    rows: list[tuple[list[float], Handed | None]], one: float, other: float
) -> None:
    chats = [chat(*found, handed=handed) for found, handed in rows]
    low, high = sorted((one, other))
    replay = Replay(chats, days=7)
    assert replay.counts(low).handed >= replay.counts(high).handed
    for past in chats:
        sooner, later = fate(past, low), fate(past, high)
        if later is not None:
            assert sooner is not None
            assert sooner.place <= later.place


@given(st.lists(st.tuples(scores, handings), max_size=8), st.floats(0.4, 1))
def test_counts_agree_with_the_chats_one_by_one(
    rows: list[tuple[list[float], Handed | None]], threshold: float
) -> None:
    chats = [chat(*found, handed=handed) for found, handed in rows]
    one_by_one = [fate(past, threshold) for past in chats]
    upset_ones = [found for found in one_by_one if found and found.reason == "frustration"]
    assert Replay(chats, days=7).counts(threshold).handed == len(upset_ones)

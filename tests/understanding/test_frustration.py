"""Frustration: what must reach which level, and that the sum is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding import wording
from understanding.frustration import (
    EARLIER,
    WEIGHTS,
    Arithmetic,
    Frustration,
    Level,
    Memory,
    Thresholds,
    Turn,
    assess,
)

ANGRY = [
    ("this is useless, you are not helping at all", {"frustrated": 0.9}),
    ("are you even listening??", {"frustrated": 0.9}),
    ("for god's sake, this is ridiculous", {"frustrated": 0.8}),
    ("WHAT A JOKE!!! waste of time", {"frustrated": 0.6}),
    ("you fucking idiots", {"frustrated": 0.7}),
    ("Unacceptable. I have been waiting for weeks and nobody cares", {"complaint": 0.9}),
]


def after(*turns: tuple[str, dict[str, float]]) -> Frustration:
    score, found = 0.0, None
    for text, probabilities in turns:
        found = assess(Turn(text, probabilities), Memory(score))
        score = found.score
    assert found is not None
    return found


@pytest.mark.parametrize("message", ANGRY)
def test_one_angry_message_is_acknowledged_and_not_handed_off(
    message: tuple[str, dict[str, float]],
) -> None:
    assert after(message).level in (Level.ACKNOWLEDGE, Level.OFFER)


@pytest.mark.parametrize("first", ANGRY)
@pytest.mark.parametrize("second", ANGRY)
def test_two_angry_messages_in_a_row_hand_off(
    first: tuple[str, dict[str, float]], second: tuple[str, dict[str, float]]
) -> None:
    assert after(first, second).level is Level.HANDOFF


@pytest.mark.parametrize(
    "text",
    [
        "refund status 4411",
        "WHERE IS MY ORDER FW-204411",
        "where is my order???",
        "is the site down right now",
        "My lamp arrived broken, can I send it back?",
        "yes",
        "hello",
        "I am disappointed with the colour",
    ],
)
def test_ordinary_messages_stay_calm(text: str) -> None:
    assert after((text, {"frustrated": 0.04, "order_status": 0.9})).level is Level.CALM


def test_going_well_makes_it_fade() -> None:
    upset = after(ANGRY[0])
    thanked = assess(Turn("thanks, that helped", {}, intent="thanks"), Memory(upset.score))
    neutral = assess(Turn("order FW-204411", {}, intent="give_details"), Memory(upset.score))
    assert thanked.score < neutral.score < upset.score
    assert thanked.level is Level.CALM
    assert neutral.level is not Level.HANDOFF


def test_trained_wording_outranks_the_list_of_words_which_still_names_them() -> None:
    told = assess(Turn("lovely, the same list again", {}, mood=0.9), Memory())
    assert [(one.name, one.evidence) for one in told.signals] == [("wording", "sounds upset, 90%")]
    named = assess(Turn("what a useless bot", {}, mood=0.9), Memory())
    assert named.signals[0].evidence == "sounds upset, 90%: useless"
    assert assess(Turn("this is useless", {}, mood=0.1), Memory()).score == 0.0


def test_a_complaint_is_not_called_venting() -> None:
    said = {"complaint": 0.97, "frustrated": 0.001}
    assert after(("I wish to complain", said)).signals[0].evidence == "complaining 97%"
    said = {"complaint": 0.2, "frustrated": 0.7}
    assert after(("lovely lamp", said)).signals[0].evidence == "venting 70%, complaining 20%"


def test_saying_it_again_counts() -> None:
    vector = np.array([1.0, 0.0], dtype=np.float32)
    asked = Turn("where is my parcel then", {}, vector=vector)
    assert assess(asked, Memory()).score == 0.0
    assert assess(asked, Memory(vectors=[np.array([0.0, 1.0], np.float32)])).score == 0.0
    again = assess(asked, Memory(vectors=[vector]))
    assert [signal.name for signal in again.signals] == ["repetition"]
    assert again.score == pytest.approx(WEIGHTS["repetition"])


def test_many_calm_questions_about_one_matter_call_nobody() -> None:
    score = 0.0
    for number in range(40):
        # Each as near to one before as questions of one shop are: cosine .75, and no word of displeasure.
        vector = np.array([np.sqrt(0.75), np.sqrt(0.25)], dtype=np.float32)
        earlier = [np.array([np.sqrt(0.75), -np.sqrt(0.25)], dtype=np.float32)]
        near = (
            [np.array([np.sqrt(0.95), np.sqrt(0.05)], dtype=np.float32)] if number % 5 == 0 else []
        )
        turn = Turn(f"and how is it with number {number}", {}, vector=vector, mood=0.3)
        found = assess(turn, Memory(score, [*earlier, *near]))
        score = found.score
        assert found.level in (Level.CALM, Level.ACKNOWLEDGE)


def test_denials_failures_and_waiting_count() -> None:
    turn = Turn("no", {}, intent="deny", bot_failures=3, waiting_seconds=600)
    found = {signal.name: signal.value for signal in assess(turn, Memory(denials=2)).signals}
    assert found == {
        "denied": WEIGHTS["denied"],
        "bot_failures": WEIGHTS["bot_failures"],
        "waiting": WEIGHTS["waiting"],
    }


@pytest.mark.parametrize("text", ["uselesssss", "USELESS!", "You're useless", "it's... useless"])
def test_wording_sees_through_writing(text: str) -> None:
    assert wording.displeasure(text)[0] > 0


def test_starred_swearing_is_an_insult_and_its_evidence_stays_starred() -> None:
    strength, evidence = wording.insults("this f***ing lamp")
    assert strength > 0
    assert evidence == "***"


@pytest.mark.parametrize(
    "text", ["used less", "scrapbook", "thumbscrew", "assistant", "Scunthorpe"]
)
def test_words_inside_words_are_not_meant(text: str) -> None:
    assert wording.displeasure(text)[0] == wording.insults(text)[0] == 0.0


@pytest.mark.parametrize(
    ("text", "loud"), [("WHERE IS IT", True), ("FW-204411", False), ("NASA TV", False)]
)
def test_capitals_need_words(text: str, loud: bool) -> None:
    assert (wording.capitals(text)[0] > 0) is loud


@pytest.mark.parametrize("values", [(0.0, 0.5, 0.8), (0.6, 0.5, 0.8), (0.3, 0.5, 1.2)])
def test_thresholds_must_rise(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="rise"):
        Thresholds(*values)


unit = st.floats(0, 1)
turns = st.builds(
    Turn,
    text=st.one_of(st.text(max_size=200), st.sampled_from([text for text, _ in ANGRY])),
    probabilities=st.fixed_dictionaries({"frustrated": unit, "complaint": unit}),
    intent=st.sampled_from(["deny", "thanks", "order_status", None]),
    bot_failures=st.integers(0, 100),
    waiting_seconds=st.floats(0, 1e9),
)
memories = st.builds(Memory, score=st.floats(-1, 2), denials=st.integers(0, 10))


@settings(deadline=None)
@given(turns, memories)
def test_score_is_the_sum_of_named_signals_and_between_nought_and_one(
    turn: Turn, memory: Memory
) -> None:
    found = assess(turn, memory)
    assert 0.0 <= found.score <= 1.0
    assert found.score == pytest.approx(sum(signal.value for signal in found.signals), abs=1e-9)
    assert found.level is Thresholds().level(found.score)
    for signal in found.signals:
        assert signal.value > 0.0
        assert signal.evidence
        assert signal.name == EARLIER or signal.value <= WEIGHTS[signal.name] + 1e-9


@settings(deadline=None)
@given(turns, unit, unit)
def test_a_worse_past_never_lowers_the_score(turn: Turn, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert assess(turn, Memory(low)).score <= assess(turn, Memory(high)).score + 1e-9


@settings(deadline=None)
@given(turns)
def test_one_message_alone_never_hands_off(turn: Turn) -> None:
    rules = Arithmetic()
    assert assess(turn, Memory(), rules).score <= rules.message_limit + 1e-9

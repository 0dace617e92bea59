"""What the comparison's page says."""

from __future__ import annotations

from typing import Any

import pytest

from training import words as room_words
from training.comparing import words
from training.comparing.comparison import Comparison
from training.comparing.deeds import Kind
from training.comparing.verdict import Verdict


def comparison(**sections: Any) -> Comparison:
    return Comparison("id", "2026-03-02T09:00:00+00:00", "new.tar.gz", "old.tar.gz", **sections)


def counts(total: int, before: int, after: int) -> dict[str, int]:
    gain = after - before
    changed = {"won": max(0, gain), "lost": max(0, -gain)}
    return {"total": total, "before": before, "after": after, **changed}


def replay(**found: Any) -> dict[str, Any]:
    whole = {
        "answers": 12,
        "handoffs": 2,
        "right": 3,
        "wrong": 1,
        "neither": 0,
        "read_otherwise": 20,
    }
    return {
        "messages": 1200, "conversations": 300, "searched": True, "left_out": 0,
        "counts": {**whole, **found},
    }  # fmt: skip


def test_what_would_change_is_one_sentence() -> None:
    said = words.changes(replay())
    assert said == "12 answers and 2 handoffs would change in 1,200 messages of 300 past chats."
    assert words.changes(replay(answers=0, handoffs=0)).startswith("Nothing would change in 1,200")
    assert (
        words.changes({"skipped": "No customer has written yet."}) == "No customer has written yet."
    )
    assert words.changes({"problem": "It ended."}) == "Past chats were not replayed. It ended."
    assert words.known(replay()) == (
        "By trainers' labels 3 turn right and 1 turns wrong; of 10 nobody has said."
    )
    assert words.known(replay(answers=1, handoffs=0, right=1, wrong=0)) == (
        "By trainers' labels 1 turns right and 0 turn wrong."
    )
    assert "No trainer has labelled" in words.known(replay(right=0, wrong=0))
    assert words.known(replay(answers=0, handoffs=0)) == ""
    assert words.left_out(replay()) == ""
    assert words.left_out({"left_out": 1, "searched": False}).startswith(
        "Time ran out before 1 message. The"
    )


def test_the_golden_set_says_when_a_difference_may_be_chance() -> None:
    section = {
        "messages": 200, "chance": 0.2, "candidate": {"right": 190, "share": 0.95},
        "serving": {"right": 186, "share": 0.93},
    }  # fmt: skip
    said = words.golden(section)
    assert said == (
        "95.0% of 200 golden messages are read rightly, 93.0% before; so small a difference may be chance."
    )
    assert words.golden({**section, "chance": 0.01}).endswith("93.0% before.")
    assert words.golden({**section, "serving": None}).endswith("read rightly.")
    assert words.golden({"problem": "x"}) == ""


@pytest.mark.parametrize("kind", Kind)
def test_every_deed_has_words(kind: Kind) -> None:
    said = words.deed({"kind": kind.value, "what": "returns"})
    assert said and "_" not in said and said != "returns"


def test_the_four_questions_are_answered_in_four_lines() -> None:
    span = {"messages": 900, "slower_ms": [0.2, 0.1, 0.3]}
    side = {"p50_ms": 8.14, "p95_ms": 14.0}
    found = comparison(
        cost={**span, "serving": {"p50_ms": 8.0, "p95_ms": 13.5}, "candidate": side},
        replay={
            "criteria": {
                "at_once": counts(200, 120, 124),
                "clear": counts(800, 600, 590),
                "repeats": counts(41, 4, 9),
                "scale": counts(300, 212, 212),
            }
        },
    )
    time, clear, repeats, scale = words.lines(found)
    assert time.sentence == (
        "A message is read in 8.1 ms, 8.0 before; the slowest in twenty 14.0 ms or more, 13.5 before. "
        "Answered at once: 62.0% of first questions, 60.0% before."
    )
    tones = [line.tone for line in (time, clear, repeats, scale)]
    assert tones == ["little change", "worse", "little change", "same"]
    assert clear.sentence == "590 of 800 questions get a clear answer (73.8%); 600 before."
    assert repeats.sentence.startswith(
        "9 of 41 messages that had to be said again would get another"
    )
    assert scale.sentence == "212 of 300 chats need no person (70.7%); 212 before."


def test_a_slower_model_is_worse_only_beyond_noise_and_a_millisecond() -> None:
    for span, tone in (
        ([2.0, 1.5, 2.5], "worse"),
        ([2.0, -0.5, 4.0], "same"),
        ([0.4, 0.3, 0.5], "same"),
    ):
        sides = {name: {"p50_ms": 8.0, "p95_ms": None} for name in ("serving", "candidate")}
        found = comparison(cost={**sides, "messages": 50, "slower_ms": span})
        assert words.lines(found)[0].tone == tone


def test_what_is_not_known_is_said() -> None:
    lines = words.lines(comparison(cost={"problem": "x"}, replay={"problem": "y"}))
    assert {line.tone for line in lines} == {"unknown"}
    empty = comparison(replay={"criteria": {"repeats": counts(0, 0, 0)}})
    assert words.lines(empty)[2].sentence == "No customer had to say something again."


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_sentence_and_its_tone(verdict: Verdict) -> None:
    tone, sentence = words.verdict(comparison(verdict=verdict))
    good = verdict in (Verdict.BETTER, Verdict.EQUAL, Verdict.FIRST)
    assert (tone != "warn") is good
    assert sentence.endswith(".")


def test_scores_points_and_labels() -> None:
    assert words.score([0.8, None, 0.5]) == "80 / – / 50"
    assert words.score(None) == "–"
    row = {"before": 0.5, "after": 0.54, "won": 1, "lost": 0, "low": -0.01, "high": 0.09}
    assert words.points(row) == "+4 (-1 to +9)"
    assert words.points({**row, "won": 0}) == "0"
    assert words.points({**row, "before": None}) == "–"
    assert words.label({"known": None, "label": None}) == ("plain", "not labelled")
    assert words.label({"known": "wrong", "label": "item_missing"}) == (
        "warn", "wrong now: labelled item missing",
    )  # fmt: skip


def test_the_model_page_says_why_a_model_with_more_right_answers_is_worse() -> None:
    figures = {
        "verdict": "worse",
        "points": 0.5,
        "chance": 1.0,
        "blocks": ["Moments of truth missed."],
    }
    assert room_words.verdict(figures) == (
        "warn",
        "The new model is worse. Moments of truth missed.",
    )

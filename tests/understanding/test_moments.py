"""Moments of truth are found beside any other matter, and figures of speech are not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.understanding.moment_sentences import CATCH, MISS
from understanding import moment_phrases, moments
from understanding.moments import KINDS, Thresholds, assess


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in CATCH.items() for text in texts]
)
def test_named_in_so_many_words(kind: str, text: str) -> None:
    moment = assess(text, {})
    assert moment is not None
    assert (moment.kind, moment.strong, moment.probability) == (kind, True, None)
    assert moment.evidence


@pytest.mark.parametrize("text", MISS)
def test_only_sounds_like_one(text: str) -> None:
    assert assess(text, {}) is None


def test_there_are_enough_sentences() -> None:
    assert set(CATCH) == set(KINDS)
    assert sum(map(len, CATCH.values())) >= 70
    assert len(MISS) >= 70


@pytest.mark.parametrize("text", [*CATCH["self_harm"][:8], *CATCH["safety_hazard"][:4]])
def test_writing_changes_nothing(text: str) -> None:
    kind = assess(text, {})
    for other in (text.upper(), text.replace("'", "’"), f"hello!! {text}\n\nregards, Ann"):
        again = assess(other, {})
        assert again is not None and kind is not None
        assert again.kind == kind.kind


def test_the_gravest_counts() -> None:
    text = "you charged me twice, my lamp caught fire and I want to kill myself"
    assert moments.read(text).found.keys() == {"self_harm", "safety_hazard", "double_charge"}
    assert (found := assess(text, {})) is not None
    assert found.kind == "self_harm"


def test_the_classifiers_opinion_is_enough() -> None:
    weak = assess("some words", {"legal_threat": 0.3})
    assert weak is not None
    assert (weak.kind, weak.strong, weak.evidence) == ("legal_threat", False, "")
    strong = assess("some words", {"legal_threat": 0.6})
    assert strong is not None and strong.strong
    grave = assess("some words", {"self_harm": 0.46})
    assert grave is not None and grave.strong
    assert assess("some words", dict.fromkeys(KINDS, 0.2)) is None


def test_a_weak_opinion_hides_no_words() -> None:
    found = assess("you charged me twice", {"legal_threat": 0.3, "double_charge": 0.9})
    assert found is not None
    assert (found.kind, found.probability) == ("double_charge", 0.9)


def test_a_figure_of_speech_takes_the_classifiers_opinion_back() -> None:
    assert assess("those shoes are to die for", {"self_harm": 0.6}) is None
    assert assess("will I be charged twice", {"double_charge": 0.99}) is None
    grave = assess("not suicidal, but there is no way I go on", {"self_harm": 0.95})
    assert grave is not None and grave.strong


def test_a_denial_reaches_no_further_than_its_clause() -> None:
    assert assess("no, I will sue you", {}) is not None
    assert assess("I will not sue you", {}) is None


@pytest.mark.parametrize(
    "values", [{"noticed": 0.0}, {"noticed": 0.6, "certain": 0.5}, {"self_harm": 1.5}]
)
def test_senseless_thresholds_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        Thresholds(**values)


def test_every_kind_has_its_file() -> None:
    assert {path.stem for path in moment_phrases.files()} == set(KINDS)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("phrases: ['on fire', '(?:a+)b']", "upper bound"),
        ("phrases: ['a{2,} b']", "upper bound"),
        ("phrases: ['(on']", "unterminated"),
        ("phrases: ['(?:on)?']", "empty"),
        ("phrases: ['<nobody> came']", "nobody"),
        ("harmless: ['on fire']", "needs phrases"),
        ("phrases: ['a']\nphrase: ['b']", "needs phrases"),
        ("phrases: [", "can't be read"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "fire.yml").write_text(content)
    with pytest.raises(moment_phrases.PhrasesError, match=f"fire.yml.*{why}"):
        moment_phrases.load("fire", tmp_path)


def test_a_kind_without_harmless_uses_is_read(tmp_path: Path) -> None:
    (tmp_path / "fire.yml").write_text("words: {it: '(?:it|lamp)'}\nphrases: ['<it> ~ burns']")
    phrases = moment_phrases.load("fire", tmp_path)
    assert phrases.says.search(moments.plain_words("The lamp that I bought burns!"))
    assert phrases.denied is None


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assess(text, {})


@pytest.mark.parametrize(
    "piece",
    [
        "if ",
        "catch ",
        "someone ",
        "want to ",
        "if a , b ",
        "not ",
        "charged ",
        "a",
        "! ",
        "é",
        "xx",
    ],
)
def test_long_texts_cost_no_more_than_their_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            before = time.process_time()
            moments.read(text)
            best = min(best, time.process_time() - before)
        return best

    # Twice the text, at most four times the time: linear, with room for a busy machine.
    assert seconds(4000) < 4 * seconds(2000) + 0.02
    assert seconds(100_000) < 0.5

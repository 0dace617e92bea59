from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handoff.models import Priority
from handoff.priority import LEVELS, Facts, Rules

RULES = Rules.load()


def test_an_ordinary_question_is_normal() -> None:
    verdict = RULES.judge(Facts("asked", intents=frozenset({"order_status"})))
    assert (verdict.priority, verdict.why) == (Priority.NORMAL, "nothing unusual")


@pytest.mark.parametrize(
    ("facts", "priority"),
    [
        (Facts("asked", intents=frozenset({"safety_hazard"})), Priority.URGENT),
        (Facts("asked", text="The charger is SMOKING, help"), Priority.URGENT),
        (Facts("asked", intents=frozenset({"double_charge"})), Priority.URGENT),
        (Facts("moment_of_truth"), Priority.URGENT),
        (Facts("asked", intents=frozenset({"self_harm"})), Priority.URGENT),
        (Facts("asked", intents=frozenset({"cancellation_threat"})), Priority.URGENT),
        (Facts("asked", frustration=0.9), Priority.URGENT),
        (Facts("frustration", frustration=0.58), Priority.HIGH),
        (Facts("asked", intents=frozenset({"cancel_subscription"})), Priority.HIGH),
        (Facts("asked", returns=1), Priority.HIGH),
        (Facts("asked", intents=frozenset({"sizing"})), Priority.LOW),
        (Facts("asked", text="I am smokingly happy"), Priority.NORMAL),
    ],
)
def test_rules_raise_and_lower_the_priority(facts: Facts, priority: Priority) -> None:
    verdict = RULES.judge(facts)
    assert verdict.priority is priority
    assert verdict.why


def test_the_reasons_named_are_those_that_counted() -> None:
    verdict = RULES.judge(
        Facts("frustration", intents=frozenset({"legal_threat", "sizing"}), frustration=0.58)
    )
    assert verdict.why == "legal steps were mentioned"
    assert verdict.moment_of_truth


@pytest.mark.parametrize(
    ("intent", "why"),
    [
        ("self_harm", "somebody may harm themselves"),
        ("cancellation_threat", "leaves us unless this is solved"),
    ],
)
def test_a_moment_of_truth_says_which(intent: str, why: str) -> None:
    verdict = RULES.judge(Facts("moment_of_truth", intents=frozenset({intent, "order_status"})))
    assert verdict.why.startswith(why)
    assert (verdict.moment_of_truth, verdict.priority) == (True, Priority.URGENT)


def test_axes_of_different_rules_meet_in_the_matrix() -> None:
    verdict = RULES.judge(Facts("bot_failure", intents=frozenset({"complaint"})))
    assert (verdict.impact, verdict.urgency, verdict.priority) == ("high", "high", Priority.URGENT)
    assert "a complaint" in verdict.why
    assert "our assistant failed" in verdict.why


def test_the_matrix_never_falls_when_an_axis_rises() -> None:
    for (low, high), fixed in itertools.product(itertools.pairwise(LEVELS), LEVELS):
        order = list(Priority)
        assert order.index(RULES.matrix[high][fixed]) <= order.index(RULES.matrix[low][fixed])
        assert order.index(RULES.matrix[fixed][high]) <= order.index(RULES.matrix[fixed][low])


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_frustration_never_lowers_the_priority(one: float, other: float) -> None:
    calm, angry = sorted((one, other))
    assert (
        RULES.judge(Facts("asked", frustration=angry)).rank
        <= RULES.judge(Facts("asked", frustration=calm)).rank
    )


def test_a_misspelt_rule_book_is_refused() -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate({**RULES.model_dump(), "rules": [{"why": "x", "wen": {}}]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": {}},
        {"when": {"words": []}},
        {"when": {"words": ["two words"]}},
        {"when": {"frustration": 1.5}},
        {"when": {"returns": 0}},
        {"when": {"outage": False}},
        {"why": ""},
        {"impact": "huge"},
    ],
)
def test_a_rule_that_says_nothing_or_nonsense_is_refused(wrong: dict[str, object]) -> None:
    rule = {"why": "x", "when": {"returns": 1}, "impact": "high", "urgency": "low"}
    Rules.model_validate({**RULES.stored(), "rules": [rule]})
    with pytest.raises(ValidationError):
        Rules.model_validate({**RULES.stored(), "rules": [{**rule, **wrong}]})


def test_a_matrix_with_a_hole_is_refused() -> None:
    matrix = RULES.stored()["matrix"]
    del matrix["low"]["high"]
    with pytest.raises(ValidationError, match="impact low, urgency high"):
        Rules.model_validate({**RULES.stored(), "matrix": matrix})


def test_a_stored_book_is_the_same_book() -> None:
    assert Rules.model_validate(RULES.stored()) == RULES
    assert RULES.falls() == []


def test_segments_and_open_outages_count() -> None:
    book = Rules.model_validate(
        {
            **RULES.stored(),
            "outages": [
                {"name": "Checkout is down", "intents": ["payment_problem"], "words": ["Basket"]}
            ],
            "rules": [
                {"why": "an outage", "when": {"outage": True}, "impact": "high", "urgency": "high"},
                {
                    "why": "may leave us",
                    "when": {"segments": ["at_risk"]},
                    "impact": "high",
                    "urgency": "medium",
                },
            ],
        }
    )
    by_topic = book.judge(Facts("asked", intents=frozenset({"payment_problem"})))
    by_word = book.judge(Facts("asked", text="my BASKET is empty"))
    assert by_topic == by_word
    assert (by_topic.priority, by_topic.why) == (Priority.URGENT, "an outage: Checkout is down")
    assert book.judge(Facts("asked", text="a basketball")).priority is Priority.NORMAL
    risky = book.judge(Facts("asked", segments=frozenset({"at_risk", "frequent"})))
    assert (risky.priority, risky.why) == (Priority.HIGH, "may leave us")


def test_a_matrix_that_falls_is_named() -> None:
    matrix = RULES.stored()["matrix"]
    matrix["high"]["high"] = "low"
    fallen = Rules.model_validate({**RULES.stored(), "matrix": matrix}).falls()
    assert "impact high ranks below impact medium (urgency high)" in fallen
    assert "urgency high ranks below urgency medium (impact high)" in fallen

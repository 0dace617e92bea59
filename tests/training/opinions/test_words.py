"""What the page of second opinions says."""

from __future__ import annotations

import pytest

from tests.training.opinions.test_agreement import pair
from training.models import IGNORED
from training.opinions import words
from training.opinions.agreement import measure
from training.opinions.rules import Rules


def test_an_intent_reads_as_people_say_it() -> None:
    assert (words.intent("order_status"), words.intent(IGNORED)) == (
        "order status",
        "teaches nothing",
    )


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(), "Off: labels are written at once. Anybody can still ask for a second opinion."),
        (Rules(enabled=True, share=0.0, new_intents=False), "On, but no label is chosen."),
        (
            Rules(enabled=True, share=0.125, intents=("order_status",)),
            "A second opinion is asked for 12.5 % of all labels, drawn by chance; intents with fewer than 20 "
            "examples; “order status”.",
        ),
    ],
)
def test_the_rules_in_a_sentence(rules: Rules, said: str) -> None:
    assert words.rules(rules) == said


def test_agreement_in_a_sentence() -> None:
    few = measure([pair("a", "a")] * 3)
    assert words.agreement(measure([]).all) == "Nobody has labelled the same message twice yet."
    assert words.agreement(few.all).endswith("From 10 pairs on, agreement beyond chance is shown.")
    chance = measure([pair("a", "b"), pair("b", "b")] * 10)
    assert "hardly more than chance" in words.agreement(chance.all)
    same = measure([pair("a", "a"), pair("b", "b")] * 10)
    assert words.agreement(same.all) == (
        "20 of 20 messages got the same intent from both. That is nearly perfect agreement."
    )
    assert (words.kappa(-0.25), words.kappa(None)) == ("−0.25", "–")
    assert words.together(same.people[0]) == "Ann and Ben: same on 20 of 20"

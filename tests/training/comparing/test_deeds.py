"""What the bot would do about a message, by the house's own rules."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.errors import Unavailable
from server.settings import ROOT
from training.comparing.deeds import Deed, Found, Kind, Reading, Rules, deed, searches
from training.comparing.past import Said

RULES = Rules.read(ROOT / "data" / "rules", frozenset({"privacy"}))
FOUND = Found("answer", "a-1", "Returns", ("Returns",))


def said(**known: Any) -> Said:
    plain = Said(
        turn_id=uuid.UUID(int=1), conversation_id=uuid.UUID(int=2), episode=1,
        at=datetime(2026, 3, 2, tzinfo=UTC), text="x", shown="x", failures=0, loop=None,
        last_question=None, topic=None, intent=None, handed_off=None, unanswered=False, excluded=(),
        again=None, shown_article=None, label=None,
    )  # fmt: skip
    return replace(plain, **known)


def read(intent: str, **parse: Any) -> Reading:
    guess = {"name": intent, "confidence": 0.7}
    return Reading.of({"intent": guess, "intent_ranking": [guess], **parse}, "the words", RULES)


@pytest.mark.parametrize(
    ("reading", "known", "expected"),
    [
        (read("return_policy"), {}, Deed(Kind.ANSWER, "Returns", "a-1")),
        (read("nlu_fallback"), {}, Deed(Kind.ANSWER, "Returns", "a-1")),
        (read("an_intent_that_no_rule_names"), {}, Deed(Kind.ANSWER, "Returns", "a-1")),
        (read("order_status"), {}, Deed(Kind.TASK, "order_status")),
        (read("greet"), {}, Deed(Kind.REPLY, "greet")),
        (read("give_details"), {}, Deed(Kind.REPLY, "give_details")),
        (read("give_details"), {"unanswered": True}, Deed(Kind.ANSWER, "Returns", "a-1")),
        (read("request_human"), {}, Deed(Kind.PERSON, "asked")),
        (read("self_harm"), {}, Deed(Kind.PERSON, "moment_of_truth")),
        (read("privacy"), {}, Deed(Kind.PERSON, "reserved_topic")),
        (read("frustrated", frustration={"level": "handoff"}), {}, Deed(Kind.PERSON, "frustration")),
        (read("legal_threat", frustration={"level": "handoff"}), {}, Deed(Kind.PERSON, "moment_of_truth")),
        (read("return_policy", frustration={"level": "offer"}), {}, Deed(Kind.ANSWER, "Returns", "a-1")),
        # A form reads yes, no, details and its own matter itself; a question interrupts it.
        (read("affirm"), {"loop": "return_order_form"}, Deed(Kind.TASK, "return_order")),
        (read("return_order"), {"loop": "return_order_form"}, Deed(Kind.TASK, "return_order")),
        (read("sizing", entities=[{"entity": "order_number", "value": "1"}]),
         {"loop": "return_order_form"}, Deed(Kind.TASK, "return_order")),
        (read("sizing"), {"loop": "return_order_form"}, Deed(Kind.ANSWER, "Returns", "a-1")),
        (read("never_mind"), {"loop": "return_order_form"}, Deed(Kind.REPLY, "never_mind")),
        (read("request_human"), {"loop": "return_order_form"}, Deed(Kind.PERSON, "asked")),
        # Yes to "shall a person come?".
        (read("affirm"), {"intent": "affirm", "handed_off": "asked"}, Deed(Kind.PERSON, "asked")),
        (read("deny"), {"intent": "affirm", "handed_off": "asked"}, Deed(Kind.REPLY, "deny")),
    ],
)  # fmt: skip
def test_rules_lead_from_an_intent_to_a_deed(
    reading: Reading, known: dict[str, Any], expected: Deed
) -> None:
    assert deed(reading, said(**known), RULES, FOUND) == expected
    assert searches(reading, said(**known), RULES) is (expected.kind is Kind.ANSWER)


def test_the_search_answers_offers_or_finds_nothing_and_the_second_time_a_person_comes() -> None:
    reading = read("sizing")
    choice = Found("choose", "a-1", "Sizes", ("Sizes", "Shoes"))
    nothing = Found("nothing")
    assert deed(reading, said(), RULES, choice) == Deed(Kind.CHOOSE, "Sizes · Shoes")
    assert deed(reading, said(), RULES, nothing).kind is Kind.NOTHING
    again = deed(reading, said(unanswered=True), RULES, nothing)
    assert again == Deed(Kind.PERSON, "no_answer")
    assert deed(reading, said(), RULES, None).kind is Kind.SEARCH


def test_what_is_not_understood_is_searched_by_the_next_guess() -> None:
    ranking = [
        {"name": "out_of_scope", "confidence": 0.5},
        {"name": "thanks", "confidence": 0.3},
        {"name": "sizing", "confidence": 0.1},
    ]
    reading = Reading.of(
        {"intent": ranking[0], "intent_ranking": ranking, "meant": "the meant words"}, "x", RULES
    )
    asked = reading.asks(said(topic="exchange", excluded=("e",)))
    assert (asked.intent, asked.confidence, asked.text) == ("sizing", 0.1, "the meant words")
    assert (asked.topic, asked.excluded) == ("exchange", ("e",))


def test_topics_are_what_a_message_can_be_about() -> None:
    assert {"sizing", "order_status", "complaint"} <= RULES.topics
    assert not RULES.topics & {"give_details", "out_of_scope", "greet", "self_harm", "affirm"}


def test_rules_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    (tmp_path / "kinds.yml").write_text("rules: [3]")
    with pytest.raises(Unavailable, match="rules"):
        Rules.read(tmp_path)

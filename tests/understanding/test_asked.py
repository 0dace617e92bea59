"""What a message asks, with a classifier that knows a few words."""

from __future__ import annotations

import pytest

from understanding.asked import Judged, Kinds, read, under_politeness

WORDS = {
    "track": "order_status",
    "return": "return_policy",
    "send back": "return_order",
    "cancel": "cancel_order",
    "paypal": "payment_methods",
    "person": "request_human",
    "smoke": "safety_hazard",
    "yes": "affirm",
    "weather": "small_talk",
}
KINDS = Kinds(
    frozenset({"order_status", "return_order", "cancel_order"}),
    frozenset({"return_policy", "payment_methods"}),
    (frozenset({"return_policy", "return_order"}),),
    {"return_order": "return_policy"},
)


class Classifier:
    """The first known word decides; others are nobody's business."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> Judged:
        self.asked.append(text)
        low = text.lower()
        for word, intent in WORDS.items():
            if word in low:
                return Judged(intent, 0.9, True)
        social = any(word in low for word in ("hi", "thanks", "hello"))
        return Judged("greet", 0.8, True) if social else Judged("out_of_scope", 0.8, False)


def asked(
    text: str, whole: Judged | None = None, before: str = ""
) -> tuple[str, str | None] | None:
    judge = Classifier()
    found = read(text, whole or judge(text), judge, KINDS, before)
    return found and (found.first.intent, found.also.intent if found.also else None)


def test_ordinary_messages_cost_nothing() -> None:
    judge = Classifier()
    whole = Judged("order_status", 0.9, True)
    for text in ("please track my order", "track my order? thanks!", "my box is late."):
        assert read(text, whole, judge, KINDS, "what is it about") is None
    assert judge.asked == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can you track my order and do you take paypal?", ("order_status", "payment_methods")),
        ("do you take paypal? also please track my order", ("order_status", "payment_methods")),
        ("please track FW-1 and cancel my order FW-2", ("order_status", "cancel_order")),
        ("how do I return a lamp? do you take paypal?", ("return_policy", "payment_methods")),
    ],
)
def test_two_requests_a_task_first(text: str, expected: tuple[str, str]) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I want to return a lamp. Can I send back a kettle too?",  # two sides of one matter
        "I paid with paypal. My parcel can be tracked.",  # nothing is asked
        "My order is cancelled. Can you track it?",  # leans on the first
        "track my order and let me talk to a person",  # a person is what counts
        "do you take paypal? the lamp gives off smoke, what do I do?",
    ],
)
def test_one_request(text: str) -> None:
    found = asked(text)
    assert found is None or found[1] is None


def test_the_request_among_politeness_wins() -> None:
    whole = Judged("greet", 0.9, True)
    assert asked("hi there, hope you're well! do you take paypal? thanks", whole) == (
        "payment_methods",
        None,
    )
    assert asked("hi there, hope you're well! how is the weather? thanks", whole) is None
    assert asked("hi! take me to the capital of france, thanks", whole) == ("out_of_scope", None)
    assert asked("thanks a lot, bye", whole) is None


def test_a_question_out_of_scope_is_not_greeted() -> None:
    whole = Judged("greet", 0.9, True)
    text = "hi there, hope you are well! what's the capital of france?"
    assert asked(text, whole) == ("out_of_scope", None)
    assert asked(text, Judged("out_of_scope", 0.7, False)) is None
    assert asked("hi, you there? thanks", whole) is None
    assert asked("hello, can I ask you something?", whole) is None


def test_a_command_before_signed_thanks_wins_and_a_report_does_not() -> None:
    whole = Judged("thanks", 0.7, True)
    assert asked("put my track on hold thanks, Anna", whole) == ("order_status", None)
    assert asked("my return arrived, thanks, Anna", whole) is None
    refund = Judged("return_policy", 0.84, True)
    assert asked("my return arrived, thanks", refund) == ("thanks", None)
    assert asked("my return arrived broken, thanks", refund) is None


def test_two_words_with_a_question_mark_are_read_where_the_whole_was_polite() -> None:
    whole = Judged("thanks", 0.6, True)
    assert asked("paypal ok? thanks, Anna", whole) == ("payment_methods", None)
    assert asked("paypal ok. thanks, Anna", whole) is None
    assert asked("paypal ok? thanks, Anna", Judged("affirm", 0.6, True)) is None
    assert asked("amex ok? thanks, Anna", whole) == ("out_of_scope", None)
    assert asked("really? thanks!", Judged("thanks", 0.99, True)) is None


def test_an_unclear_command_under_politeness_is_searched_with() -> None:
    unclear = {"take me off that list": Judged("cancellation_threat", 0.37, True)}

    def judge(text: str) -> Judged:
        return unclear.get(text) or Classifier()(text)

    found = read("take me off that list thanks, Anna", Judged("thanks", 0.71, True), judge, KINDS)
    assert found is not None
    assert (found.first.intent, found.first.text) == ("out_of_scope", "take me off that list")
    assert found.first.in_scope


def test_a_follow_up_is_read_with_the_last_question() -> None:
    unsure = Judged("out_of_scope", 0.6, False)
    assert asked("and how long does that take?", unsure, "how do I return a lamp?") == (
        "return_policy",
        None,
    )
    assert asked("and how long does that take?", unsure) is None
    assert asked("and what does it cost?", unsure, "how is your aunt?") is None
    sure = Judged("cancel_order", 0.95, True)
    assert asked("and can you cancel it?", sure, "how do I return a lamp?") is None


def test_a_question_that_goes_on_about_a_task_opens_no_form() -> None:
    unsure = Judged("out_of_scope", 0.6, False)
    before = "I want to send back a lamp"
    assert asked("and what does it cost?", unsure, before) == ("return_policy", None)
    assert asked("and can you do it now?", unsure, before) == ("return_order", None)


def test_within_a_form_only_what_stands_among_politeness_is_found() -> None:
    polite, sure = Judged("thanks", 0.6, True), Judged("order_status", 0.9, True)
    found = under_politeness("do you take paypal? thanks", polite, Classifier(), KINDS)
    assert found is not None
    assert found.first.intent == "payment_methods"
    assert under_politeness("track it? and do you take paypal?", sure, Classifier(), KINDS) is None


def test_a_doubtful_no_may_go_on_from_the_last_question() -> None:
    doubtful = Judged("deny", 0.49, True)
    before = "how do I return a lamp?"
    assert asked("and if it's later than that?", doubtful, before) == ("return_policy", None)
    assert asked("not that one", doubtful, before) is None
    details = Judged("give_details", 0.63, True)
    assert asked("and when does it come?", details, before) == ("return_policy", None)
    assert asked("and it is FW-204411", details, before) is None


def test_a_yes_is_a_yes() -> None:
    assert asked("yes, and do you take paypal?", Judged("affirm", 0.7, True), "where is it") is None

"""Facts, and sentences that can't both be true; the rules alone, without an encoder."""

from __future__ import annotations

import time

import numpy as np
import pytest

from knowledge_base.review.contradictions import Read, contradictions, differ
from knowledge_base.review.facts import ADDRESS, facts
from knowledge_base.review.sentences import sentences
from knowledge_base.search.records import Record
from tests.knowledge_base.review_texts import AGREE, CONTRADICT
from tests.knowledge_base.support import FakeEncoder, record


@pytest.mark.parametrize(("one", "two", "about"), CONTRADICT)
def test_what_can_not_both_be_true_is_found(one: str, two: str, about: str) -> None:
    for left, right in ((one, two), (two, one)):
        found = differ(left, right, pair=about == ADDRESS)
        assert found is not None
        assert found[0] == about


@pytest.mark.parametrize(("one", "two"), AGREE)
def test_what_may_both_be_true_is_left_alone(one: str, two: str) -> None:
    assert differ(one, two) is None
    assert differ(two, one) is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("within two weeks", "time", (336.0, 336.0)),
        ("within 2–4 working days", "working time", (48.0, 96.0)),
        ("it costs €1,000.50", "money eur", (1000.5, 1000.5)),
        ("free from €50", "money eur from", (50.0, 50.0)),
        ("orders of 35 euros or more", "money eur from", (35.0, 35.0)),
        ("10 percent off", "percent", (10.0, 10.0)),
        ("open 10 am to 6:30 pm", "hours", (10.0, 18.5)),
        ("from Monday to Friday", "days", ("monday", "friday")),
        ("write to help@fernway.example.", "e-mail address", ("help@fernway.example",)),
        ("after 30 days", "time after", (720.0, 720.0)),
        ("every 4 weeks", "time every", (672.0, 672.0)),
        ("up to five photos", "number of photos", (5.0,)),
        ("call us on +44 (800) 555-0101", "phone number", ("448005550101",)),
        ("no account is needed", "needed", ("no",)),
        ("you don't need an account", "needed", ("no",)),
        ("an account is required", "needed", ("yes",)),
    ],
)
def test_a_fact_is_read_with_its_unit_and_its_role(
    text: str, kind: str, value: tuple[object, ...]
) -> None:
    found = {fact.kind: fact.value for fact in facts(text)}
    assert found[kind] == value


@pytest.mark.parametrize(
    "text", ["Skip a month of the box.", "Order FW-204411.", "iOS 16 or newer"]
)
def test_what_is_no_amount_is_no_fact(text: str) -> None:
    assert facts(text) == []


def test_hostile_texts_cost_little() -> None:
    started = time.perf_counter()
    for text in (
        "9" * 400,
        "1 or " * 80,
        "€" * 400,
        "a " * 200,
        "free " * 80,
        "1:" * 200,
        "not " * 100,
        "no needed " * 40,
        "can with " * 44,
        "call " + "0 " * 198,
    ):
        facts(text)
        differ(text, text)
    assert time.perf_counter() - started < 0.5


def test_sentences_keep_their_part_and_end_at_full_stops_only() -> None:
    written = record(
        1,
        "Return an item",
        context="It costs €4.90, e.g. for a lamp. You have 14 days.",
        action="1. Open **My orders**.\n2. Choose *Return*.",
        outcome="Done? We tell you.",
    )
    assert [(one.part, one.text) for one in sentences(written)] == [
        ("title", "Return an item"),
        ("context", "It costs €4.90, e.g. for a lamp."),
        ("context", "You have 14 days."),
        ("action", "Open My orders."),
        ("action", "Choose Return."),
        ("outcome", "Done?"),
        ("outcome", "We tell you."),
    ]


def test_both_sides_are_shown_with_what_differs() -> None:
    draft = _read(record(1, "Send it back", context="You can return an item within 14 days."))
    other = record(2, "Return an item", context="You can return an item within 30 days.")
    found = [one for one in contradictions(draft, [_read(other, other)]) if one.about == "time"]
    assert len(found) == 1
    sides = (found[0].draft, found[0].other)
    assert (sides[0].article, sides[1].article) == (None, other)
    marked = [side.sentence.text[start:end] for side in sides for start, end in side.marks]
    assert marked == ["14 days", "30 days"]


def test_a_draft_may_contradict_itself() -> None:
    draft = record(
        1,
        "Return an item",
        context="You can return an item within 14 days.",
        outcome="An item can be returned within 30 days.",
    )
    found = contradictions(_read(draft), [])
    assert [(one.draft.sentence.part, one.other.sentence.part) for one in found] == [
        ("context", "outcome")
    ]


def _read(written: Record, article: Record | None = None) -> Read:
    encoder = FakeEncoder()
    found = sentences(written)
    return Read(article, found, np.stack([encoder.encode(one.text) for one in found]))

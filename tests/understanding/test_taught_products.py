"""What marks in the examples teach of product names, and what they do not."""

from __future__ import annotations

import random

from understanding.products import Products
from understanding.taught_products import UNMARKED_FOR_EACH, Mark, taught

LISTED = Products({"Fernway Kettle": ["kettle"], "Box": []}, ordinary=["box office"])


def found(text: str, *marks: Mark, texts: tuple[str, ...] = ()) -> list[str]:
    more = taught(marks, [*texts, *(mark.words for mark in marks)], LISTED)
    return [one.name for one in LISTED.with_more(more).find(text)]


def test_other_words_for_a_product_and_a_new_product_are_found_with_plural_and_slip() -> None:
    pot = Mark("Slow Pot", "fernway kettle")
    assert found("are the slow pots here", pot) == ["Fernway Kettle"]
    assert found("my kettle", pot) == ["Fernway Kettle"]
    assert found("the crumpet rak is bent, crumpett rack!", Mark("crumpet rack")) == [
        "crumpet rack"
    ]
    assert found("the slow pot") == []


def test_the_list_wins_and_what_it_knows_teaches_nothing() -> None:
    marks = [
        Mark("kettle"),
        Mark("Kettles", "Fernway Kettle"),
        Mark("box office", "Box"),
    ]
    assert taught(marks[:2], [], LISTED) == {}
    assert found("is the box office open", *marks) == []
    # Another product by the same words: the list's stays.
    assert found("a kettle", Mark("kettle", "Box")) == ["Fernway Kettle"]


def test_a_word_that_nobody_else_marks_is_no_product() -> None:
    texts = tuple(f"my order {number}" for number in range(UNMARKED_FOR_EACH + 1))
    assert found("where is my order", Mark("order"), texts=texts) == []
    assert found("where is my order", Mark("order"), texts=texts[:-1]) == ["order"]
    assert found("is it here", Mark("it"), Mark("…")) == []


def test_most_marks_decide_whatever_their_order() -> None:
    marks = [Mark("tin"), Mark("tin", "Box"), Mark("TIN", "Box"), Mark("tin", "Box")]
    texts = ["a tin", "the tin", "two tins", "tin"]
    wanted = taught(marks, texts, LISTED)
    assert wanted == {"Box": ["tin"]}
    for seed in range(4):
        random.Random(seed).shuffle(marks)
        assert taught(marks, texts[::-1], LISTED) == wanted

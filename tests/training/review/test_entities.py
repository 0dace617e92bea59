"""Entities are shown where they stand in the masked text."""

from __future__ import annotations

from typing import Any

import pytest

from training.review.entities import in_masked
from training.texts import prepare


def spans(text: str, *words: tuple[str, str]) -> dict[str, Any]:
    return {
        "entities": [
            {"entity": entity, "start": text.index(word), "end": text.index(word) + len(word),
             "value": word, "masked": entity == "PERSON"}
            for entity, word in words
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("where is FW-204411 now", [("order_number", "FW-204411")], ["FW-000000"]),
        ("mail ann@x.com or 0470 12 34 56", [("email", "ann@x.com"), ("phone", "0470 12 34 56")],
         ["name@example.com", "0000 00 00 00"]),
        ("Sofie Maes wants 20 euro", [("PERSON", "Sofie Maes"), ("amount", "20 euro")],
         ["Alex Smith", "20 euro"]),
        ("a kettle  and\na kettle", [("product", "kettle")], ["kettle"]),
        ("plain", [], []),
    ],
)  # fmt: skip
def test_each_is_found_where_it_stands(
    text: str, words: list[tuple[str, str]], expected: list[str]
) -> None:
    parse = spans(text, *words)
    masked = prepare(text, parse)
    found = in_masked(text, parse, masked)
    assert [one.value for one in found] == expected
    assert all(masked[one.start : one.end] == one.value for one in found)


@pytest.mark.parametrize(
    "entities", [None, "x", [None], [{"start": 3, "end": 1}], [{"start": "a", "end": 2}], [{}]]
)
def test_a_strange_parse_has_none(entities: object) -> None:
    assert in_masked("some words", {"entities": entities}, "some words") == ()

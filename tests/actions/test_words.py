"""The bot's words: short, exact, and all of them sayable."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from actions import memory, turn
from actions.clarify import button_titles
from actions.format import money
from actions.words import Words
from tests.actions.fakes import FakeCandidate

WORDS = Words.load()
ALL = [(key, text) for key in WORDS for text in WORDS.variants(key)]
VAGUE = re.compile(
    r"\b(soon|shortly|asap|as quickly as|as soon as|in a while|unfortunately)\b", re.I
)


@pytest.mark.parametrize(("key", "text"), ALL)
def test_no_entry_is_vague_or_long(key: str, text: str) -> None:
    assert not VAGUE.search(text)
    assert len(text) <= 300
    fields = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    assert all(re.fullmatch(r"[a-z]+", name) for name in fields)


def test_every_key_is_text() -> None:
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", key) for key in WORDS)


def test_every_entry_that_the_actions_name_exists() -> None:
    source = "\n".join(p.read_text() for p in Path("actions").glob("*.py"))
    named = set(re.findall(r'phrase\(\s*f?"([a-z_.]+)"', source))
    assert len(named) > 25
    assert named <= set(WORDS)


def test_variants_differ_by_turn_and_repeat_by_turn() -> None:
    said = {WORDS.say("social.greet", str(n)) for n in range(40)}
    assert said == set(WORDS.variants("social.greet"))
    assert WORDS.say("social.greet", "7") == WORDS.say("social.greet", "7")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("FW-204411", "FW-204411"),
        ("fw 204411", "FW-204411"),
        ("it's 204411.", "FW-204411"),
        ("order#204411", "FW-204411"),
        ("2044112", None),
        ("INV-2026-00871", None),
        ("call 0032475123456", None),
    ],
)
def test_order_numbers(said: str, number: str | None) -> None:
    assert memory.order_number(said) == number


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("9000", "9000"),
        ("my postcode is 1012 AB", "1012 AB"),
        ("SW1A 2AA", "SW1A 2AA"),
        ("9000 Ghent is a lovely place", None),
        ("I don't know", None),
        ("no", None),
    ],
)
def test_postcodes(said: str, code: str | None) -> None:
    assert memory.postcode(said) == code


def test_emails() -> None:
    assert memory.email("it's Ann.Peeters@Example.com.") == "ann.peeters@example.com"
    assert memory.email("ann at example") is None


def test_titles_that_are_the_same_are_told_apart() -> None:
    a = FakeCandidate("a/x", "Reset it", context="Your **lamp** blinks red.")
    b = FakeCandidate("b/x", "reset it", context="Your hub is offline.")
    c = FakeCandidate("c/x", "Return it")
    assert button_titles([a, b, c]) == [
        "Reset it (Your lamp blinks red.)",
        "reset it (Your hub is offline.)",
        "Return it",
    ]


def test_money() -> None:
    assert (money(5990), money(5, "CHF")) == ("€59.90", "CHF 0.05")


def test_records_are_lost_by_nobody() -> None:
    with turn.recording() as outer:
        turn.confirmed()
        with turn.recording() as inner:
            turn.hand_off("asked", "x")
    assert outer == {"outcome": "confirmed"}
    assert inner == {"handoff": {"reason": "asked", "detail": "x"}}
    with pytest.raises(LookupError):
        turn.confirmed()

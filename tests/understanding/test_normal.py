"""What was meant: emoji, invisible signs, drawn-out letters, slips, words run together."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.normal import Speller, plain

EXAMPLES = [
    "where is my order",
    "where is my parcel please",
    "how long does delivery take",
    "i want to cancel my order",
    "when do i get my money back, how much is the refund",
    "is the warranty on my kettle still good",
    "how do i return the lamp",
    "can i change my address",
]
#: Words of the language that no example uses.
LANGUAGE = frozenset({"oder", "later", "bloke", "gent", "shop", "help", "swim"})


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller.learn(EXAMPLES * 4, LANGUAGE.__contains__)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("WHERE IS IT", "WHERE IS IT"),
        ("helloooo 😊😊", "helloo"),
        ("where\u200bis\u00ad it", "whereis it"),
        ("𝗵𝗲𝗹𝗽 𝗺𝗲", "help me"),
        ("my lamp 💔 is broken 😭", "my lamp is broken"),
        ("👍", "👍"),
        ("🙏🙏", "🙏🙏"),
        ("📦📦 where?", "package where?"),
        ("FW-204411 ✅", "FW-204411"),
        ("hi\nmy order", "hi\nmy order"),
        ("", ""),
    ],
)
def test_plain(said: str, meant: str) -> None:
    assert plain(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("whereismyorder", "where is my order"),
        ("where is my odrer?", "where is my order?"),
        ("wherw is my pacel", "where is my parcel"),
        ("i wantto return it", "i want to return it"),
        ("cancle my ordr", "cancel my order"),
        ("howlongdoesdeliverytake", "how long does delivery take"),
        ("my adress", "my address"),
        ("waranty", "warranty"),
    ],
)
def test_slips_are_mended(speller: Speller, said: str, meant: str) -> None:
    assert speller.mend(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "where is my order",
        "an oder later",  # words of the language, however near
        "the bloke from gent",
        "orders, ordering and returned",  # forms of known words
        "it wasnt and wont",
        "ann.odrer@example.com",
        "www.odrer.com/odrer",
        "odrer_1 and FW204411",
        "Zkrzt Xyqqw",
        "naïve façade",
        "ok",
    ],
)
def test_the_rest_stays_as_it_is(speller: Speller, said: str) -> None:
    assert speller.mend(said) == said


@given(st.text(max_size=200))
def test_any_text_keeps_something_and_mending_is_done_at_once(text: str) -> None:
    speller = Speller.learn(EXAMPLES * 2)
    meant = speller.mend(plain(text))
    assert bool(meant.strip()) >= bool(text.strip() and any(map(str.isalnum, text)))
    assert plain(plain(text)) == plain(text) or not plain(text).isascii()


def test_a_pasted_wall_of_unknown_words_costs_little(speller: Speller) -> None:
    wall = " ".join(f"{a}zqx{b}wvk{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh")
    start = time.process_time()
    speller.mend(wall)
    speller.mend("abcdefghij" * 2000)
    plain("a\u200b" * 4000)
    assert time.process_time() - start < 0.5

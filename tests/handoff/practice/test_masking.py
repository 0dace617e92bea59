"""What must not stand in a practice chat, by hand and by chance."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.practice import masking
from handoff.practice.masking import AGENT, ASSISTANT, CUSTOMER, Known, Line
from knowledge_base.asked.masking import mask as second

NOBODY = Known({}, (), ())
MARTA = Known(
    {"m.nowak@example.org": "email", "FW-204411": "order_number", "Ghent": "place"},
    ("Marta Nowak",),
    ("Will Bakker",),
)


def copy(*texts: str, known: Known = MARTA, author: str = CUSTOMER) -> list[str]:
    lines = [Line(author, text) for text in texts]
    return [one.text for one in masking.masked(lines, known, second)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello Marta, will it come?", "Hello [name], will it come?"),
        ("marta NOWAK here, from ghent", "[name] here, from [place]"),
        ("where is fw 204411 or FW-204412", "where is [order number] or [order number]"),
        ("mail m.nowak@example.org or x@y.example", "mail [email] or [email]"),
        ("mail marta at gmail dot com please", "mail [email] please"),
        ("call +32 470 12 34 56 or 0470123456", "call [phone] or [phone]"),
        ("it was €1,299.50, so 1,299.50 in all", "it was [amount], so [amount] in all"),
        ("card 4111 1111 1111 1111", "card [card number]"),
        ("my iban is BE68 5390 0754 7034", "my iban is [iban]"),
        ("I live at 12 high street", "I live at [address]"),
        ("I am @marta_k there", "I am [name] there"),
        ("see https://track.example/FW-204411?m=1", "see [link]"),
        ("read https://a.example/help/returns", "read https://a.example/help/returns"),
        ("voucher AB12CD34 and client 88112", "voucher [code] and client [number]"),
        ("[name] {order_number} [x]", "(name) (order_number) (x)"),
        ("Will said it will come. Thanks, Will Bakker", "Agent said it will come. Thanks, Agent"),
    ],
)
def test_details_become_marks(text: str, expected: str) -> None:
    assert copy(text) == [expected]


def test_a_name_that_was_introduced_once_is_masked_everywhere() -> None:
    assert copy("my name is kofi mensah", "thanks for that", known=NOBODY) == [
        "my name is [name]",
        "thanks for that",
    ]
    lines = [Line(CUSTOMER, "my name is kofi mensah"), Line(AGENT, "Sure, KOFI. Mensah it is.")]
    assert masking.masked(lines, NOBODY, second)[1].text == "Sure, [name]. [name] it is."


def test_an_address_tells_a_name() -> None:
    known = Known({"sofie.maes@example.org": "email", "info@maes.example": "email"}, (), ())
    assert copy("it is for sofie, more info later", known=known) == [
        "it is for [name], more info later"
    ]


def test_what_a_cut_leaves_half_of_a_detail_is_not_kept() -> None:
    text = "word " * 396 + "0470 12 34 56 78 90 12"
    found = copy(text)[0]
    assert found.endswith(masking.CUT)
    assert "0470" not in found


def test_struck_words_go_whatever_their_case_and_only_whole() -> None:
    lines = [Line(CUSTOMER, "Ann asked ANN about Annex")]
    found = masking.masked(lines, NOBODY, second, ["ann"])
    assert found[0].text == "[removed] asked [removed] about Annex"


def test_words_that_may_be_names_are_pointed_out() -> None:
    lines = [
        Line(CUSTOMER, "Yesterday my neighbour Piet took it. I’m sure of it, Parcel and all."),
        Line(AGENT, "The parcel? Thank you, [name]. I’ll ask PostNL on Monday."),
    ]
    assert masking.doubtful(lines) == ["Piet"]


def test_thousands_of_names_given_on_purpose_take_no_minutes() -> None:
    lines = [
        Line(CUSTOMER, " ".join(f"my name is zed{chat}q{n}." for n in range(90)))
        for chat in range(40)
    ]
    begun = time.process_time()
    found = masking.masked(lines, NOBODY, second)
    assert time.process_time() - begun < 20
    assert not any("zed" in one.text for one in found)


def test_points_are_runs_of_a_persons_messages() -> None:
    authors = (CUSTOMER, ASSISTANT, AGENT, AGENT, CUSTOMER, AGENT)
    assert masking.points_of([Line(author, "x") for author in authors]) == [2, 5]


LETTERS = "bcdfghjklmnpqrstvwxz"
# Names that are no word of the sentences below.
part = st.text(LETTERS, min_size=4, max_size=9).map(str.title)
WAYS: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.title)
case = st.sampled_from(WAYS)
SENTENCES = (
    "Hello, {} speaking about my parcel.",
    "please send it to {} as I said",
    "{}",
    "Is {} right? And was it {} before?",
    "I wrote ({}), or “{}”, didn’t I!",
    "ok\n{}\nthanks",
)


@st.composite
def customers(draw: st.DrawFn) -> tuple[Known, list[str], list[Line]]:
    """Somebody with details, and a chat in which they stand anywhere, written anyhow."""
    first, last, agent = draw(part), draw(part), draw(part)
    email = f"{draw(part).lower()}.{draw(part).lower()}@{draw(part).lower()}.example"
    phone = "0" + draw(st.text("123456789", min_size=9, max_size=9))
    order = "FW-" + draw(st.text("123456789", min_size=6, max_size=6))
    amount = f"€{draw(st.integers(100, 9999))}.{draw(st.integers(10, 99))}"
    secrets = [f"{first} {last}", first, last, email, phone, order, amount, f"{agent} Smit"]
    known = Known({email: "email", order: "order_number"}, (f"{first} {last}",), (f"{agent} Smit",))
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        sentence = draw(st.sampled_from(SENTENCES))
        fill = [draw(st.sampled_from(secrets)) for _ in range(sentence.count("{}"))]
        written = [
            one if one.startswith(agent) else draw(case)(one) for one in fill
        ]  # colleagues are known by their capital
        author = draw(st.sampled_from([CUSTOMER, AGENT, ASSISTANT]))
        lines.append(Line(author, sentence.format(*written)))
    return known, secrets, lines


@settings(max_examples=150, deadline=None)
@given(customers())
def test_nothing_of_the_details_is_left(chat: tuple[Known, list[str], list[Line]]) -> None:
    known, secrets, lines = chat
    text = "\n".join(one.text for one in masking.masked(lines, known, second))
    for secret in secrets:
        assert re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text, re.I) is None, (secret, text)
    assert re.search(r"\d{3}", text) is None, text
    assert [one.author for one in lines] == [
        one.author for one in masking.masked(lines, known, second)
    ]

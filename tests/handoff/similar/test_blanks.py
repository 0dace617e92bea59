from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.similar.blanks import fill, mask
from handoff.similar.courtesy import says_something
from handoff.similar.merging import groups, same, words_of
from understanding.bank_numbers import find

DETAILS = {"4411": "order_number", "marta@example.com": "email", "1070 AB": "postcode"}


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("Hello Marta, order 4411 has left.", "Hello {name}, order {order_number} has left."),
        ("Hi Joris! We sent it.", "Hi {name}! We sent it."),
        ("Thanks. We sent it.", "Thanks. We sent it."),
        ("This is Ada. I wrote to marta@example.com", "This is {agent}. I wrote to {email}"),
        ("It went to 1070 AB, call 0470 12 34 56", "It went to {postcode}, call {phone}"),
        ("Order FW-204411 and card 4111 1111 1111 1111", "Order {order_number} and card {card_number}"),
        ("It comes on 3 May between 14:00 and 16:30.", "It comes on {day} between {time} and {time}."),
        ("You get €24.95 back by Tuesday", "You get {amount} back by {day}"),
        ("See https://x.example/t?token=abc", "See {link}"),
        ("See https://shop.example/help/return-12345678", "See https://shop.example/help/return-12345678"),
        ("Your code is SAVE-8K2D.", "Your code is {code}."),
        ("It lies at Kerkstraat 12 now.", "It lies at {address} now."),
        ("Use {curly} braces", "Use (curly) braces"),
    ],
)  # fmt: skip
def test_what_names_one_customer_becomes_a_blank(written: str, masked: str) -> None:
    assert mask(written, DETAILS, ["Marta Nowak"], "Ada") == masked


def test_blanks_are_filled_with_this_customers_details_and_the_rest_is_marked() -> None:
    template = "Hello {name}, {order_number} and {invoice_number} go out on {day}. {agent}"
    known = {"name": "Tom Maes", "order_number": "77", "agent": "Bob", "day": "Monday"}
    assert fill(template, known) == (
        "Hello Tom, 77 and [invoice number] go out on [day]. Bob",
        ["invoice number", "day"],
    )


@given(st.text(max_size=300), st.sampled_from(["", " ", "-", "."]), st.text(max_size=100))
def test_no_card_number_and_no_address_stays(before: str, apart: str, after: str) -> None:
    card = apart.join(["4111", "1111", "1111", "1111"])
    masked = mask(f"{before} {card} ann.peeters@example.com {after}", {})
    assert not list(find(masked.replace("{", " ").replace("}", " ")))
    assert "ann.peeters@example.com" not in masked


@given(st.text(max_size=500), st.dictionaries(st.text(min_size=1, max_size=20), st.just("name")))
def test_masking_and_filling_never_fail(text: str, details: dict[str, str]) -> None:
    filled, _ = fill(mask(text, details, list(details), text[:20]), details)
    assert isinstance(filled, str)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("Hello {name}! How can I help you today?", False),
        ("Hi, thanks for waiting. One moment please.", False),
        ("I'm sorry to hear that. Let me check this for you.", False),
        ("You're welcome! Is there anything else I can help with? Have a nice day!", False),
        ("ok", False),
        ("Hello {name}, hold the button for five seconds and let go.", True),
        ("Sorry, we can only refund within 30 days.", True),
        ("Your parcel is at the depot and comes tomorrow.", True),
    ],
)
def test_greetings_alone_suggest_nothing(reply: str, says: bool) -> None:
    assert says_something(reply) is says


def test_replies_that_say_the_same_are_one() -> None:
    replies = [
        "Hello {name}, your parcel leaves our depot tomorrow morning, please be at home.",
        "We cannot refund this after 30 days.",
        "Hi {name}, your parcel leaves our depot tomorrow morning, please be at home!",
        "We can refund this after 30 days.",
        "We cannot refund this after 14 days.",
    ]
    assert groups(replies) == [0, 1, 0, 3, 4]
    assert not same(words_of("We can do it"), words_of("We can not do it"))

"""What the channel accepts, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.requests import MAX_BODY, MAX_TEXT, BadRequest, harmless, parse


def body(**fields: Any) -> bytes:
    return json.dumps({"sender": "c:1", "turn_id": "t", "text": "hi", **fields}).encode()


def test_reads_a_turn() -> None:
    metadata = {
        "conversation_id": "c",
        "epoch": 3,
        "said_at": "2026-11-22T09:00:00+00:00",
        "waiting_seconds": 1.5,
        "bot_failures": 2,
        "slots": {"email": "a@b.c"},
        "unknown": 1,
    }
    asked = parse(body(metadata=metadata))
    assert (asked.sender, asked.turn_id, asked.said) == ("c:1", "t", "hi")
    assert asked.slots == {"email": "a@b.c"}
    assert asked.metadata == {
        "conversation_id": "c",
        "turn_id": "t",
        "said_at": "2026-11-22T09:00:00+00:00",
        "epoch": 3,
        "waiting_seconds": 1.5,
        "bot_failures": 2,
    }


def test_a_vector_belongs_to_its_words_only() -> None:
    vector = {"encoder": "e", "values": "AAAA"}
    assert parse(body(vector=vector)).vector == vector
    assert parse(body(text="/ hi", vector=vector)).vector is None
    assert parse(body(text=None, payload="/affirm", vector=vector)).vector is None
    assert parse(body()).vector is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"vector": [1]}, "bad_vector"),
        ({"sender": ""}, "bad_sender"),
        ({"sender": 5}, "bad_sender"),
        ({"sender": "\ud800"}, "bad_sender"),
        ({"sender": "x" * 201}, "bad_sender"),
        ({"turn_id": None}, "bad_turn_id"),
        ({"text": None}, "bad_text"),
        ({"text": " \n "}, "bad_text"),
        ({"text": 7}, "bad_text"),
        ({"text": "x" * (MAX_TEXT + 1)}, "text_too_long"),
        ({"payload": "affirm"}, "bad_payload"),
        ({"payload": "/affirm{"}, "bad_payload"),
        ({"payload": "/affirm{'a': 1}"}, "bad_payload"),
        ({"payload": "/affirm and more"}, "bad_payload"),
        ({"payload": 1}, "bad_payload"),
        ({"metadata": []}, "bad_metadata"),
        ({"metadata": "x"}, "bad_metadata"),
        ({"metadata": {"slots": [1]}}, "bad_slots"),
        ({"metadata": {"epoch": "1"}}, "bad_epoch"),
        ({"metadata": {"epoch": True}}, "bad_epoch"),
        ({"metadata": {"bot_failures": -1}}, "bad_bot_failures"),
        ({"metadata": {"waiting_seconds": 1e300}}, "bad_waiting_seconds"),
    ],
)
def test_refuses_what_the_contract_does_not_allow(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(body(**fields))
    assert (refused.value.code, refused.value.status) == (code, 422)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 60000, b"null"])
def test_refuses_what_is_no_json_object(raw: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(raw)
    assert refused.value.code == "bad_json"


def test_refuses_a_large_body_before_reading_it() -> None:
    with pytest.raises(BadRequest) as refused:
        parse(b"x" * (MAX_BODY + 1))
    assert refused.value.status == 413


def test_a_payload_wins_over_the_buttons_title() -> None:
    assert parse(body(text="Yes", payload='/choose{"a": "b"}')).said == '/choose{"a": "b"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/cancel_order", "cancel_order"),
        ("  /cancel_order", "cancel_order"),
        ("// /affirm", "affirm"),
        ("/\u00a0/\u3000/affirm", "affirm"),
        ("///", "\u2215"),
        ("and/or", "and/or"),
        (" hi ", "hi"),
    ],
)
def test_a_customers_text_starts_no_intent(text: str, said: str) -> None:
    assert harmless(text) == said


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_no_text_at_all_starts_with_a_slash(text: str) -> None:
    assert not harmless(text).strip().startswith("/")

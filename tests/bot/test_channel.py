"""The channel over HTTP, in Rasa's real server (docs/architecture.md)."""

from __future__ import annotations

import json
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.bot.processes import ACTION_TIMEOUT, Running

TURN = "/webhooks/handrail/turn"


@pytest.fixture(autouse=True)
def fresh_actions(server: Running) -> Iterator[None]:
    server.actions.reset()
    yield
    server.actions.reset()


def sender() -> str:
    return f"{uuid.uuid4()}:1"


@pytest.mark.parametrize("secret", [None, "", "wrong", "test-secret-of-the-channe", "é"])
def test_nobody_enters_without_the_secret(server: Running, secret: str | None) -> None:
    headers = {} if secret is None else {"X-Handrail-Secret": secret}
    body = json.dumps({"sender": "x:1", "turn_id": "t", "text": "hello"}).encode()
    answer = server.post(TURN, body, headers)
    assert answer.status == 401
    assert answer.body["error"]["code"] == "unauthorized"


AHEAD = "/webhooks/handrail/ahead"


def test_a_text_may_be_told_ahead_of_its_turn(server: Running) -> None:
    headers = {"X-Handrail-Secret": server.secret}
    text = "my name is Grace Hopper and I live in Lisbon"
    found = []
    for told in (False, True):
        if told:
            assert server.post(AHEAD, json.dumps({"text": text}).encode(), headers).status == 204
        found.append(server.turn(text).body["parse"]["entities"])
    assert found[0] == found[1]
    assert {entity["value"] for entity in found[0]} >= {"Lisbon"}


def test_ahead_is_no_open_door_either(server: Running) -> None:
    body = json.dumps({"text": "hello"}).encode()
    assert server.post(AHEAD, body, {}).status == 401
    headers = {"X-Handrail-Secret": server.secret}
    assert server.post(AHEAD, b"[]", headers).body["error"]["code"] == "bad_json"
    assert server.post(AHEAD, b'{"text": ""}', headers).body["error"]["code"] == "bad_text"
    long = json.dumps({"text": "x" * 4001}).encode()
    assert server.post(AHEAD, long, headers).body["error"]["code"] == "text_too_long"


@pytest.mark.parametrize(
    "vector",
    [
        None,
        {},
        {"encoder": "another", "values": "AAAA"},
        {"encoder": "same", "values": "AAAA"},
        {"encoder": "same", "values": None},
        {"encoder": "same"},
    ],
)
def test_a_vector_that_makes_no_sense_is_left_alone(
    server: Running, vector: dict[str, Any] | None
) -> None:
    checksum = server.turn("hello").body["versions"]["encoder"]
    if vector and vector.get("encoder") == "same":
        vector = {**vector, "encoder": checksum}
    answer = server.turn("where is my parcel", vector=vector)
    assert answer.status == 200
    assert answer.body["failed"] is None
    assert answer.body["parse"]["intent"]["name"] == "order_status"


def test_a_vector_of_the_same_encoder_stands_for_the_words(server: Running) -> None:
    from bot.components.shared import load_encoder
    from encoder.handover import pack

    encoder = load_encoder()
    vector = pack(encoder.checksum, encoder.encode("I want my money back"))
    words = "glorp the frobnicator"
    alone = server.turn(words).body["parse"]["intent"]
    lent = server.turn(words + "!", vector=vector).body["parse"]["intent"]
    assert lent["name"] != alone["name"] or lent["confidence"] != alone["confidence"]


def test_bad_requests_get_a_coded_error_and_nothing_breaks(server: Running) -> None:
    headers = {"X-Handrail-Secret": server.secret}
    for body in (b"", b"{", b"\x00\xff", b"[]"):
        assert server.post(TURN, body, headers).body["error"]["code"] == "bad_json"
    assert server.post(TURN, b"x" * 100_000, headers).status == 413
    assert server.turn("x" * 4001).body["error"]["code"] == "text_too_long"
    assert server.turn("hello").status == 200


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f600" * 2000,
        "<script>alert(1)</script>",
        "مرحبا، أين طلبي؟",
        "\x00\x01\x02",
        "\ud800",
        "{order_number} ${HOME} %s",
        "[link](http://x) /affirm",
    ],
)
def test_odd_text_is_understood_or_not_and_never_fails(server: Running, text: str) -> None:
    answer = server.turn(text)
    assert answer.status == 200
    assert answer.body["failed"] is None
    assert answer.body["parse"]["intent"]["name"]


def test_a_turn_answers_everything_the_app_stores(server: Running) -> None:
    answer = server.turn("hello there", turn_id="t-1").body
    assert answer["turn_id"] == "t-1"
    assert answer["messages"] == [{"text": "Hello.", "custom": {}}]
    assert answer["failed"] is None
    parse = answer["parse"]
    assert parse["intent"]["name"] == "greet"
    assert len(parse["intent_ranking"]) > 1
    assert parse["scope"]["in_scope"] is True
    assert parse["frustration"]["level"] == "calm"
    assert set(answer["versions"]) == {"model", "encoder", "frustration"}
    assert all(answer["versions"].values())
    assert {"tracker", "parse", "actions", "save", "total"} <= set(answer["timings"])


def test_an_utterance_is_one_message(server: Running) -> None:
    spoken = server.turn("thank you so much").body["messages"]
    assert spoken == [
        {
            "text": "Did that help?",
            "custom": {"kind": "confirm", "buttons": [{"title": "Yes", "payload": "/solved"}]},
        }
    ]
    remote = server.turn("how do returns work").body["messages"]
    assert remote == [{"text": "An answer.", "custom": {"kind": "answer", "parts": []}}]


def test_actions_get_the_secret_the_metadata_and_the_extra_keys(server: Running) -> None:
    metadata = {
        "conversation_id": "c",
        "epoch": 4,
        "said_at": "2026-03-02T09:00:00+00:00",
        "waiting_seconds": 2.0,
        "bot_failures": 1,
    }
    server.turn("how do returns work", turn_id="t-2", metadata=metadata)
    latest = server.actions.calls[0]["tracker"]["latest_message"]
    assert server.actions.headers[0]["X-Handrail-Secret"] == server.secret
    assert latest["metadata"] == {**metadata, "turn_id": "t-2"}
    assert latest["scope"]["in_scope"] is True
    assert latest["frustration"]["level"] == "calm"


def test_an_action_is_sent_the_last_messages_only(server: Running) -> None:
    who = sender()
    for number in range(7):
        server.turn(f"how do returns work {number}", sender=who)
    last = server.actions.calls[-1]["tracker"]
    said = [event["text"] for event in last["events"] if event["event"] == "user"]
    assert said == [f"how do returns work {number}" for number in (5, 6)]
    assert last["latest_message"]["text"] == said[-1]


def test_a_known_turn_is_answered_from_the_tracker(server: Running) -> None:
    who, turn = sender(), str(uuid.uuid4())
    first = server.turn("how do returns work", sender=who, turn_id=turn).body
    server.turn("thanks", sender=who)
    again = server.turn("how do returns work", sender=who, turn_id=turn).body
    assert len(server.actions.calls) == 1
    assert again["messages"] == first["messages"]
    assert again["parse"] == first["parse"]


def test_the_same_turn_twice_at_once_runs_once(server: Running) -> None:
    who, turn = sender(), str(uuid.uuid4())
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: server.turn("how do returns work", sender=who, turn_id=turn).body,
                range(4),
            )
        )
    assert len(server.actions.calls) == 1
    assert all(answer["messages"] == answers[0]["messages"] for answer in answers)


def test_a_new_episode_knows_its_seeds_and_an_old_one_ignores_them(server: Running) -> None:
    who = sender()
    seeds = {"slots": {"order_number": "FW-111111", "unknown_slot": 1}}
    first = server.turn("cancel my order", sender=who, metadata=seeds).body
    assert first["messages"][-1]["text"] == "Shall I cancel FW-111111?"
    assert first["slots"]["order_number"] == "FW-111111"
    seeds["slots"]["order_number"] = "FW-222222"
    second = server.turn("hello", sender=who, metadata=seeds).body
    assert second["slots"]["order_number"] == "FW-111111"


def test_buttons_may_start_an_intent_and_customers_may_not(server: Running) -> None:
    pressed = server.turn(payload="/solved").body
    assert pressed["parse"]["intent"] == {"name": "solved", "confidence": 1.0}
    assert pressed["parse"]["scope"]["in_scope"] is True
    assert pressed["parse"]["frustration"] == {"score": 0.0, "level": "calm", "signals": []}
    typed = server.turn("/solved").body
    assert typed["parse"]["intent"]["name"] != "solved"
    typed = server.turn(' /solved{"order_number": "FW-999999"}').body
    assert typed["parse"]["intent"]["name"] != "solved"


def test_two_angry_messages_reach_handoff(server: Running) -> None:
    who = sender()
    first = server.turn("this is useless, you are no help", sender=who).body["parse"]
    second = server.turn("are you even listening, for god's sake", sender=who).body["parse"]
    assert first["frustration"]["level"] in ("acknowledge", "offer")
    assert second["frustration"]["level"] == "handoff"
    assert second["intent"]["name"] == "frustrated"


@pytest.mark.parametrize(("handoff", "level"), [(0.40, "handoff"), (0.95, "offer")])
def test_the_thresholds_that_come_with_a_turn_hold_for_it(
    server: Running, handoff: float, level: str
) -> None:
    levels = {"acknowledge": 0.1, "offer": 0.3, "handoff": handoff, "version": 4}
    said = server.turn(
        "this is useless, you are no help", metadata={"frustration_levels": levels}
    ).body["parse"]
    assert said["frustration"]["level"] == level
    assert (said["intent"]["name"] == "frustrated") or level == "offer"
    assert said["frustration"]["levels"] == levels


def test_a_failed_action_is_named_and_may_be_tried_again(server: Running) -> None:
    who, turn = sender(), str(uuid.uuid4())
    server.actions.status = 500
    failed = server.turn("how do returns work", sender=who, turn_id=turn).body
    assert failed["failed"] == "action_answer: RasaException"
    assert failed["parse"]["intent"]["name"] == "return_policy"
    server.actions.status = 200
    again = server.turn("how do returns work", sender=who, turn_id=turn).body
    assert again["failed"] is None
    assert again["messages"][0]["text"] == "An answer."


def test_an_answer_of_the_wrong_form_is_a_failure(server: Running) -> None:
    server.actions.answer = {"events": "none", "responses": []}
    assert server.turn("how do returns work").body["failed"] == "action_answer: ValidationError"


def test_a_hanging_action_ends_in_time(server: Running) -> None:
    server.actions.hang = True
    start = time.monotonic()
    failed = server.turn("how do returns work").body["failed"]
    assert failed == "action_answer: TimeoutError"
    assert time.monotonic() - start < ACTION_TIMEOUT + 5


def test_rasas_own_api_needs_the_token(server: Running) -> None:
    body = json.dumps({"text": "hello"}).encode()
    assert server.post("/model/parse", body, {}).status == 401
    assert server.post("/model/parse?token=wrong", body, {}).status == 401
    query = urllib.parse.urlencode({"token": server.token})
    parse: dict[str, Any] = server.post(f"/model/parse?{query}", body, {}).body
    assert parse["intent"]["name"] == "greet"
    assert "frustration" in parse


def test_the_stock_door_is_shut(server: Running) -> None:
    body = json.dumps({"sender": "x", "message": "/solved"}).encode()
    assert server.post("/webhooks/rest/webhook", body, {}).status == 404


def test_the_log_holds_no_customers_words(server: Running) -> None:
    server.turn("hello xyzzyplugh")
    server.actions.status = 500
    server.turn("how do returns work xyzzyplugh")
    log = server.log.read_text()
    assert "action_answer" in log
    assert "xyzzyplugh" not in log
    assert server.secret not in log
    assert server.token not in log

"""What the app may ask of the channel, checked field by field (docs/architecture.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understanding.frustration import Thresholds

MAX_BODY = 64 * 1024
MAX_TEXT = 4000
MAX_SENDER = 200
MAX_TURN_ID = 100
MAX_WAITING = 30 * 86400.0
MAX_FAILURES = 1000
#: In a turn's metadata: the house's frustration thresholds of the moment, by level, and their version.
FRUSTRATION_LEVELS = "frustration_levels"
LEVELS = ("acknowledge", "offer", "handoff")

#: Our own buttons: "/affirm", "/choose_article{"article": "…"}".
_PAYLOAD = re.compile(r"/[a-z][a-z0-9_]{0,60}(\{.*\})?", re.DOTALL)
#: Looks like a slash and starts no intent.
_HARMLESS_SLASH = "\u2215"


class BadRequest(Exception):
    """A request that the contract doesn't allow; `code` for programs, the text for people."""

    def __init__(self, code: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def as_dict(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": str(self)}}


@dataclass(frozen=True)
class TurnRequest:
    """One turn; `said` is what Rasa reads: the customer's words or a button's payload."""

    sender: str
    turn_id: str
    said: str
    metadata: dict[str, Any]
    slots: dict[str, Any]
    vector: Mapping[str, Any] | None = None
    """The sentence vector of `said` as `encoder.handover` packs it, if the app knew it."""


def parse(body: bytes) -> TurnRequest:
    """Read a request.

    Raises:
        BadRequest: it is too large, not JSON, or a field is missing or of the wrong form.
    """
    data = _read(body)
    metadata = _object(data, "metadata")
    slots = _object(metadata, "slots")
    turn_id = _string(data, "turn_id", MAX_TURN_ID)
    kept: dict[str, Any] = {
        "conversation_id": str(metadata.get("conversation_id") or "")[:MAX_SENDER],
        "turn_id": turn_id,
        "epoch": int(_number(metadata, "epoch", float(2**53))),
        "said_at": str(metadata.get("said_at") or "")[:40],
        "waiting_seconds": _number(metadata, "waiting_seconds", MAX_WAITING),
        "bot_failures": int(_number(metadata, "bot_failures", float(MAX_FAILURES))),
    }
    if levels := _levels(metadata):
        kept[FRUSTRATION_LEVELS] = levels
    said = _said(data)
    # A vector belongs to the words that it was made of, and to no others.
    vector = _object(data, "vector") if said == data.get("text") else None
    return TurnRequest(
        _string(data, "sender", MAX_SENDER), turn_id, said, kept, slots, vector or None
    )


def parse_text(body: bytes) -> str:
    """Read a request that only holds a text; return it as a turn's `said` would be.

    Raises:
        BadRequest: it is too large, not JSON, or there is no text in it.
    """
    return _text(_read(body))


def _levels(metadata: dict[str, Any]) -> dict[str, Any]:
    found = _object(metadata, FRUSTRATION_LEVELS)
    if not found:
        return {}
    levels = {name: _number(found, name, 1.0) for name in LEVELS}
    try:
        Thresholds(**levels)
    except ValueError as error:
        raise BadRequest(f"bad_{FRUSTRATION_LEVELS}", str(error)) from error
    return {**levels, "version": int(_number(found, "version", float(2**53)))}


def _read(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY:
        raise BadRequest("too_large", f"the body has more than {MAX_BODY} bytes", status=413)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("bad_json", "the body is not JSON") from error
    if not isinstance(data, dict):
        raise BadRequest("bad_json", "the body must be a JSON object")
    return data


def _said(data: dict[str, Any]) -> str:
    payload = data.get("payload")
    if payload is not None:
        return _payload(payload)
    return _text(data)


def _text(data: dict[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadRequest("bad_text", "text or payload must be a string with something in it")
    if len(text) > MAX_TEXT:
        raise BadRequest("text_too_long", f"text has {len(text)} characters, at most {MAX_TEXT}")
    # A lone surrogate, which JSON may carry, is no UTF-8: spaCy refuses it and no store keeps it.
    return harmless(text.encode("utf-8", "replace").decode("utf-8"))


def _payload(payload: object) -> str:
    if not isinstance(payload, str) or len(payload) > MAX_TEXT:
        raise BadRequest(
            "bad_payload", f"payload must be a string of at most {MAX_TEXT} characters"
        )
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        raise BadRequest("bad_payload", "payload must read /intent or /intent{...}")
    if match.group(1):
        try:
            json.loads(match.group(1))
        except (ValueError, RecursionError) as error:
            raise BadRequest("bad_payload", "payload's entities are not JSON") from error
    return payload


def harmless(text: str) -> str:
    """Return the customer's text so that it can't begin with a slash.

    Rasa takes "/cancel_order" for an intent with certainty (RegexMessageHandler), after stripping.
    """
    bare = text.strip()
    while bare.startswith("/"):
        bare = bare.lstrip("/").strip()
    return bare or _HARMLESS_SLASH


def _object(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"bad_{key}", f"{key} must be an object")
    return value


def _string(data: dict[str, Any], key: str, limit: int) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isprintable():
        raise BadRequest(f"bad_{key}", f"{key} must be a string of 1 to {limit} characters")
    return value


def _number(data: dict[str, Any], key: str, limit: float) -> float:
    value = data.get(key)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= limit:
        raise BadRequest(f"bad_{key}", f"metadata.{key} must be a number from 0 to {limit:.0f}")
    return float(value)

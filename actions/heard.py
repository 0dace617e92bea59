"""What the customer said in this turn, read once from Rasa's tracker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from actions.intents import NOT_SURE, SOCIAL
from understanding.bank_numbers import hide
from understanding.marks import is_wordless

_BUTTON = re.compile(r"/(\w+)\s*(\{.*\})?", re.DOTALL)

LEVELS = ("calm", "acknowledge", "offer", "handoff")


@dataclass(frozen=True)
class Also:
    """A second request in the same message (bot/components/second_request.py)."""

    intent: str
    confidence: float
    text: str


@dataclass(frozen=True)
class Heard:
    text: str
    """The customer's words; empty when a button was pressed."""
    intent: str
    confidence: float
    guess: str | None
    """Best intent besides the fallbacks, a hint for the search."""
    guess_confidence: float
    entities: tuple[tuple[str, str], ...]
    level: str
    """Frustration: calm, acknowledge, offer or handoff."""
    in_scope: bool
    """False when the words are about nothing that a help desk knows; unsure counts as in."""
    turn_id: str
    epoch: int
    conversation: str
    question: str = ""
    """What to search with: without slips and politeness, and with the last question where it leans on it."""
    also: Also | None = None
    language: str | None = None
    """The English name of a language that surely isn't English; None otherwise."""
    language_code: str | None = None
    asks_person: bool = False
    """Whether words of that language name a person."""

    @property
    def pressed(self) -> bool:
        return not self.text

    @property
    def wordless(self) -> bool:
        """Nothing but marks, as in "?" or "...": neither a yes nor a no. A 👍 says something."""
        return is_wordless(self.text)

    def entity(self, name: str) -> str | None:
        return next((value for kind, value in self.entities if kind == name), None)

    def turn(self) -> UUID:
        """Raises ValueError when the turn has no id: then no effect may happen."""
        return UUID(self.turn_id)


def read(latest: Mapping[str, Any], sender: str) -> Heard:
    """Read Rasa's ``latest_message``; what is missing is calm, empty or zero."""
    metadata = latest.get("metadata") or {}
    intent = latest.get("intent") or {}
    name = str(intent.get("name") or "nlu_fallback")
    confidence = float(intent.get("confidence") or 0.0)
    ranking = [(str(r.get("name")), float(r.get("confidence") or 0.0)) for r in _ranking(latest)]
    # "amex ok? thanks" is no thanks where it was called unsure (understanding/asked.py).
    silent = NOT_SURE | SOCIAL if name in NOT_SURE else NOT_SURE
    guess = next(
        (pair for pair in [(name, confidence), *ranking] if pair[0] not in silent), (None, 0.0)
    )
    # Parts of the text become slots (reasons, the last question): no card number may.
    text = hide(str(latest.get("text") or "").strip())
    button = _BUTTON.fullmatch(text)
    if button is not None and button.group(1) == name:
        text = ""
    level = str((latest.get("frustration") or {}).get("level") or "calm")
    return Heard(
        text=text,
        intent=name,
        confidence=confidence,
        guess=guess[0],
        guess_confidence=guess[1],
        entities=tuple(
            (str(e.get("entity")), str(e.get("value")))
            for e in latest.get("entities") or []
            if e.get("value") is not None
        ),
        level=level if level in LEVELS else "calm",
        in_scope=bool((latest.get("scope") or {}).get("in_scope", name != "out_of_scope")),
        turn_id=str(metadata.get("turn_id") or ""),
        epoch=int(metadata.get("epoch") or 0),
        conversation=str(metadata.get("conversation_id") or sender.split(":")[0]),
        question=hide(str(latest.get("question") or latest.get("meant") or text)) if text else "",
        also=_also(latest.get("also")) if text else None,
        language=_foreign(latest).get("name"),
        language_code=_foreign(latest).get("code"),
        asks_person=bool(_foreign(latest).get("asks_person")),
    )


def _foreign(latest: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the parse says of the language, when it surely isn't English."""
    found = latest.get("language") or {}
    return found if found.get("sure") and found.get("code") != "en" else {}


def _also(found: object) -> Also | None:
    if not isinstance(found, Mapping):
        return None
    confidence = float(found.get("confidence") or 0.0)
    return Also(str(found.get("intent")), confidence, hide(str(found.get("text"))))


def _ranking(latest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(latest.get("intent_ranking") or [])

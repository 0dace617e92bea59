"""One conversation walked by one model: what was said, what the model made of it, what followed."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.errors import Invalid

MESSAGES, CHARACTERS = 40, 4000
#: Turn ids follow from place and words, so that two models are answered in the same phrasing: the assistant
#: picks among equal phrases by the turn's id.
_SPACE = uuid.UUID("5f1c1f0e-6a52-4a9e-9a35-0d9a4f6c2a11")
_BUTTON = re.compile(r"/(?P<intent>[a-z][a-z0-9_]{0,60})(?P<more>\{.*\})?", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """One message of the customer, or the press of a button."""

    text: str
    """Words, or a button's payload such as ``/affirm``."""
    intent: str | None = None
    """What it shall count as, whatever the model reads in it; None: what the model says."""

    @property
    def pressed(self) -> str | None:
        """The intent of the button, when this is one."""
        found = _BUTTON.fullmatch(self.text)
        return found["intent"] if found else None


@dataclass(frozen=True)
class Would:
    """An effect that a real turn would have had."""

    task: str
    subject: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """One turn, with every score that the model gave."""

    said: Said
    parse: Mapping[str, Any]
    ran: tuple[str, ...]
    """Actions in order."""
    rule: str | None
    """Name of the rule in data/rules that chose the first of them; None: a form went on, or no rule."""
    form: str | None
    """The form that was open before."""
    records: tuple[Mapping[str, Any], ...]
    """What the actions would have noted: see actions/turn.py."""
    would: tuple[Would, ...]
    found: Mapping[str, Any]
    """What the knowledge base decides: ``{kind, probability, question, candidates}``."""
    searched: bool
    """Whether the dialogue asked for it; otherwise it was only asked for this console."""
    messages: tuple[Mapping[str, Any], ...]
    steps: tuple[Mapping[str, Any], ...]
    """As a story names them: ``action``, ``active_loop``, ``slot_was_set``."""
    slots: Mapping[str, Any]
    failed: str | None
    milliseconds: float

    @property
    def intent(self) -> str | None:
        name = (self.parse.get("intent") or {}).get("name")
        return str(name) if name else None

    @property
    def confidence(self) -> float:
        return float((self.parse.get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Intents with their confidences as the classifier gave them, likeliest first."""
        return [
            (str(one.get("name")), float(one.get("confidence") or 0.0))
            for one in self.parse.get("intent_ranking") or []
        ]

    @property
    def handoff(self) -> Mapping[str, Any] | None:
        """``{reason, detail}`` when the chat would go to a person."""
        return next((one["handoff"] for one in self.records if one.get("handoff")), None)


@dataclass(frozen=True)
class Walk:
    """A conversation as one model goes through it."""

    model: str
    """Its file's name."""
    turns: tuple[Tried, ...] = ()
    problem: str | None = None
    """Why there are no turns, in words for the trainer."""


@dataclass
class Heard:
    """What came for one turn while it was walked."""

    records: list[Mapping[str, Any]] = field(default_factory=list)
    would: list[Would] = field(default_factory=list)


def read_lines(text: str) -> list[Said]:
    """Return a conversation written one message a line; empty lines are nothing.

    Raises:
        Invalid: there is nothing, or too much, or a button's payload is broken.
    """
    return checked([Said(line.strip()) for line in text.splitlines() if line.strip()])


def checked(said: Sequence[Said]) -> list[Said]:
    """Return the messages, when each can be said.

    Raises:
        Invalid: there is nothing, or too much, or a button's payload is broken.
    """
    if not 1 <= len(said) <= MESSAGES:
        raise Invalid(f"A conversation here has 1 to {MESSAGES} messages.")
    for number, one in enumerate(said, start=1):
        if not one.text.strip() or len(one.text) > CHARACTERS:
            raise Invalid(f"Message {number} needs 1 to {CHARACTERS} characters.")
        button = _BUTTON.fullmatch(one.text)
        if button and button["more"]:
            try:
                json.loads(button["more"])
            except ValueError as error:
                raise Invalid(f"Message {number}: what follows the button is not JSON.") from error
    return list(said)


def asked_of_program(model: str, said: Sequence[Said], levels: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `bot.rehearse` is asked; `levels` are the thresholds of frustration, if others hold."""
    conversation = str(uuid.uuid4())
    turns = []
    for place, one in enumerate(said):
        turn: dict[str, Any] = {
            "turn_id": str(uuid.uuid5(_SPACE, f"{place}:{one.text}")),
            "payload" if one.pressed else "text": one.text,
            "metadata": {"conversation_id": conversation, "epoch": 0, **levels},
        }
        if one.intent and not one.pressed:
            turn["intent"] = one.intent
        turns.append(turn)
    return {"model": model, "sender": f"{conversation}:1", "said": turns}

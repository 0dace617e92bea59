"""What the bot would do about a message: from its parse, the rules, and what the search finds.

The intent decides the rule (data/rules), a question is decided by the search, and a person comes for the
reasons of docs/architecture.md. What the customer said next is not replayed: it might have been something else.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from server.errors import Unavailable
from training.comparing.past import Said
from understanding.moments import KINDS

#: Words that were not understood: the search gets the next guess (actions/heard.py).
NOT_SURE = frozenset({"out_of_scope", "nlu_fallback"})
HANDOFF, ANSWER, SOCIAL = "action_handoff", "action_answer", "action_social"
#: Entities that a form asks for.
DETAILS = frozenset({"order_number", "invoice_number", "ticket_number", "email", "phone"})
#: What an open form reads itself, whatever the rules say.
IN_FORM = frozenset({"affirm", "deny", "give_details", *NOT_SURE})


class Kind(enum.StrEnum):
    ANSWER = "answer"
    """An article is shown."""
    CHOOSE = "choose"
    NOTHING = "nothing"
    """The bot asks for other words."""
    SEARCH = "search"
    """A question, and nobody searched for it."""
    TASK = "task"
    REPLY = "reply"
    PERSON = "person"


@dataclass(frozen=True)
class Deed:
    kind: Kind
    what: str = ""
    """The article's title, the form, the intent replied to, or the reason of the handoff."""
    article: str | None = None

    @property
    def clear(self) -> bool:
        """Whether the customer got what they asked for, as far as the bot knows."""
        return self.kind in (Kind.ANSWER, Kind.TASK)


@dataclass(frozen=True)
class Found:
    """What the search decided."""

    kind: str
    """answer, choose or nothing"""
    article: str | None = None
    title: str = ""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What the search would be asked; equal questions have equal answers."""

    text: str
    intent: str | None
    confidence: float
    topic: str | None
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """Which action each intent leads to."""

    actions: Mapping[str, str]
    reserved: frozenset[str] = frozenset()
    """Topics that the house keeps for people."""

    @classmethod
    def read(cls, folder: Path, reserved: frozenset[str] = frozenset()) -> Rules:
        """Read every rule that begins with an intent.

        Raises:
            Unavailable: a file can't be read.
        """
        actions: dict[str, str] = {}
        try:
            for path in sorted(folder.glob("*.yml")):
                for rule in yaml.safe_load(path.read_text("utf-8")).get("rules") or ():
                    actions |= _of_rule(rule["steps"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
            raise Unavailable("The rules can't be read, so chats can't be replayed.") from error
        return cls(actions, reserved)

    @property
    def topics(self) -> frozenset[str]:
        """The intents that are about something."""
        return frozenset(
            intent
            for intent, action in self.actions.items()
            if (action == ANSWER and intent not in NOT_SURE) or action.endswith("_form")
        ) - {"give_details"}

    @property
    def social(self) -> frozenset[str]:
        return frozenset(intent for intent, action in self.actions.items() if action == SOCIAL)

    def action(self, intent: str | None) -> str:
        """Return the action of an intent; what is not understood goes to the search."""
        return self.actions.get(intent or "nlu_fallback", ANSWER)


def _of_rule(steps: list[dict[str, Any]]) -> dict[str, str]:
    first, second = steps[0], steps[1] if len(steps) > 1 else {}
    said = first.get("or") or [first]
    names = [str(one["intent"]) for one in said if "intent" in one]
    return dict.fromkeys(names, str(second["action"])) if "action" in second else {}


@dataclass(frozen=True)
class Reading:
    """A parse as the actions read it."""

    intent: str | None
    confidence: float
    guess: str | None
    guess_confidence: float
    level: str
    question: str
    details: bool

    @classmethod
    def of(cls, parse: Mapping[str, Any], text: str, rules: Rules) -> Reading:
        intent = parse.get("intent") or {}
        name = intent.get("name")
        confidence = float(intent.get("confidence") or 0.0)
        silent = NOT_SURE | rules.social if name in NOT_SURE else NOT_SURE
        ranking = [(one.get("name"), one.get("confidence")) for one in _ranking(parse)]
        guess = next(
            (pair for pair in [(name, confidence), *ranking] if pair[0] not in silent), (None, 0.0)
        )
        return cls(
            intent=name,
            confidence=confidence,
            guess=guess[0],
            guess_confidence=float(guess[1] or 0.0),
            level=str((parse.get("frustration") or {}).get("level") or "calm"),
            question=str(parse.get("question") or parse.get("meant") or text),
            details=any(one.get("entity") in DETAILS for one in parse.get("entities") or ()),
        )

    def asks(self, said: Said) -> Question:
        """Return what the search would be asked."""
        # One per cent more or less is no other question: the search knows probabilities only roughly.
        confidence = round(self.guess_confidence, 2)
        return Question(self.question, self.guess, confidence, said.topic, said.excluded)


def _ranking(parse: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    ranking = parse.get("intent_ranking")
    return [one for one in ranking if isinstance(one, Mapping)] if isinstance(ranking, list) else []


def searches(reading: Reading, said: Said, rules: Rules) -> bool:
    """Whether the search has the word."""
    return deed(reading, said, rules, None).kind is Kind.SEARCH


def deed(reading: Reading, said: Said, rules: Rules, found: Found | None) -> Deed:
    """Return what the bot would do; `found` is what the search decided, None where nobody asked it."""
    intent, action = reading.intent, rules.action(reading.intent)
    if reading.level == "handoff" and intent not in KINDS:
        return Deed(Kind.PERSON, "frustration")
    if action == HANDOFF:
        return Deed(Kind.PERSON, "moment_of_truth" if intent in KINDS else "asked")
    if said.loop is not None and _goes_on(reading, said.loop):
        return _as_it_was(Deed(Kind.TASK, said.loop.removesuffix("_form")), reading, said)
    if action.endswith("_form"):
        return Deed(Kind.TASK, action.removesuffix("_form"))
    if action != ANSWER:
        return _as_it_was(Deed(Kind.REPLY, intent or ""), reading, said)
    if intent in rules.reserved:
        return Deed(Kind.PERSON, "reserved_topic")
    if intent == "give_details" and said.loop is None and not said.unanswered:
        return Deed(Kind.REPLY, intent)
    return _searched(found, said)


def _as_it_was(what: Deed, reading: Reading, said: Said) -> Deed:
    """A yes to "shall a person come?", or the third wrong order number: the rules alone don't tell."""
    if said.handed_off is not None and reading.intent == said.intent:
        return Deed(Kind.PERSON, said.handed_off)
    return what


def _searched(found: Found | None, said: Said) -> Deed:
    if found is None:
        return Deed(Kind.SEARCH)
    if found.kind == "answer":
        return Deed(Kind.ANSWER, found.title, found.article)
    if found.kind == "choose":
        return Deed(Kind.CHOOSE, " · ".join(found.titles))
    # The second time in a row that nothing is found, a person takes over.
    return Deed(Kind.PERSON, "no_answer") if said.unanswered else Deed(Kind.NOTHING)


def _goes_on(reading: Reading, loop: str) -> bool:
    return reading.details or reading.intent in IN_FORM or f"{reading.intent}_form" == loop

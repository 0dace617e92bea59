"""What the test console says, from what was tried; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.trying.choices import Choice, Kind
from training.trying.walks import Tried, Walk, Would

SIMULATED = (
    "Real: how the model reads each message, the rules and forms, the published articles and the decision about "
    "them, and orders as the shop's system knows them (a number opens with its e-mail address or postcode, as it "
    "does for a customer).",
    "Simulated: nothing is returned, cancelled or handed over; you see what would be. Nobody waits between two "
    "messages, and nothing went wrong before. Masked numbers such as FW-000000 open a stand-in order with "
    "name@example.com or postcode 1000.",
    "Nothing is kept: no conversation, no measure, no unanswered question. Only a story test, when you save one.",
)
KINDS: Mapping[Kind, str] = {
    Kind.SERVING: "in service",
    Kind.CANDIDATE: "candidate",
    Kind.KEPT: "kept",
}
DECIDED: Mapping[str, str] = {
    "answer": "Shows the article",
    "choose": "Offers a choice",
    "nothing": "Finds nothing that helps",
}
TASKS: Mapping[str, str] = {
    "return_order": "return the order",
    "cancel_order": "cancel the order",
    "cancel_subscription": "cancel the subscription",
}


def plain(name: str | None) -> str:
    """Return a name as people read it: `order_status` is "order status"."""
    return name.replace("_", " ") if name else "nothing"


def percent(share: object) -> str:
    if not isinstance(share, int | float):
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def option(choice: Choice) -> str:
    return f"{choice.name} ({KINDS[choice.kind]})"


def language(parse: Mapping[str, Any]) -> str:
    found = parse.get("language") or {}
    if not found.get("code"):
        return "too few words to tell"
    sure = "" if found.get("sure") else ", not sure"
    return f"{found.get('name')} ({percent(found.get('probability'))}{sure})"


def moment(parse: Mapping[str, Any]) -> str:
    found = parse.get("moment") or {}
    if not found:
        return "none"
    if not found.get("kind"):
        return f"none; “{plain(found.get('instead_of'))}” was ruled out by its words"
    sure = f", {percent(found['probability'])}" if "probability" in found else ""
    because = f": “{found['evidence']}”" if found.get("evidence") else ""
    return f"{plain(found['kind'])}{sure}{because}"


def entities(parse: Mapping[str, Any]) -> str:
    found = [f"{one.get('entity')} “{one.get('value')}”" for one in parse.get("entities") or []]
    return ", ".join(found) or "none"


def scope(parse: Mapping[str, Any]) -> str:
    found = parse.get("scope") or {}
    side = "in scope" if found.get("in_scope", True) else "out of scope"
    probability = found.get("probability")
    return side if probability is None else f"{side} ({percent(probability)} that it is ours)"


def frustration(parse: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the score with its level, and each signal with its share."""
    found = parse.get("frustration") or {}
    signals = [
        f"{plain(one.get('name'))} {float(one.get('value') or 0):.2f}"
        + (f": “{one['evidence']}”" if one.get("evidence") else "")
        for one in found.get("signals") or []
    ]
    return f"{float(found.get('score') or 0):.2f}, {found.get('level') or 'calm'}", signals


def followed(turn: Tried) -> tuple[str, str]:
    """Return why the first action ran, and all that ran."""
    ran = " → ".join(turn.ran) or "nothing"
    if turn.rule:
        return turn.rule, ran
    if turn.form:
        return f"{plain(turn.form)} is open and goes on", ran
    return "no rule of its own", ran


def search(turn: Tried) -> str:
    kind = str(turn.found.get("kind") or "")
    if not kind:
        return "not asked"
    said = f"{DECIDED.get(kind, kind)} ({percent(turn.found.get('probability'))} that it helps)"
    return said if turn.searched else f"The dialogue does not search here. A search: {said.lower()}"


def would(effect: Would) -> str:
    task = TASKS.get(effect.task, plain(effect.task))
    details = ", ".join(f"{plain(name)} {value}" for name, value in effect.values.items())
    return f"Would {task}, with {details}."


def handoff(turn: Tried) -> str | None:
    found = turn.handoff
    if found is None:
        return None
    detail = f": {found['detail']}" if found.get("detail") else ""
    return f"Would hand the chat to a person ({plain(str(found.get('reason')))}{detail})."


def silent(turns: Sequence[Tried], place: int) -> str | None:
    """Return why a real assistant would not answer here at all."""
    if any(turn.handoff for turn in turns[:place]):
        return "A person would have the chat by now, and the assistant would be silent."
    return None


def effects(turn: Tried) -> list[str]:
    """Return what a real turn would have done beside answering."""
    given = [would(one) for one in turn.would]
    person = handoff(turn)
    suggestion = [
        f"Would pass on the suggestion “{one['effect'].get('details', {}).get('suggestion')}”."
        for one in turn.records
        if (one.get("effect") or {}).get("task") == "suggestion"
    ]
    return [*given, *suggestion, *([person] if person else [])]


def differences(walks: Sequence[Walk], place: int) -> list[str]:
    """Return in what the models differ at one message; empty when they agree, or when there is one only."""
    turns = [walk.turns[place] for walk in walks if place < len(walk.turns)]
    if len(turns) < 2:
        return []
    found = []
    if len({turn.intent for turn in turns}) > 1:
        found.append("understood differently")
    if len({turn.ran for turn in turns}) > 1:
        found.append("another action")
    if len({_answers(turn) for turn in turns}) > 1:
        found.append("another answer")
    return found


def _answers(turn: Tried) -> tuple[str, ...]:
    return tuple(str(message.get("text")) for message in turn.messages)

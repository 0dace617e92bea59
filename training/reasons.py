"""Why a message is worth a trainer's look: named reasons, each readable from the stored turn."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.models import TurnState

DENY = "deny"
OUT_OF_SCOPE = "out_of_scope"
CALM = "calm"


class Reason(enum.StrEnum):
    AGENT_SAID = "agent_said"
    BOT_FAILED = "bot_failed"
    SAID_NO = "said_no"
    LOW_CONFIDENCE = "low_confidence"
    CLOSE_RUNNER_UP = "close_runner_up"
    OUT_OF_SCOPE = "out_of_scope"
    FRUSTRATION = "frustration"


#: How much each reason says that the intent may be wrong; what happened outweighs what the model
#: thought, because a model can be sure and wrong.
WEIGHTS: Mapping[Reason, float] = {
    Reason.AGENT_SAID: 4.0,
    Reason.SAID_NO: 3.0,
    Reason.LOW_CONFIDENCE: 2.0,
    Reason.CLOSE_RUNNER_UP: 2.0,
    Reason.BOT_FAILED: 1.5,
    Reason.OUT_OF_SCOPE: 1.5,
    Reason.FRUSTRATION: 1.0,
}


@dataclass(frozen=True)
class Doubt:
    """From where on the model's own numbers count as doubt (probabilities, 0 to 1)."""

    low: float = 0.5
    """Below an even chance the model itself expects to be wrong."""
    margin: float = 0.15
    """The runner-up is this near: two intents explain the message about as well."""


def reasons_for(
    *,
    state: TurnState,
    intent: str | None,
    confidence: float | None,
    parse: Mapping[str, Any],
    next_intent: str | None,
    doubt: Doubt,
    proposed: bool = False,
) -> frozenset[Reason]:
    """Return the reasons that speak from one turn, from what the customer said next, and from an agent who
    said that it was about something else (`proposed`)."""
    found = set()
    if proposed:
        found.add(Reason.AGENT_SAID)
    if state is TurnState.FAILED:
        found.add(Reason.BOT_FAILED)
    if next_intent == DENY and intent != DENY:
        found.add(Reason.SAID_NO)
    if confidence is not None and confidence < doubt.low:
        found.add(Reason.LOW_CONFIDENCE)
    ranking = candidates(parse)
    if len(ranking) > 1 and ranking[0][1] - ranking[1][1] < doubt.margin:
        found.add(Reason.CLOSE_RUNNER_UP)
    scope = parse.get("scope")
    outside = isinstance(scope, Mapping) and scope.get("in_scope") is False
    if outside or intent == OUT_OF_SCOPE:
        found.add(Reason.OUT_OF_SCOPE)
    frustration = parse.get("frustration")
    if isinstance(frustration, Mapping) and frustration.get("level", CALM) != CALM:
        found.add(Reason.FRUSTRATION)
    return frozenset(found)


def candidates(parse: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the intents that the model considered with their probabilities, likeliest first."""
    ranking = parse.get("intent_ranking")
    if not isinstance(ranking, list):
        return []
    found = [
        (str(one["name"]), float(one.get("confidence") or 0.0))
        for one in ranking
        if isinstance(one, Mapping) and one.get("name")
    ]
    return sorted(found, key=lambda pair: -pair[1])


def urgency(reasons: frozenset[Reason], confidence: float | None) -> float:
    """Return how much a look at this message promises; 0 when nothing speaks for one."""
    if not reasons:
        return 0.0
    return sum(WEIGHTS[reason] for reason in reasons) + 1.0 - (confidence or 0.0)

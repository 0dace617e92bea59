"""Why a message is worth a trainer's look: named reasons, each readable from the stored turns."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conversations.models import TurnState
from training.review.said import Said

DENY = "deny"
OUT_OF_SCOPE = "out_of_scope"
CALM = "calm"
PEOPLE = frozenset({"request_human", "request_someone_else"})
#: Nothing is asked with these, so nothing is asked again.
SOCIAL = frozenset({
    "greet", "thanks", "goodbye", "affirm", DENY, "never_mind", "praise", "bot_challenge", "small_talk",
    "frustrated",
}) | PEOPLE  # fmt: skip
#: Set by components of their own, not by the classifier that examples teach.
DECIDED_ELSEWHERE = frozenset({OUT_OF_SCOPE, "foreign_language", "nlu_fallback"})
#: A person came because the assistant did not get on; a reserved topic or a moment of truth says nothing of it.
GAVE_UP = frozenset({"no_answer", "frustration", "bot_failure"})
ASKED = frozenset({"asked", "asked_other"})


class Reason(enum.StrEnum):
    AGENT_SAID = "agent_said"
    SAID_NO = "said_no"
    THUMBS_DOWN = "thumbs_down"
    REPHRASED = "rephrased"
    ASKED_PERSON = "asked_person"
    HANDED_OFF = "handed_off"
    MODELS_DISAGREE = "models_disagree"
    SEARCH_DISAGREES = "search_disagrees"
    LOW_CONFIDENCE = "low_confidence"
    CLOSE_RUNNER_UP = "close_runner_up"
    OUT_OF_SCOPE = "out_of_scope"
    BOT_FAILED = "bot_failed"
    FRUSTRATION = "frustration"


#: The order in which reasons are shown.
PLACE: Mapping[Reason, int] = {reason: place for place, reason in enumerate(Reason)}


class After(enum.StrEnum):
    """What happened after a message, the most telling first."""

    THUMBS_DOWN = "thumbs_down"
    SAID_NO = "said_no"
    ASKED_PERSON = "asked_person"
    HANDED_OFF = "handed_off"
    REPHRASED = "rephrased"
    CONFIRMED = "confirmed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Doubt:
    """From where on the stored numbers count as doubt (probabilities, 0 to 1)."""

    low: float = 0.5
    """Below an even chance the model itself expects to be wrong."""
    margin: float = 0.15
    """The runner-up is this near: two intents explain the message about as well."""
    article: float = 0.5
    """An article of another intent is more likely than not what the customer wants."""
    soon: int = 2
    """So many turns on, what is said still answers this one."""


#: Whether two messages ask the same thing in other words.
Alike = Callable[[Said, Said], bool]


_OF_AFTER: Mapping[After, Reason] = {
    After.THUMBS_DOWN: Reason.THUMBS_DOWN,
    After.SAID_NO: Reason.SAID_NO,
    After.ASKED_PERSON: Reason.ASKED_PERSON,
    After.HANDED_OFF: Reason.HANDED_OFF,
    After.REPHRASED: Reason.REPHRASED,
}


def happened(
    said: Said,
    later: Sequence[Said],
    alike: Alike,
    doubt: Doubt,
    *,
    rated_low: bool = False,
    thumb: bool | None = None,
) -> frozenset[After]:
    """Tell what happened next; `later` are the episode's next turns, in order.

    `rated_low`: the customer gave the episode one or two stars, and this was its last question. `thumb`: they
    marked the answer itself as a help, or as none.
    """
    soon = later[: doubt.soon]
    following = soon[0] if soon else None
    found = set()
    refused = any(one.helped is False and _judges(one, said) for one in soon)
    if rated_low or thumb is False or refused:
        found.add(After.THUMBS_DOWN)
    if following is not None and following.intent == DENY and said.intent != DENY:
        found.add(After.SAID_NO)
    if said.intent not in SOCIAL and any(
        one.intent in PEOPLE or one.handoff in ASKED for one in soon
    ):
        found.add(After.ASKED_PERSON)
    if said.handoff in GAVE_UP or (following is not None and following.handoff in GAVE_UP):
        found.add(After.HANDED_OFF)
    if said.intent not in SOCIAL and any(
        one.typed and one.intent not in SOCIAL and alike(said, one) for one in soon
    ):
        found.add(After.REPHRASED)
    if thumb or (following is not None and following.helped and _judges(following, said)):
        found.add(After.CONFIRMED)
    return frozenset(found)


def most_telling(found: Iterable[After]) -> After:
    return min(found, key=list(After).index, default=After.NOTHING)


def reasons_for(
    said: Said, came: Iterable[After], doubt: Doubt, *, proposed: bool = False
) -> frozenset[Reason]:
    """Return the reasons that speak from one turn, from what happened next, and from an agent who said that
    it was about something else (`proposed`)."""
    found = {_OF_AFTER[one] for one in came if one in _OF_AFTER}
    if proposed:
        found.add(Reason.AGENT_SAID)
    if said.state is TurnState.FAILED:
        found.add(Reason.BOT_FAILED)
    if said.confidence is not None and said.confidence < doubt.low:
        found.add(Reason.LOW_CONFIDENCE)
    if said.margin is not None and said.margin < doubt.margin:
        found.add(Reason.CLOSE_RUNNER_UP)
    if said.outside or said.intent == OUT_OF_SCOPE:
        found.add(Reason.OUT_OF_SCOPE)
    if said.mood != CALM:
        found.add(Reason.FRUSTRATION)
    if said.other_article >= doubt.article and said.intent not in SOCIAL | DECIDED_ELSEWHERE:
        found.add(Reason.SEARCH_DISAGREES)
    return frozenset(found)


def _judges(later: Said, said: Said) -> bool:
    """Whether a verdict is on the article that was shown for this message."""
    return said.shown is not None and later.judged == said.shown

"""P2: name the problem and the feeling first, once per episode, then get on with the facts."""

from __future__ import annotations

from actions import memory
from actions.exchange import Exchange
from actions.intents import GRIEVANCES, HANDOFF, NO_TOPIC, TROUBLE

SURE = 0.8
"""Below this, trouble in calm words may be another matter: "the tracking link shows nothing" came out as a
missing item at .70, and pity for what did not happen is worse than none."""


def topic_of(x: Exchange) -> str | None:
    """What the customer's trouble is about: this message's topic, else the one so far."""
    if x.heard.intent not in NO_TOPIC:
        return x.heard.intent
    return x.text(memory.TOPIC)


def too_much(x: Exchange) -> bool:
    """The customer is at the end of their patience: a person takes over. A moment of truth has its own words."""
    return x.heard.level == "handoff" and HANDOFF.get(x.heard.intent) != "moment_of_truth"


def wants_offer(x: Exchange) -> bool:
    """A person is offered beside the answer."""
    return x.heard.level == "offer"


def line(x: Exchange) -> str | None:
    """The empathy line of this episode, or None when it was said before. Saying it is the caller's."""
    if x.get(memory.ACKNOWLEDGED):
        return None
    x.set(memory.ACKNOWLEDGED, True)
    key = f"empathy.{_sore_point(x)}"
    return x.phrase(key if key in x.words else "empathy.default")


def _sore_point(x: Exchange) -> str | None:
    """What the feeling is about. "Useless bot!" after a calm question is about us, not about delivery."""
    topic = topic_of(x)
    return topic if topic == x.heard.intent or topic in GRIEVANCES else None


def show(x: Exchange) -> None:
    """Say it when this turn calls for it: an upset customer, or news that is always trouble."""
    trouble = x.heard.intent in TROUBLE and x.heard.confidence >= SURE
    if x.heard.level == "calm" and not trouble:
        return
    if (words := line(x)) is not None:
        x.say(words, kind="apology")

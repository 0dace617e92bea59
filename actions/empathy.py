"""P2: name the problem and the feeling first, once per episode, then get on with the facts."""

from __future__ import annotations

from actions import memory
from actions.exchange import Exchange
from actions.intents import NO_TOPIC, TROUBLE


def topic_of(x: Exchange) -> str | None:
    """What the customer's trouble is about: this message's topic, else the one so far."""
    if x.heard.intent not in NO_TOPIC:
        return x.heard.intent
    return x.text(memory.TOPIC)


def too_much(x: Exchange) -> bool:
    """The customer is at the end of their patience: a person takes over."""
    return x.heard.level == "handoff"


def wants_offer(x: Exchange) -> bool:
    """A person is offered beside the answer."""
    return x.heard.level == "offer"


def line(x: Exchange) -> str | None:
    """The empathy line of this episode, or None when it was said before. Saying it is the caller's."""
    if x.get(memory.ACKNOWLEDGED):
        return None
    x.set(memory.ACKNOWLEDGED, True)
    key = f"empathy.{topic_of(x)}"
    return x.phrase(key if key in x.words else "empathy.default")


def show(x: Exchange) -> None:
    """Say it when this turn calls for it: an upset customer, or news that is always trouble."""
    if x.heard.level == "calm" and x.heard.intent not in TROUBLE:
        return
    if (words := line(x)) is not None:
        x.say(words, kind="apology")

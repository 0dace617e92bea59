"""A person takes over: at once when asked for, with a fitting sentence and a coded reason."""

from __future__ import annotations

from actions import also, empathy, memory, spoken, turn
from actions.exchange import Exchange, TurnAction
from actions.intents import HANDOFF


def hand_off(
    x: Exchange,
    reason: str,
    *,
    detail: str | None = None,
    words: str | None = None,
    text: str | None = None,
) -> None:
    """Say that a person is coming and have the turn carry the request.

    Reasons are those of docs/architecture.md; ``words`` is an entry of words.yml other than
    the reason's own, and ``text`` is said instead of it. The form, if any, is left by the caller or by
    ``leave_form``.
    """
    text = text or x.phrase(f"handoff.{words or reason}")
    if reason == "frustration" and (feeling := empathy.line(x)) is not None:
        text = f"{feeling} {text}"
    x.say(text, kind="apology" if reason != "asked" else None)
    x.set(memory.AWAITING, None)
    also.remember(x, None)  # the person reads it in the messages
    turn.hand_off(reason, detail if detail is not None else describe(x))


def hand_off_in_their_language(x: Exchange, reason: str) -> None:
    """A person comes and is told which language it is; said in it, where we have a line, and in English."""
    own = spoken.line(x, "foreign_handoff", x.heard.language_code or spoken.code(x))
    english = x.phrase("foreign_handoff.en", language=language_of(x) or "another language")
    hand_off(x, reason, text="\n\n".join(part for part in (own, english) if part))


def describe(x: Exchange) -> str:
    """What led here, in a line for the card: the topic and the customer's own question.

    A language other than English comes first, so that the request can find a person who speaks it.
    """
    topic = empathy.topic_of(x)
    question = x.text(memory.LAST_QUESTION) or x.heard.text
    matter = ": ".join(part for part in (topic, question) if part)
    language = language_of(x)
    return (f"language: {language}; {matter}" if language else matter)[:500]


def language_of(x: Exchange) -> str | None:
    """The language that the customer writes in, or has written in, when it isn't English."""
    return x.heard.language or x.text(memory.LANGUAGE)


def hand_off_when_too_much(x: Exchange) -> bool:
    if not empathy.too_much(x):
        return False
    x.leave_form()
    hand_off(x, "frustration")
    return True


class ActionHandoff(TurnAction):
    """Asked for a person, or a moment of truth: no questions first."""

    action_name = "action_handoff"

    async def act(self, x: Exchange) -> None:
        reason = HANDOFF[x.heard.intent]
        x.leave_form()
        words = x.heard.intent if reason == "moment_of_truth" else None
        detail = describe(x)
        if reason == "moment_of_truth":
            x.set(memory.TOPIC, x.heard.intent)
            language = language_of(x)
            detail = f"{x.heard.intent}: language {language}" if language else x.heard.intent
        hand_off(x, reason, detail=detail, words=words)

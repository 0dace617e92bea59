"""A question to the knowledge base, and what of its decision the turn carries."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from actions import memory, turn
from actions.exchange import Exchange
from actions.intents import NO_TOPIC, NOT_SURE
from actions.services import Candidate, Decision, QuestionContext
from understanding.language import ENGLISH


async def ask(
    x: Exchange,
    question: str,
    topic: str | None,
    excluded: Iterable[str] = (),
    *,
    known: tuple[str, float] | None = None,
    language: str = ENGLISH,
    record: str = "decision",
) -> Decision:
    """Ask the knowledge base for articles in a language, the assistant's own unless another is named.

    `known` is another intent than the message's, with its confidence.
    """
    excluded_ids = frozenset(UUID(article) for article in excluded)
    intent, confidence = known or (x.heard.guess, x.heard.guess_confidence)
    if known is None and x.heard.intent in NO_TOPIC - NOT_SURE:
        # "no" asks the earlier question again
        intent = x.text(memory.TOPIC)
        confidence = float(x.get(memory.TOPIC_CONFIDENCE) or 0.0)
    context = QuestionContext(intent, confidence, excluded_ids, topic, language=language)
    decision = await x.services.knowledge.decide(question, context)
    turn.record(
        record,
        {
            "kind": decision.kind,
            "probability": decision.probability,
            "candidates": [candidate(one) for one in decision.candidates],
            "versions": dict(decision.versions),
            "milliseconds": decision.milliseconds,
            "question": question,
            "excluded": sorted(str(article) for article in excluded_ids),
            "attempt": x.count(memory.ATTEMPTS) + 1,
            "shown": str(decision.candidates[0].article_id) if decision.kind == "answer" else None,
        },
    )
    return decision


def candidate(of: Candidate) -> dict[str, object]:
    return {
        "article_id": str(of.article_id),
        "version": of.version,
        "slug": of.slug,
        "title": of.title,
        "score": of.score,
        "probability": of.probability,
        "signals": dict(of.signals),
    }

"""One finished turn as the queue needs it: what was said (masked), what was made of it, what its steps noted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from conversations.models import TurnState
from training.review.entities import Entity, in_masked
from training.texts import key, normalise, prepare

CALM = "calm"
KEPT_CANDIDATES = 4
KEPT_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class FoundArticle:
    article_id: UUID
    title: str
    probability: float
    """That it helps, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Said:
    """Personal data is masked already; ``text`` and ``key`` are empty for what nobody can learn from."""

    turn_id: UUID
    conversation_id: UUID
    episode: int
    seq: int
    at: datetime
    state: TurnState
    text: str
    key: str
    plain: str
    """The text without case and punctuation, for searching."""
    typed: bool
    """False: a button was pressed, whose title says nothing of how customers speak."""
    intent: str | None
    confidence: float | None
    candidates: tuple[tuple[str, float], ...]
    margin: float | None
    """Between the two likeliest intents; None when there is one at most."""
    language: str | None
    outside: bool
    """The scope detector took it for none of the house's business."""
    mood: str
    entities: tuple[Entity, ...]
    decided: str | None
    """answer, choose or nothing: the knowledge base's decision on this very message."""
    articles: tuple[tuple[str, str, float], ...]
    """What `found` is made of: of five thousand turns, plain tuples cost the garbage collector nothing."""
    other_article: float
    """Probability of the best article when it has other intents than the predicted one, else 0."""
    shown: str | None
    """Id of the article that was shown."""
    helped: bool | None
    """The customer's verdict in this turn, on an answer before it."""
    judged: str | None
    """Id of the article that the verdict is on."""
    handoff: str | None
    """The reason for which this turn called a person."""

    @property
    def found(self) -> tuple[FoundArticle, ...]:
        """The articles that the search found for it then, best first."""
        return tuple(
            FoundArticle(UUID(article_id), title, chance)
            for article_id, title, chance in self.articles
        )


def said(row: Any) -> Said:
    """Make it of a row of `log.turns`; what is not in the expected form counts as absent."""
    parse, decision = _object(row.parse), _object(row.decision)
    text = prepare(row.text, parse)
    ranking = candidates(parse)
    own = _is_about(decision, text)
    found = _articles(decision) if own else ()
    return Said(
        turn_id=row.id,
        conversation_id=row.conversation_id,
        episode=row.episode,
        seq=row.first_seq,
        at=row.started_at,
        state=row.state,
        text=text,
        key=key(text) if text else "",
        plain=normalise(text),
        typed="button" not in _object(row.payload),
        intent=row.intent,
        confidence=row.confidence,
        candidates=tuple(ranking[:KEPT_CANDIDATES]),
        margin=ranking[0][1] - ranking[1][1] if len(ranking) > 1 else None,
        language=_text(_object(parse.get("language")).get("code")),
        outside=_object(parse.get("scope")).get("in_scope") is False,
        mood=str(_object(parse.get("frustration")).get("level") or CALM),
        entities=in_masked(row.text, parse, text),
        decided=_text(decision.get("kind")) if own else None,
        articles=tuple((str(one.article_id), one.title, one.probability) for one in found),
        other_article=_other(decision, found),
        shown=_text(decision.get("shown")),
        helped=None if row.helped is None or row.judged is None else bool(row.helped),
        judged=row.judged,
        handoff=row.handoff,
    )


def candidates(parse: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the intents that the model considered with their probabilities, likeliest first."""
    ranking = parse.get("intent_ranking")
    if not isinstance(ranking, list):
        return []
    found = [
        (str(one["name"]), _share(one.get("confidence")))
        for one in ranking
        if isinstance(one, Mapping) and one.get("name")
    ]
    return sorted(found, key=lambda pair: -pair[1])


def _is_about(decision: Mapping[str, Any], text: str) -> bool:
    """Whether the search was for this message: a "no" has the question before it searched again."""
    question = _text(decision.get("question"))
    if not question or not text or decision.get("attempt") not in (None, 1):
        return False
    # The question may be a part of the message; numbers and names are masked in `text` only.
    return bool(_words(question) & _words(text))


def _articles(decision: Mapping[str, Any]) -> tuple[FoundArticle, ...]:
    listed = decision.get("candidates")
    found = []
    for one in listed if isinstance(listed, list) else []:
        try:
            article_id = UUID(str(one["article_id"]))
        except (KeyError, TypeError, ValueError):
            continue
        title = str(one.get("title") or "")
        found.append(FoundArticle(article_id, title, _share(one.get("probability"))))
    return tuple(found[:KEPT_ARTICLES])


def _other(decision: Mapping[str, Any], found: tuple[FoundArticle, ...]) -> float:
    """The search notes the agreement with the intent: below 0 for an article filed under others."""
    if not found:
        return 0.0
    first = decision["candidates"][0]
    agreement = _object(first.get("signals")).get("intent") if isinstance(first, Mapping) else None
    return found[0].probability if isinstance(agreement, (int, float)) and agreement < 0 else 0.0


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", text.casefold()))


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _share(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0

"""What leads and agents give to practice, each with its limits."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from conversations import text as texts

ANSWER_LIMIT = 2000
"""As long as a message may be."""
WHY_LIMIT, TOPIC_LIMIT = 300, 80
STRIKE_LIMIT, STRIKES = 80, 60


def _line(value: object) -> object:
    return " ".join(texts.clean(value).split()) if isinstance(value, str) else value


def _block(value: object) -> object:
    if not isinstance(value, str):
        return value
    cleaned = texts.clean(value)
    return "" if texts.is_blank(cleaned) else cleaned


Why = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=WHY_LIMIT)]
Topic = Annotated[
    str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=TOPIC_LIMIT)
]
Struck = Annotated[
    str, BeforeValidator(_line), StringConstraints(min_length=2, max_length=STRIKE_LIMIT)
]
Score = Annotated[int, Field(ge=1, le=5, strict=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scores(_Strict):
    """The house's four standards, 1 (not done) to 5 (done fully)."""

    acknowledge: Score
    clarify: Score
    resolve: Score
    confirm: Score


class Source(_Strict):
    """One episode of a conversation, and words that a lead wants struck from its copy."""

    conversation: UUID
    episode: Annotated[int, Field(ge=1, le=1_000_000)]
    strikes: Annotated[list[Struck], Field(max_length=STRIKES)] = []


class NewChat(Source):
    topic: Topic
    scores: Scores
    why: Why
    seen: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """The mark of the copy that the lead has read: nothing else is kept."""


class Strikes(_Strict):
    strikes: Annotated[list[Struck], Field(min_length=1, max_length=STRIKES)]


class Answer(_Strict):
    point: Annotated[int, Field(ge=0, le=1000)]
    """Counted from 0."""
    text: Annotated[
        str,
        BeforeValidator(_block),
        StringConstraints(min_length=1, max_length=ANSWER_LIMIT),
    ]


class Finish(_Strict):
    handled: Scores
    """How the chat was really handled."""
    own: Scores
    """One's own answers."""


class LeadScore(_Strict):
    scores: Scores
    why: Why

"""What the log shows about one episode, as plain data: the card is made of it, and the snapshot is it."""

from __future__ import annotations

import enum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from conversations.models import Stage
from handoff.summary import Said, Summary, lines


class Verdict(enum.StrEnum):
    """What the customer said next."""

    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"
    NO_ANSWER = "no_answer"


class Intent(BaseModel):
    name: str
    words: str
    confidence: float


class Detail(BaseModel):
    """Something the customer gave, so that nobody asks for it again."""

    name: str
    label: str
    value: str
    masked: bool = False
    """Names or reaches a person: whoever copies the card out of the desk masks it."""


class ShownArticle(BaseModel):
    article_id: str | None
    title: str
    url: str | None
    score: float | None
    probability: float | None
    """Calibrated: how likely the answer was to help."""
    shown: Literal["answer", "choice"]
    verdict: Verdict
    thumb: bool | None = None
    """Up or down, as the customer marked this very answer."""
    comment: str | None = None
    """What they wrote to a thumb down; bank numbers hidden."""
    seq: int


class Signal(BaseModel):
    name: str
    value: float | None = None
    evidence: str | None = None


class Irritation(BaseModel):
    """One step of the frustration trail."""

    seq: int
    text: str
    score: float
    level: str | None = None
    signals: list[Signal] = []


class Evidence(BaseModel):
    """Everything the log shows about an episode; the same for the live card and the snapshot."""

    episode: int
    stage: Stage | None = None
    intents: list[Intent] = []
    intents_of: str | None = None
    """The words in which these intents were seen."""
    intents_turn: UUID | None = None
    """The turn of these words: what a correction of the intent is about."""
    details: list[Detail] = []
    articles: list[ShownArticle] = []
    frustration: list[Irritation] = []
    summary: Summary = Summary()
    said: list[Said] = Field(default=[], exclude=True)
    """What the rules read; the transcript itself is the log's to give."""

    def brief(self) -> list[str]:
        """The summary as text, at most six lines: for the head of the card, a note, or a mail."""
        return lines(self.summary, self.details)

    @property
    def peak_frustration(self) -> float:
        return max((step.score for step in self.frustration), default=0.0)

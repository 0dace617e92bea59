"""The review queue's answers as they go over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from training.review.reasons import After, Reason


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProposalView(View):
    """What an agent said on the handoff card."""

    intent: str
    name: str
    at: datetime


class EntityView(View):
    entity: str
    value: str
    start: int
    end: int


class FoundView(View):
    article_id: UUID
    title: str
    probability: float


class NearestView(View):
    text: str
    intent: str
    cosine: float


class OpinionView(View):
    name: str
    intent: str


class ItemView(View):
    turn_id: UUID
    key: str
    text: str
    intent: str | None
    confidence: float | None
    candidates: list[tuple[str, float]]
    reasons: list[Reason]
    times: int
    at: datetime
    label: str | None
    proposals: list[ProposalView]
    conversation_id: UUID | None
    episode: int
    entities: list[EntityView]
    found: list[FoundView]
    decided: str | None
    searched: bool
    after: After
    language: str | None
    wrong: float
    like: int
    value: float
    why: str
    nearest: NearestView | None
    second: str | None
    second_model: str | None
    cluster: str
    cluster_size: int
    opinions: list[OpinionView]
    sent_at: datetime | None


class InboxView(View):
    items: list[ItemView]
    total: int
    number: int
    pages: int
    reasons: dict[Reason, int]
    languages: dict[str, int] | None
    all_time: int
    unread: int


class ClusterView(View):
    id: str
    text: str
    items: list[ItemView]
    size: int
    times: int
    intents: dict[str, int]
    reasons: list[Reason]
    value: float
    why: str


class ClustersView(View):
    clusters: list[ClusterView]
    total: int
    number: int
    pages: int
    unread: int


class RefusedView(View):
    turn_id: UUID
    problem: str


class LabelledView(View):
    done: list[UUID]
    refused: list[RefusedView]
    asked: list[UUID] = []
    """Those of `refused` that wait for a second opinion now: nothing is wrong with them."""

"""A room whose queue has everything beside it: a toy encoder, a search, the editors' real list."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import update

from conversations.models import Conversation, Episode, Turn, TurnStep
from server.clock import Clock
from server.database import Database
from training.review.said import FoundArticle
from training.texts import normalise

DIMENSION = 512


class WordVectors:
    """The cosine of two texts is the share of words that they have in common."""

    def __init__(self) -> None:
        self._axis: dict[str, int] = {}
        self.encoded: list[str] = []
        self.saved = 0
        self.stored = threading.Event()

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self.encoded.append(text)
            for word in set(normalise(text).split()) or {""}:
                row[self._axis.setdefault(word, len(self._axis))] = 1.0
            row /= np.linalg.norm(row)
        return rows

    def save(self) -> None:
        self.saved += 1
        self.stored.set()


class OneArticle:
    """Finds the same article for everything."""

    article = FoundArticle(uuid.UUID(int=7), "Returning a thing", 0.8)

    def __init__(self) -> None:
        self.revision = 1
        self.asked: list[str] = []
        self.intents: set[str] = set()

    async def find(self, text: str) -> Sequence[FoundArticle]:
        self.asked.append(text)
        return [self.article]

    def concerns(self, intent: str) -> bool:
        return intent in self.intents


class Notes:
    """What the actions note beside a turn, and what customers give an episode."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def decided(self, turn_id: uuid.UUID, **decision: Any) -> None:
        async with self._database.write() as db:
            await db.execute(update(Turn).where(Turn.id == turn_id).values(decision=decision))

    async def step(self, turn_id: uuid.UUID, **records: Any) -> None:
        async with self._database.write() as db:
            db.add(TurnStep(turn_id=turn_id, action="action_x", records=records, milliseconds=1.0))

    async def rated(self, turn_id: uuid.UUID, stars: int) -> None:
        async with self._database.write() as db:
            turn = await db.get_one(Turn, turn_id)
            await db.get_one(Conversation, turn.conversation_id)
            db.add(
                Episode(
                    conversation_id=turn.conversation_id,
                    number=turn.episode,
                    rating=stars,
                    started_at=self._clock.now(),
                )
            )


def candidate(agreement: float, probability: float = 0.9) -> dict[str, Any]:
    """An article as the search notes it; `agreement` is below 0 when it has another intent."""
    return {
        "article_id": str(uuid.UUID(int=9)),
        "title": "Refunds",
        "probability": probability,
        "signals": {"intent": agreement},
    }

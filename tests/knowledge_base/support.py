"""A small encoder without a model, and articles to put before it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from knowledge_base import articles
from knowledge_base.drafts import Draft, read_draft
from knowledge_base.models import Article
from knowledge_base.search.records import Record, Vector
from knowledge_base.search.tongues import terms
from server.clock import Clock
from server.database import Database
from server.settings import Settings


class FakeEncoder:
    """Bags of hashed words: texts that share words are near, the same text has the same vector."""

    def __init__(self, dimension: int = 64, checksum: str = "fake") -> None:
        self.dimension = dimension
        self.checksum = checksum
        self.encoded: list[str] = []
        self.known: dict[str, Vector] = {}

    def remembered(self, text: str) -> Vector | None:
        return self.known.get(text)

    def is_word(self, word: str) -> bool:
        return False

    def encode(self, text: str) -> Vector:
        self.encoded.append(text)
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for term in terms(text):
            digest = hashlib.sha256(term.encode("utf-8", "replace")).digest()
            seed = int.from_bytes(digest[:4], "big")
            vector += np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def draft(title: str, *questions: str, **fields: Any) -> Draft:
    return read_draft(
        {
            "title": title,
            "questions": list(questions),
            "category": "returns",
            "context": f"This is about {title.lower()}.",
            "action": "1. Open **My orders**.\n2. Choose the item.",
            "outcome": "Done within 2 days.",
            **fields,
        }
    )


def record(number: int, title: str, *questions: str, version: int = 1, **fields: Any) -> Record:
    return Record.of_draft(draft(title, *questions, **fields), UUID(int=number), version)


async def published(database: Database, clock: Clock, wanted: Draft, by: str = "ada") -> Article:
    async with database.write() as db:
        article = await articles.create(db, clock, wanted, by)
        return await articles.publish(db, clock, article.id, expected=1)


def settings_at(folder: Path, **values: Any) -> Settings:
    return Settings(environment="test", var=folder, **values)


RETURN = draft(
    "Return an item", "how do I send something back", "whats your return policy", intents=["return"]
)
LAMP = draft(
    "The lamp does not light", "my lamp is broken", "glow lamp stays dark", category="devices"
)
INVOICE = draft("Get an invoice", "where is my invoice", "pdf of the bill", category="payments")

"""The search over earlier replies: by the meaning of the question, and by its words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from handoff.similar import merging
from handoff.similar.blanks import without
from handoff.similar.pairs import Pair
from understanding.normal import plain

Vector = NDArray[np.float32]

WORDS = 0.2
"""What all words of the question in common count beside the cosine; see docs/benchmarks/handoff.md."""
NEAR = 0.55
"""From this score on a reply is worth showing; see docs/benchmarks/handoff.md."""
# Of 5,000 questions this many are looked at for replies that differ.
_LOOKED_AT = 60


@dataclass(frozen=True)
class Match:
    """A reply, with blanks, that was given to a question like this one."""

    reply: str
    used: int
    """In how many chats."""
    score: float
    question: str
    """The most similar one it was given to, masked."""
    at: datetime
    """When it was last used."""


class Index:
    """Of pairs, the newest first; never changed. `vectors` has a row for each pair's question."""

    def __init__(
        self, pairs: Sequence[Pair] = (), vectors: Vector | None = None, *, words: float = WORDS
    ) -> None:
        self._words = words
        self._pairs = tuple(pairs)
        self._vectors = vectors if vectors is not None else np.zeros((0, 1), dtype=np.float32)
        self._group = merging.groups([pair.reply for pair in pairs])
        users: dict[int, set[object]] = {}
        for group, pair in zip(self._group, pairs, strict=True):
            users.setdefault(group, set()).add(pair.handoff_id)
        self._used = {group: len(handoffs) for group, handoffs in users.items()}
        self._postings, self._idf = _inverted([terms(pair.question) for pair in pairs])

    def __len__(self) -> int:
        return len(self._pairs)

    @property
    def replies(self) -> int:
        """How many different ones."""
        return len(self._used)

    def search(
        self,
        question: str,
        vector: Vector,
        *,
        limit: int,
        language: str | None = None,
        near: float = NEAR,
    ) -> list[Match]:
        """Different replies to the questions most like this one, best first; of equals the one used more.

        `question` is masked as the pairs' are. A reply in another language is left out.
        """
        if not self._pairs:
            return []
        scores = self._vectors @ vector + self._words * self._shared(terms(question))
        count = min(_LOOKED_AT, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        found: dict[int, tuple[float, int]] = {}
        for row in sorted(best.tolist(), key=lambda row: (-scores[row], row)):
            pair = self._pairs[row]
            if scores[row] < near or (language and pair.language and pair.language != language):
                continue
            found.setdefault(self._group[row], (float(scores[row]), row))
        ranked = sorted(found, key=lambda group: (-round(found[group][0], 2), -self._used[group]))
        return [
            Match(
                reply=self._pairs[group].reply,
                used=self._used[group],
                score=round(found[group][0], 4),
                question=self._pairs[found[group][1]].question,
                at=self._pairs[group].at,
            )
            for group in ranked[:limit]
        ]

    def _shared(self, asked: frozenset[str]) -> Vector:
        """How much of the question's words, weighed by rarity, stands in each pair's question: 0 to 1."""
        shared = np.zeros(len(self._pairs), dtype=np.float32)
        rarest = math.log(1 + len(self._pairs))
        total = 0.0
        for term in asked:
            weight = self._idf.get(term, rarest)
            total += weight
            if term in self._postings:
                shared[self._postings[term]] += weight
        return shared / total if total else shared


def terms(text: str) -> frozenset[str]:
    """The words of a question, without capitals, apostrophes and a plural's s."""
    words = "".join(
        sign if sign.isalnum() else " " for sign in plain(without(text)).casefold()
    ).split()
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _inverted(
    documents: Sequence[frozenset[str]],
) -> tuple[dict[str, NDArray[np.int64]], dict[str, float]]:
    rows: dict[str, list[int]] = {}
    for at, document in enumerate(documents):
        for term in document:
            rows.setdefault(term, []).append(at)
    counts = Counter({term: len(found) for term, found in rows.items()})
    size = len(documents)
    # Lucene's BM25 idf.
    idf = {term: math.log(1 + (size - n + 0.5) / (n + 0.5)) for term, n in counts.items()}
    return {term: np.asarray(found, dtype=np.int64) for term, found in rows.items()}, idf

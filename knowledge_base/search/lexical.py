"""BM25 over articles: bm25s for the large base, a small inverted list for what came since.

bm25s computes all weights when it indexes and can't add. The delta uses the same formula ("lucene",
k1 = 1.5, b = 0.75) with the base's document count, frequencies and mean length; a rebuild makes it exact.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import bm25s
import numpy as np
from numpy.typing import NDArray

K1, B = 1.5, 0.75

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Statistics:
    """What BM25 knows of a collection."""

    documents: int
    frequencies: Mapping[str, int]
    """In how many documents each term stands."""
    mean_length: float
    _idf: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    _weights: dict[frozenset[str], float] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Statistics:
        frequencies = Counter(term for document in documents for term in set(document))
        total = sum(len(document) for document in documents)
        return cls(len(documents), frequencies, total / len(documents) if documents else 0.0)

    def idf(self, term: str) -> float:
        """Lucene's: ln(1 + (N − n + 0.5) / (n + 0.5))."""
        known = self._idf.get(term)
        if known is not None:
            return known
        found = self.frequencies.get(term, 0)
        idf = math.log(1 + (self.documents - found + 0.5) / (found + 0.5))
        if found:
            # What no article says is not kept: questions would fill the memory with it.
            self._idf[term] = idf
        return idf

    def weight(self, heading: frozenset[str]) -> float:
        """What all terms of an article's heading weigh together; kept, as there are only so many headings."""
        known = self._weights.get(heading)
        if known is None:
            known = self._weights[heading] = sum(map(self.idf, heading))
        return known

    def best_possible(self, terms: Sequence[str]) -> float:
        """What no document's score can exceed; terms that no document has count as rare ones."""
        return sum(self.idf(term) for term in terms)


class LexicalBase:
    """Scores all documents of a fixed collection at once."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.statistics = Statistics.of(documents)
        self._size = len(documents)
        self._index: bm25s.BM25 | None = None
        if self.statistics.frequencies:
            self._index = bm25s.BM25(method="lucene", k1=K1, b=B)
            self._index.index([list(document) for document in documents], show_progress=False)

    def scores(self, terms: Sequence[str]) -> Scores:
        """One score per document, 0 where no term stands."""
        known = [term for term in terms if term in self.statistics.frequencies]
        if self._index is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)


class LexicalDelta:
    """The same for the few documents that came after the base; adding is making a new one."""

    def __init__(self, documents: Sequence[Sequence[str]], base: Statistics) -> None:
        own = Statistics.of(documents)
        frequencies = Counter(base.frequencies)
        frequencies.update(own.frequencies)
        self._size = len(documents)
        total = base.documents + own.documents
        length = base.mean_length * base.documents + own.mean_length * own.documents
        self.statistics = Statistics(total, frequencies, length / total if total else 0.0)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for at, document in enumerate(documents):
            norm = K1 * (1 - B + B * len(document) / (self.statistics.mean_length or 1.0))
            for term, count in Counter(document).items():
                weight = count / (count + norm)
                self._postings.setdefault(term, []).append((at, weight))

    def scores(self, terms: Sequence[str]) -> Scores:
        """One score per document, 0 where no term stands."""
        found = np.zeros(self._size, dtype=np.float32)
        for term in terms:
            idf = self.statistics.idf(term)
            for at, weight in self._postings.get(term, ()):
                found[at] += idf * weight
        return found

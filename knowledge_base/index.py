"""Vectors and words of the published articles, searchable: a large base, a small delta, tombstones.

A `Segment` never changes. The base is built over everything and kept on disk; `Snapshot.overlay` lays what
changed since over it: new and edited articles into a small exact delta, their old selves under a tombstone.
Readers hold one snapshot, writers replace the whole, so nothing is ever half updated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.lexical import LexicalBase, LexicalDelta, Statistics
from knowledge_base.models import Audience
from knowledge_base.records import Record, Vector

Mask = NDArray[np.bool_]
Encode = Callable[[str], Vector]


class Segment:
    """Some articles with their vectors in an exact inner-product index (vectors have length 1)."""

    def __init__(
        self, records: Sequence[Record], vectors: Vector, lexical: LexicalBase | LexicalDelta
    ) -> None:
        counts = [len(record.entries) for record in records]
        if vectors.shape[0] != sum(counts):
            raise ValueError(f"{vectors.shape[0]} vectors for {sum(counts)} texts")
        self.records = tuple(records)
        self.lexical = lexical
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.article_of = np.repeat(np.arange(len(records), dtype=np.int64), counts)
        entries = [entry for record in records for entry in record.entries]
        self.ids = np.array([entry.id for entry in entries], dtype=np.int64)
        self.kinds = np.array([entry.kind for entry in entries], dtype=np.int8)
        self.place = {record.id: at for at, record in enumerate(records)}
        self.dimension = int(vectors.shape[1])
        self._index = faiss.IndexFlatIP(self.dimension)
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.records)

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._index.ntotal)

    def vectors(self, at: int) -> Vector:
        """The vectors of one article, a row per entry."""
        return self.rows(np.arange(self.starts[at], self.starts[at + 1]))

    def rows(self, rows: NDArray[np.int64]) -> Vector:
        """The vectors of these entries, a row each."""
        return np.asarray(self._index.reconstruct_batch(rows), dtype=np.float32)

    def vectors_by_text(self, articles: Iterable[UUID]) -> dict[str, Vector]:
        """The vectors of these articles' texts, so that an edit encodes only what is new in it."""
        found: dict[str, Vector] = {}
        for article in articles:
            if (at := self.place.get(article)) is not None:
                rows = zip(self.records[at].entries, self.vectors(at), strict=True)
                found.update((entry.text, vector) for entry, vector in rows)
        return found

    def all_vectors(self) -> Vector:
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32)

    def nearest(self, query: Vector, limit: int, allowed: Mask) -> list[tuple[int, float]]:
        """The nearest rows of allowed articles: (row, cosine), best first; exact."""
        limit = min(limit, self.size)
        if not limit or not allowed.any():
            return []
        params = None
        if not allowed.all():
            bits = np.packbits(allowed[self.article_of], bitorder="little")
            # FAISS replaces both constructors when it is imported; its type stubs show the bare ones.
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        cosines, rows = self._index.search(query.reshape(1, -1), limit, params=params)
        return [
            (int(row), float(cosine))
            for row, cosine in zip(rows[0], cosines[0], strict=True)
            if row >= 0
        ]


def build_base(records: Sequence[Record], vectors: Vector) -> Segment:
    return Segment(records, vectors, LexicalBase([record.terms for record in records]))


def encode_records(
    records: Iterable[Record],
    dimension: int,
    encode: Encode,
    known: Mapping[str, Vector] | None = None,
) -> Vector:
    """All their texts' vectors, a row each; one text at a time, since int8 vectors depend on the batch."""
    texts = [entry.text for record in records for entry in record.entries]
    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    for row, text in enumerate(texts):
        found = known.get(text) if known else None
        vectors[row] = encode(text) if found is None else found
    return vectors


class Snapshot:
    """All that answers at one content revision."""

    def __init__(
        self,
        revision: int,
        base: Segment,
        delta: Segment,
        tombstones: Mask,
        alive: Mapping[UUID, Record],
    ) -> None:
        self.revision = revision
        self.base = base
        self.delta = delta
        self.tombstones = tombstones
        """Base articles that were removed, or have another self in the delta."""
        self.alive = alive
        self.by_slug = {record.slug: record for record in alive.values()}
        self.intents = frozenset(intent for record in alive.values() for intent in record.intents)
        self._masks: dict[tuple[str, str | None], tuple[Mask, Mask]] = {}

    @classmethod
    def overlay(
        cls,
        revision: int,
        base: Segment,
        alive: Mapping[UUID, Record],
        encode: Encode,
        previous: Segment | None = None,
    ) -> Snapshot:
        """The base with everything that differs from it laid over; only unseen texts are encoded."""
        tombstones = np.array([alive.get(r.id) != r for r in base.records], dtype=np.bool_)
        added = [
            record
            for record in alive.values()
            if (at := base.place.get(record.id)) is None or tombstones[at]
        ]
        known: dict[str, Vector] = {}
        for segment in (base, previous):
            if segment is not None:
                known |= segment.vectors_by_text(record.id for record in added)
        vectors = encode_records(added, base.dimension, encode, known)
        lexical = LexicalDelta([record.terms for record in added], base.lexical.statistics)
        return cls(revision, base, Segment(added, vectors, lexical), tombstones, dict(alive))

    @property
    def size(self) -> int:
        """How many vectors a search looks at."""
        return self.base.size + self.delta.size

    @property
    def segments(self) -> tuple[Segment, Segment]:
        return (self.base, self.delta)

    @property
    def statistics(self) -> Statistics:
        return self.delta.lexical.statistics

    @property
    def stale(self) -> int:
        """How many articles a rebuild would fold in or leave out."""
        return len(self.delta) + int(self.tombstones.sum())

    def allowed(
        self, audience: str, language: str | None, excluded: Iterable[UUID]
    ) -> tuple[Mask, Mask]:
        """Which articles of base and delta may be found at all; asked before any search."""
        key = (audience, language)
        if key not in self._masks:
            self._masks[key] = (
                _mask(self.base, audience, language) & ~self.tombstones,
                _mask(self.delta, audience, language),
            )
        base, delta = (mask.copy() for mask in self._masks[key])
        for article in excluded:
            for segment, mask in ((self.base, base), (self.delta, delta)):
                if (at := segment.place.get(article)) is not None:
                    mask[at] = False
        return base, delta


def _mask(segment: Segment, audience: str, language: str | None) -> Mask:
    # Staff may read what is public too; the public reads what is public only.
    audiences = {audience, Audience.PUBLIC.value}
    return np.array(
        [
            record.audience in audiences and language in (None, record.language)
            for record in segment.records
        ],
        dtype=np.bool_,
    )

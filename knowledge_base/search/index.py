"""Vectors and words of the published articles, searchable: a large base, a small delta, tombstones.

A `Segment` never changes. The base is built over everything and kept on disk; `Snapshot.overlay` lays what
changed since over it: new and edited articles into a small exact delta, their old selves under a tombstone.
Readers hold one snapshot, writers replace the whole, so nothing is ever half updated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from knowledge_base.models import Audience
from knowledge_base.search.lexical import LexicalBase, LexicalDelta, Statistics
from knowledge_base.search.nearness import Exact, Mask, Nearness, choose
from knowledge_base.search.records import Record, Vector
from understanding.normal import Speller

Encode = Callable[[str], Vector]


class Segment:
    """Some articles with their vectors (of length 1) and what finds the near ones: exact, unless given."""

    def __init__(
        self,
        records: Sequence[Record],
        vectors: Vector,
        lexical: LexicalBase | LexicalDelta,
        nearness: Nearness | None = None,
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
        self.nearness = nearness or Exact(vectors)
        """Also keeps the vectors: a second copy would double what the index takes."""
        self.word_counts: Counter[str] = Counter()
        """How often each word stands in these articles."""
        for record in records:
            self.word_counts.update(record.word_counts)
        self._masks: dict[tuple[str, str | None], Mask] = {}

    def __len__(self) -> int:
        return len(self.records)

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return len(self.nearness)

    def vectors(self, at: int) -> Vector:
        """The vectors of one article, a row per entry."""
        return self.rows(np.arange(self.starts[at], self.starts[at + 1]))

    def rows(self, rows: NDArray[np.int64]) -> Vector:
        """The vectors of these entries, a row each."""
        return self.nearness.rows(rows)

    def vectors_by_text(self, article: UUID) -> dict[str, Vector]:
        """The vectors of an article's texts, so that an edit encodes only what is new in it."""
        at = self.place.get(article)
        if at is None:
            return {}
        texts = [entry.text for entry in self.records[at].entries]
        return dict(zip(texts, self.vectors(at), strict=True))

    def all_vectors(self) -> Vector:
        """A copy of all of them."""
        return self.rows(np.arange(self.size))

    def nearest(self, query: Vector, limit: int, allowed: Mask) -> list[tuple[int, float]]:
        """The nearest rows of allowed articles: (row, cosine), best first."""
        limit = min(limit, self.size)
        if not limit or not allowed.any():
            return []
        mask = None if allowed.all() else allowed[self.article_of]
        return self.nearness.search(query, limit, mask)

    def readable(self, audience: str, language: str | None) -> Mask:
        """Which articles this audience may read, in this language."""
        key = (audience, language)
        if key not in self._masks:
            # Staff may read what is public too; the public reads what is public only.
            audiences = {audience, Audience.PUBLIC.value}
            self._masks[key] = np.array(
                [
                    record.audience in audiences and serves(record.language, language)
                    for record in self.records
                ],
                dtype=np.bool_,
            )
        return self._masks[key]


def serves(of_article: str, language: str | None) -> bool:
    """Whether an article's language serves who asks for one: "en-GB" does for "en"; None asks for any."""
    return language in (None, of_article, of_article.partition("-")[0])


def build_base(
    records: Sequence[Record], vectors: Vector, nearness: Nearness | None = None
) -> Segment:
    """The large segment; how it finds near vectors is chosen by size and by recall measured on them."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if nearness is None:
        kinds = np.array(
            [entry.kind for record in records for entry in record.entries], dtype=np.int8
        )
        counts = [len(record.entries) for record in records]
        nearness = choose(vectors, kinds, np.repeat(np.arange(len(records)), counts))
    return Segment(records, vectors, LexicalBase([record.terms for record in records]), nearness)


def encode_records(
    records: Iterable[Record],
    dimension: int,
    encode: Encode,
    known: Sequence[Segment] = (),
) -> Vector:
    """All their texts' vectors, a row each; what an article's `known` self had is taken over.

    The rest is encoded one text at a time, since int8 vectors depend on the batch.
    """
    records = list(records)
    vectors = np.empty((sum(len(record.entries) for record in records), dimension), np.float32)
    row = 0
    for record in records:
        had: dict[str, Vector] = {}
        for segment in known:
            had.update(segment.vectors_by_text(record.id))
        for entry in record.entries:
            found = had.get(entry.text)
            vectors[row] = encode(entry.text) if found is None else found
            row += 1
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
        self.languages = tuple(sorted({record.language for record in alive.values()}))
        self.intents = frozenset(intent for record in alive.values() for intent in record.intents)
        self._speller: Speller | None = None
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
        tombstones = np.ones(len(base), dtype=np.bool_)
        alive = dict(alive)
        for place, record in enumerate(base.records):
            now = alive.get(record.id)
            # Comparing all fields of 10,000 articles takes 50 ms, so those that are equal become the same.
            if now is record or now == record:
                tombstones[place] = False
                alive[record.id] = record
        added = [
            record
            for record in alive.values()
            if (at := base.place.get(record.id)) is None or tombstones[at]
        ]
        known = (base,) if previous is None else (base, previous)
        vectors = encode_records(added, base.dimension, encode, known)
        lexical = LexicalDelta([record.terms for record in added], base.lexical.statistics)
        return cls(revision, base, Segment(added, vectors, lexical), tombstones, alive)

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

    def speller(self, is_word: Callable[[str], bool]) -> Speller:
        """What mends slips in a question: it knows the articles' words, and those that `is_word` knows."""
        if self._speller is None:
            counts = self.base.word_counts
            if self.delta.records:
                # A copy and an update run in C; the sum of two counters takes 30 ms for 10,000 articles.
                counts = Counter(counts)
                counts.update(self.delta.word_counts)
            self._speller = Speller(counts, is_word)
        return self._speller

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
                self.base.readable(audience, language) & ~self.tombstones,
                self.delta.readable(audience, language),
            )
        base, delta = (mask.copy() for mask in self._masks[key])
        for article in excluded:
            for segment, mask in ((self.base, base), (self.delta, delta)):
                if (at := segment.place.get(article)) is not None:
                    mask[at] = False
        return base, delta

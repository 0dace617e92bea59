"""Hybrid search: who is near in meaning or in words, and the features that say how near."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from knowledge_base.models import Audience
from knowledge_base.search.index import Segment, Snapshot
from knowledge_base.search.lexical import Statistics
from knowledge_base.search.nearness import Mask
from knowledge_base.search.records import PASSAGE, WHOLE, Record, Vector
from knowledge_base.search.tongues import known_terms, terms
from knowledge_base.search.words import correct

#: In this order in every feature row and in calibration.json.
FEATURES = (
    "nearest",
    "question",
    "passage",
    "whole",
    "lexical",
    "coverage",
    "heading",
    "variant",
    "intent",
)
#: One more, where a reranker has read the best of them (`search.rerank`).
RERANKED = "reranked"

#: Enough near texts for about ten articles (an article has about eleven), and the best ten by words.
NEAREST_TEXTS = 96
BEST_BY_WORDS = 10
#: Longer questions are cut for the lexical part; what they are about stands in the beginning.
TERM_LIMIT = 64

Features = NDArray[np.float64]


@dataclass(frozen=True)
class Query:
    """One question, and what limits or supports its candidates."""

    text: str
    intent: str | None = None
    confidence: float = 0.0
    audience: str = Audience.PUBLIC.value
    language: str | None = None
    excluded: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Found:
    """An article that may answer, and how it agrees with the question, each feature about 0 to 1."""

    record: Record
    features: Features

    @property
    def signals(self) -> dict[str, float]:
        return {
            name: round(float(value), 4)
            for name, value in zip((*FEATURES, RERANKED), self.features, strict=False)
        }


def find(snapshot: Snapshot, query: Query, vector: Vector) -> list[Found]:
    """The articles worth a look, in no order; at most about thirty. Excluded articles never come back."""
    asked = _known_terms(query, snapshot)
    best_possible = snapshot.statistics.best_possible(asked) or 1.0
    agreeing = query.intent if query.intent in snapshot.intents else None
    allowed = snapshot.allowed(query.audience, query.language, query.excluded)
    near = [
        segment.nearest(vector, NEAREST_TEXTS, mask)
        for segment, mask in zip(snapshot.segments, allowed, strict=True)
    ]
    found: list[Found] = []
    # One cut for both segments, so that an article's chance does not depend on where it lies.
    cosines = sorted((cosine for rows in near for _, cosine in rows), reverse=True)
    cut = cosines[NEAREST_TEXTS - 1] if len(cosines) >= NEAREST_TEXTS else -2.0
    for segment, mask, rows in zip(snapshot.segments, allowed, near, strict=True):
        lexical = segment.lexical.scores(asked)
        by_meaning = set(
            segment.article_of[[row for row, cosine in rows if cosine >= cut]].tolist()
        )
        worth = sorted(by_meaning | _best_by_words(lexical, mask))
        if not worth:
            continue
        records = [segment.records[at] for at in worth]
        features = np.column_stack(
            [
                _meaning(segment, worth, vector),
                lexical[worth] / best_possible,
                _words(records, asked, snapshot.statistics),
                [_agreement(record, agreeing, query.confidence) for record in records],
            ]
        )
        found += map(Found, records, features)
    return found


def mend(snapshot: Snapshot, query: Query, is_word: Callable[[str], bool]) -> Query:
    """Put right what is no word and one slip from a word of the articles; a question well typed stays itself."""
    return replace(query, text=snapshot.speller(is_word).mend(query.text))


def widen(query: Query, topic: str | None) -> Query:
    """Put the topic before a question that says too little alone ("and in the UK?")."""
    if not topic or len(set(terms(query.text))) >= 2:
        return query
    return replace(query, text=f"{topic.replace('_', ' ')} {query.text}")


def _known_terms(query: Query, snapshot: Snapshot) -> list[str]:
    known = snapshot.statistics.frequencies
    if query.language is None:
        found = known_terms(query.text, snapshot.languages, known)
    else:
        found = terms(query.text, query.language)
    asked = list(dict.fromkeys(found))[:TERM_LIMIT]
    return list(dict.fromkeys(correct(term, known) for term in asked))


def _best_by_words(lexical: NDArray[np.float32], mask: Mask) -> set[int]:
    scores = np.where(mask, lexical, 0.0)
    count = min(BEST_BY_WORDS, len(scores))
    best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, dtype=np.int64)
    return {int(at) for at in best if scores[at] > 0}


def _meaning(segment: Segment, articles: Sequence[int], vector: Vector) -> Features:
    """For each article, a row: its greatest cosine over all texts, title and questions, passages; the whole's.

    An article without passages has 0 there.
    """
    starts, ends = segment.starts[articles], segment.starts[np.add(articles, 1)]
    first = np.concatenate([[0], np.cumsum(ends - starts)[:-1]])
    rows = np.repeat(starts - first, ends - starts) + np.arange(np.sum(ends - starts))
    cosines, kinds = segment.rows(rows) @ vector, segment.kinds[rows]
    asked = np.where(kinds < PASSAGE, cosines, -1.0)
    passage = np.maximum.reduceat(np.where(kinds == PASSAGE, cosines, -np.inf), first)
    passage[np.isneginf(passage)] = 0.0
    whole = np.maximum.reduceat(np.where(kinds == WHOLE, cosines, -1.0), first)
    return np.column_stack(
        [
            np.maximum.reduceat(cosines, first),
            np.maximum.reduceat(asked, first),
            passage,
            whole,
        ]
    )


def _words(records: Sequence[Record], asked: Sequence[str], statistics: Statistics) -> Features:
    """For each article, a row: how much of the question's words it has, how much of them one heading has,
    and how much of a heading the question has. Rare words count more (by idf); a heading is the title or a
    question variant, the best one counts.
    """
    weights = {term: statistics.idf(term) for term in asked}
    words = frozenset(weights)
    whole = sum(weights.values()) or 1.0
    return np.array([_of_words(record, words, weights, whole, statistics) for record in records])


def _of_words(
    record: Record,
    asked: frozenset[str],
    weights: Mapping[str, float],
    whole: float,
    statistics: Statistics,
) -> tuple[float, float, float]:
    # Sets meet in C: this runs for a hundred articles a question, and took half of the search.
    coverage = sum([weights[term] for term in asked & record.term_set])
    heading = variant = 0.0
    for terms_of in record.variants:
        if asked.isdisjoint(terms_of):
            continue
        shared = sum([weights[term] for term in asked & terms_of])
        heading = max(heading, shared)
        variant = max(variant, shared / statistics.weight(terms_of))
    return coverage / whole, heading / whole, variant


def _agreement(record: Record, intent: str | None, confidence: float) -> float:
    """The classifier's confidence for an article of this intent, its negative for one of another."""
    if intent is None:
        return 0.0
    return confidence if intent in record.intents else -confidence

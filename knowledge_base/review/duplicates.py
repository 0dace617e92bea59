"""Articles that say what a draft says, by meaning and by words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.review.contradictions import Read
from knowledge_base.review.sentences import Sentence
from knowledge_base.search.lexical import Statistics
from knowledge_base.search.records import Record, Vector

#: Among all pairs of the 96 starter articles the greatest nearness is .53; six of them written anew in other
#: words came to .65–.80 (tests/knowledge_base/test_review_duplicates.py).
DUPLICATE = 0.60
#: A draft without a body is known by its questions alone: starters reach .69, the six .71–.89.
DUPLICATE_QUESTIONS = 0.75
#: Sentences this near say the same.
SAME_SENTENCE = 0.70
PAIR_LIMIT = 6


@dataclass(frozen=True)
class Pair:
    """A sentence of the draft and the one that says it already."""

    draft: Sentence
    other: Sentence
    near: float


@dataclass(frozen=True)
class Duplicate:
    """An article that the draft repeats. `near`, 0 to 1, is the mean of its parts by meaning and by words."""

    article: Record
    near: float
    questions: float
    sentences: float
    words: float
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Written:
    """An article as it is compared: its title and questions, and its sentences, with their vectors."""

    record: Record
    questions: Vector
    body: Read
    """The title is its first sentence."""


def duplicates(
    draft: Written, others: Iterable[Written], statistics: Statistics, *, has_body: bool = True
) -> list[Duplicate]:
    """The articles that the draft repeats, nearest first."""
    limit = DUPLICATE if has_body else DUPLICATE_QUESTIONS
    found = (_nearness(draft, other, statistics, has_body) for other in others)
    return sorted((one for one in found if one.near >= limit), key=lambda one: -one.near)


def nearness(draft: Written, other: Written, statistics: Statistics) -> Duplicate:
    """How far the other article says already what the draft says."""
    return _nearness(draft, other, statistics, True)


def _nearness(draft: Written, other: Written, statistics: Statistics, has_body: bool) -> Duplicate:
    questions = float((draft.questions @ other.questions.T).max(axis=1).mean())
    mine, theirs = draft.body.vectors[1:], other.body.vectors[1:]
    sentences, pairs = 0.0, tuple[Pair, ...]()
    if has_body and len(mine) and len(theirs):
        cosines = mine @ theirs.T
        sentences = float(cosines.max(axis=1).mean())
        pairs = _pairs(draft.body, other.body, cosines)
    shared = share(draft.record.terms, other.record.terms, statistics)
    near = (questions + sentences + shared) / 3 if has_body else questions
    return Duplicate(other.record, near, questions, sentences, shared, pairs)


def share(mine: Sequence[str], theirs: Sequence[str], statistics: Statistics) -> float:
    """Which share of the draft's words the other has, each weighed by how rare it is."""
    weights: Mapping[str, float] = {term: statistics.idf(term) for term in set(mine)}
    whole = sum(weights.values())
    return sum(weights[term] for term in weights.keys() & set(theirs)) / whole if whole else 0.0


def _pairs(draft: Read, other: Read, cosines: Vector) -> tuple[Pair, ...]:
    best = cosines.argmax(axis=1)
    order = np.argsort(-cosines.max(axis=1))[:PAIR_LIMIT]
    return tuple(
        Pair(
            draft.sentences[int(at) + 1],
            other.sentences[int(best[at]) + 1],
            float(cosines[at, best[at]]),
        )
        for at in order
        if cosines[at, best[at]] >= SAME_SENTENCE
    )

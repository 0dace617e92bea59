"""Judging on articles that were held out: their questions, what the search finds, and whether a gain is luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from knowledge_base.search.evaluation import Case, Example, search_all
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.records import Recalling, Record, TextEncoder

#: One article in so many is held out, and one variant of each asked article in so many is asked at a time.
PARTS, ROUNDS = 4, 4
SEED = 5
#: How likely the gain may be by chance (exact McNemar test, one-sided).
CHANCE = 0.05


@dataclass(frozen=True)
class Verdict:
    """Questions of articles that what is judged had not seen."""

    asked: int
    before: float
    """Per cent whose article came first without it."""
    after: float
    chance: float
    """That so much more would come by luck."""

    @property
    def helps(self) -> bool:
        return self.after > self.before and self.chance <= CHANCE

    def as_dict(self) -> dict[str, float]:
        return {
            "asked": self.asked,
            "before": round(self.before, 2),
            "after": round(self.after, 2),
            "chance": round(self.chance, 4),
        }


def held_out(records: Sequence[Record]) -> frozenset[str]:
    """Slugs of a quarter of the articles, the same for the same articles."""
    slugs = sorted(record.slug for record in records)
    chosen = np.random.default_rng(SEED).permutation(len(slugs))[: len(slugs) // PARTS]
    return frozenset(slugs[at] for at in chosen)


def verdict_of(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Verdict:
    """Compare question by question by the exact McNemar test, one-sided."""
    better, worse = int((after & ~before).sum()), int((before & ~after).sum())
    changed = better + worse
    chance = sum(comb(changed, k) for k in range(better, changed + 1)) / 2**changed
    return Verdict(len(before), 100 * float(before.mean()), 100 * float(after.mean()), chance)


@dataclass(frozen=True)
class Asked:
    """Questions with what was found for them, and the index that was searched."""

    snapshot: Snapshot
    encoder: TextEncoder
    cases: list[Case]


def ask(
    records: Sequence[Record],
    slugs: frozenset[str],
    labelled: Sequence[Example],
    encoder: TextEncoder,
) -> list[Asked]:
    """Ask labelled questions, and these articles' variants in rounds, each round's taken out of the index."""
    # The index is built five times of nearly the same texts.
    known = Recalling(encoder, cache(encoder.encode))
    whole = _index(records, known)
    found = [Asked(whole, known, search_all(whole, known, labelled, _no_guess))]
    for turn in range(ROUNDS):
        asked = [
            Example(text, frozenset([record.slug]))
            for record in records
            if record.slug in slugs
            for text in record.questions[turn::ROUNDS]
        ]
        left = _index([_without(one, turn) if one.slug in slugs else one for one in records], known)
        found.append(Asked(left, known, search_all(left, known, asked, _no_guess)))
    return found


def about(cases: Iterable[Case], slugs: frozenset[str]) -> list[Case]:
    """The cases whose answers all lie among these articles."""
    return [one for one in cases if one.example.articles and one.example.articles <= slugs]


def _without(record: Record, turn: int) -> Record:
    questions = (text for at, text in enumerate(record.questions) if at % ROUNDS != turn)
    return replace(record, questions=tuple(questions))


def _index(records: Sequence[Record], encoder: TextEncoder) -> Snapshot:
    base = build_base(list(records), encode_records(records, encoder.dimension, encoder.encode))
    return Snapshot.overlay(1, base, {record.id: record for record in records}, encoder.encode)


def _no_guess(_: str) -> tuple[str, float]:
    return "", 0.0

"""Replies that say the same put together: equal words, or nearly, found by min-hashing in linear time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from handoff.similar.blanks import without

SAME = 0.75
"""The share of words in common (Jaccard) from which two replies are one."""
# 8 bands of 4 rows: replies alike by .75 meet in one of them with 95 %, by .4 with 19 %.
_BANDS, _ROWS = 8, 4
_PRIME = (1 << 31) - 1
_WORD = re.compile(r"\w+(?:['’]\w+)?")
# "We can refund it" and "we cannot refund it" share all but the word that counts.
_NEGATIONS = frozenset({
    "no", "not", "never", "none", "nothing", "cannot", "without", "unable", "only", "except", "unless", "until",
})  # fmt: skip


def words_of(template: str) -> frozenset[str]:
    return frozenset(_WORD.findall(without(template).casefold().replace("’", "'")))


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two replies' words say the same."""
    if not one or not other or _negations(one) != _negations(other):
        return False
    # Numbers are what they are about: 14 days are not 30.
    if {word for word in one ^ other if any(sign.isdigit() for sign in word)}:
        return False
    return len(one & other) / len(one | other) >= SAME


def groups(templates: Sequence[str]) -> list[int]:
    """For each reply the number of the first one that says the same, which is its own for the first."""
    words = [words_of(one) for one in templates]
    signatures = _signatures(words)
    leaders: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    exact: dict[frozenset[str], int] = {}
    found: list[int] = []
    for at, (own, signature) in enumerate(zip(words, signatures, strict=True)):
        bands = [
            (band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)
        ]
        leader = exact.get(own)
        if leader is None:
            near = dict.fromkeys(one for band in bands for one in leaders[band])
            leader = next((one for one in sorted(near) if same(words[one], own)), None)
        if leader is None:
            leader = at
            for band in bands:
                leaders[band].append(at)
        exact.setdefault(own, leader)
        found.append(leader)
    return found


def _negations(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word in _NEGATIONS or word.endswith("n't"))


def _signatures(words: Sequence[frozenset[str]]) -> NDArray[np.int64]:
    """Min-hashes, shape (replies, bands × rows); the same on every run."""
    random = np.random.default_rng(0)
    factor = random.integers(1, _PRIME, _BANDS * _ROWS)
    shift = random.integers(0, _PRIME, _BANDS * _ROWS)
    rows = np.full((len(words), _BANDS * _ROWS), _PRIME, dtype=np.int64)
    for at, own in enumerate(words):
        if own:
            hashes = np.fromiter((crc32(one.encode()) % _PRIME for one in own), np.int64, len(own))
            rows[at] = ((hashes[:, None] * factor + shift) % _PRIME).min(axis=0)
    return rows

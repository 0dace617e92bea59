"""Sentences about the same thing that can't both be true, in a draft and the articles near it.

Rules over aligned pairs, made for few false alarms: two sentences must be near in meaning, share most of
their words, have no subject of their own, and then differ in a fact or in a "not".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from knowledge_base.review.claims import Claim, claim
from knowledge_base.review.facts import ADDRESS, PAYING, PRICES, Fact
from knowledge_base.review.sentences import Sentence
from knowledge_base.search.records import Record, Vector
from knowledge_base.search.words import stem

#: How near in meaning two sentences are (cosine), which share of their words is the same (Dice), and both
#: together, before a difference between them counts.
USUAL = (0.60, 0.72, 1.5)
#: Or nearly the same meaning, in other words; or, where one article repeats the other, each the other's nearest.
OTHER_WORDS, NEAREST = (0.85, 0.40, 1.25), (0.60, 0.30, 1.0)
#: How near two sentences with one word in common count at most.
ONE_WORD = 0.80
WARNING_LIMIT = 12

# "You can pay with PayPal" leaves room for other ways.
_OFFERED = re.compile(r"\b(?:can|may|accept|also|or|choose)\b", re.IGNORECASE)
#: Two sentences of which one names another of these speak of two cases.
_CASES = (
    frozenset(("eu", "uk", "kingdom", "britain", "europe", "european", "union")),
    frozenset(stem(word) for word in ("express", "standard", "soft", "hard")),
)
Marks = tuple[tuple[int, int], ...]
Difference = tuple[str, Marks, Marks]


@dataclass(frozen=True)
class Side:
    """One side of a contradiction: where it stands; None as `article` is the draft itself."""

    article: Record | None
    sentence: Sentence
    marks: tuple[tuple[int, int], ...]
    """The characters (start, end) that differ."""


@dataclass(frozen=True)
class Contradiction:
    """Two sentences, and what they differ in ("time", "price", "not", …)."""

    draft: Side
    other: Side
    about: str
    near: float


@dataclass(frozen=True)
class Read:
    """A text's sentences with a vector each."""

    article: Record | None
    sentences: Sequence[Sentence]
    vectors: Vector


def contradictions(
    draft: Read, near: Sequence[Read], repeated: frozenset[UUID] = frozenset()
) -> list[Contradiction]:
    """What the draft says otherwise than itself or an article near it; the nearest pairs first.

    `repeated`: the articles that the draft repeats; of them more is compared.
    """
    found = list(_between(draft, draft, same=False))
    for other in near:
        same = other.article is not None and other.article.id in repeated
        found += _between(draft, other, same=same)
    return sorted(found, key=lambda one: -one.near)[:WARNING_LIMIT]


def _between(draft: Read, other: Read, *, same: bool) -> Iterator[Contradiction]:
    cosines = draft.vectors @ other.vectors.T
    if draft is other:
        cosines = np.triu(cosines, 1)
    mine, theirs = cosines.argmax(axis=1), cosines.argmax(axis=0)
    # Within one text the title is the same for both and tells nothing apart.
    title, titled = ("", "") if draft is other else (_title(draft), _title(other))
    for one, two in zip(*np.nonzero(cosines >= min(USUAL[0], NEAREST[0])), strict=True):
        a, b = draft.sentences[one], other.sentences[two]
        pair = same and mine[one] == two and theirs[two] == one
        found = differ(a.text, b.text, title, titled, near=float(cosines[one, two]), pair=pair)
        if found is not None:
            about, left, right = found
            sides = Side(draft.article, a, left), Side(other.article, b, right)
            yield Contradiction(*sides, about, float(cosines[one, two]))


def _title(read: Read) -> str:
    return read.sentences[0].text


def differ(
    one: str, two: str, title: str = "", titled: str = "", *, near: float = 0.8, pair: bool = False
) -> Difference | None:
    """What two near sentences contradict each other in, and the characters that say so; None: nothing.

    The titles say what a sentence like "It takes 3 days" is about. `pair`: they stand in articles of which
    one repeats the other, and no other sentences there are nearer to them.
    """
    if one.endswith("?") or two.endswith("?"):
        return None
    left, right = claim(one), claim(two)
    if left.cases != right.cases or _other_case(left.all, right.all):
        return None
    a, b = left.about(title), right.about(titled)
    alike = _alike(a, b)
    if len(a & b) < 2:
        # One word in common, as in two products' warranties, is no common subject, however near.
        near = min(near, ONE_WORD)
    for kind in sorted(left.kinds & right.kinds):
        marks = _other_value(left.of(kind), right.of(kind))
        if kind == PAYING and marks:
            offered = _OFFERED.search(one) or _OFFERED.search(two)
            wrong = not offered and _counts(near, _alike(a - left.paying, b - right.paying), pair)
        else:
            # Which address to write to depends on the topic: the same one only where the article is.
            wrong = _counts(near, alike, pair) and (pair or kind != ADDRESS)
        if marks and wrong:
            return kind, *marks
    if _counts(near, alike, pair) and (price := _price(left, right)):
        return "price", *price
    if a == b and (negated := _negation(left, right)):
        return "not", *negated
    return None


def _counts(near: float, alike: float, pair: bool) -> bool:
    """Whether two sentences are so near that a difference in a fact can't be by topic."""
    floors = (USUAL, OTHER_WORDS, NEAREST) if pair else (USUAL, OTHER_WORDS)
    return any(
        near >= meaning and alike >= words and near + alike >= both
        for meaning, words, both in floors
    )


def _other_case(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether each names a country, or a way of sending, that the other does not."""
    return any(one & cases != two & cases for cases in _CASES)


def _alike(one: frozenset[str], two: frozenset[str]) -> float:
    """Dice coefficient of what both are about."""
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def _other_value(one: list[Fact], two: list[Fact]) -> tuple[Marks, Marks] | None:
    """The facts of one kind that stand on one side only, when both sides have such."""
    left = [fact for fact in one if not any(fact.agrees(other) for other in two)]
    right = [fact for fact in two if not any(fact.agrees(other) for other in one)]
    return (_spans(left), _spans(right)) if left and right else None


def _price(left: Claim, right: Claim) -> tuple[Marks, Marks] | None:
    """Free on one side, and on the other a price and no word of free."""
    for one, two, swapped in ((left, right, False), (right, left, True)):
        free = [fact for fact in one.of("price") if fact.value == ("free",)]
        paid = [fact for fact in two.facts if fact.kind in PRICES]
        named = any(fact.kind.startswith("money") for fact in one.facts)
        if free and paid and not named and not two.of("price"):
            marks = _spans(free), _spans(paid)
            return (marks[1], marks[0]) if swapped else marks
    return None


def _negation(left: Claim, right: Claim) -> tuple[Marks, Marks] | None:
    """A "not" before a word that the other side says without one, and no subject but the common one."""
    if bool(left.negations) == bool(right.negations) or left.kinds != right.kinds:
        return None
    no, yes = (left, right) if left.negations else (right, left)
    if not no.negated or not no.negated <= yes.all:
        return None
    return left.negations, right.negations


def _spans(found: Sequence[Fact]) -> Marks:
    return tuple((fact.start, fact.end) for fact in found)

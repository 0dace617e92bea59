"""Questions in a language that the encoder was not made for: articles are found by their words, and never answer.

Vectors of such texts say little: with three German articles and a calibration for English, 5 of 10 German
questions were answered with a wrong one at probabilities of .76 to .89. Words can be trusted to have been said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge_base.search.calibration import OPTIONS, Ranked
from knowledge_base.search.decision import Kind, Verdict
from knowledge_base.search.find import FEATURES, Found

#: An article is offered that has so much of the question's words, by their weight. Of 48 questions in four
#: languages (tests/knowledge_base/spoken.yml, a small set by our own hand) the right one is among three at
#: .2 / .3 / .4 for 47 / 38 / 32, and something is offered for 3 / 2 / 1 of 20 that no article answers.
SHARED = 0.2
_LEXICAL, _COVERAGE = FEATURES.index("lexical"), FEATURES.index("coverage")


def rank(found: Iterable[Found]) -> list[Ranked]:
    """Those with a word of the question, best first by BM25; the share is that of the question's words."""
    ranked = [
        Ranked(one, float(one.features[_LEXICAL]), float(one.features[_COVERAGE]))
        for one in found
        if one.features[_LEXICAL] > 0
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.found.record.id.int))


def judge(found: Iterable[Found]) -> Verdict:
    """Options, if only one, or nothing. Their probabilities are shares of words: nothing better is known."""
    ranked = rank(found)
    shown = tuple(one for one in ranked if one.share >= SHARED)[:OPTIONS]
    if not shown:
        return Verdict(Kind.NOTHING, 0.0, tuple(ranked[:OPTIONS]), shares(ranked[:OPTIONS]))
    return Verdict(Kind.CHOOSE, shown[0].share, shown, shares(shown))


def before(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Those with a word of the question, and behind them the others as they are ranked, their share none."""
    first = rank(one.found for one in ranked)
    known = {one.found.record.id for one in first}
    others = [replace(one, share=0.0) for one in ranked if one.found.record.id not in known]
    return [*first, *others]


def shares(ranked: Iterable[Ranked]) -> tuple[float, ...]:
    return tuple(one.share for one in ranked)

"""``handrail kb evaluate``: ranking and decision on the starter, the house's own questions and public sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge import houses, measure
from benchmarks.knowledge.asking import Asked, Reader, again, ask, by_nlu, no_intent
from benchmarks.knowledge.measure import Decided, Ranks
from knowledge_base.search.calibration import Calibration, load_calibration
from knowledge_base.search.evaluation import Case, report
from server.settings import ROOT
from training.benchmarks import metrics, sets
from training.benchmarks.metrics import Interval

Places = NDArray[np.int64]
Say = Callable[[str], None]

#: Slips in stackfaq's questions, as everywhere in these benchmarks.
SLIPS, SLIP_SEEDS = 0.30, 5
#: The starter's and a house's own wrong answers that are shown.
CONFUSED = 10


@dataclass(frozen=True)
class Figure:
    """One row of a table."""

    subject: str
    measure: str
    value: Interval
    beside: str = ""


@dataclass
class Findings:
    """All tables, row by row."""

    ranking: list[Figure] = field(default_factory=list)
    deciding: list[Figure] = field(default_factory=list)
    slips: list[Figure] = field(default_factory=list)
    pooled: list[Figure] = field(default_factory=list)
    own: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    confused: list[tuple[str, str, str, int]] = field(default_factory=list)
    """(house, right article, article shown first, how often)."""


def run(
    folder: Path,
    reader: Reader,
    precision: float,
    house: Asked | None,
    say: Say,
) -> Findings:
    """Measure everything; `house` holds the house's own labelled questions, asked, or is None."""
    guess = by_nlu(ROOT / "data" / "nlu", reader)
    asked = [ask(houses.starter(ROOT / "data"), reader, guess)]
    say("starter asked")
    for name, read in houses.PUBLIC.items():
        asked.append(ask(read(folder), reader, no_intent))
        say(f"{name} asked")
    found = Findings()
    gains: list[NDArray[np.float64]] = []
    for one in asked[1:]:
        gains.append(_public(one, asked, found))
        say(f"{one.house.name} measured")
    found.pooled.append(
        Figure(
            "all three",
            "recall@1, ours less the best of the others on each",
            _mean(np.concatenate(gains)),
            "paired, questions pooled",
        )
    )
    _slips(folder, asked[1], asked, reader, found)
    say("slips measured")
    shipped = load_calibration()
    _own("starter, held-out half", measure.held_out(asked[0]), shipped, precision, found)
    _own(
        "starter's own variants, held-out half",
        [case for case in asked[0].variants if not case.example.fits],
        shipped,
        precision,
        found,
    )
    if house is not None:
        _own("this house's labelled questions", house.cases, shipped, precision, found)
    return found


def _public(one: Asked, asked: Sequence[Asked], found: Findings) -> NDArray[np.float64]:
    """Measure one set; returns, question by question, ours less the best baseline."""
    name = one.house.name
    before = measure.others(asked, name)
    folds = measure.crossed(one, before)
    rankings: dict[str, Ranks] = {
        label: measure.ranks(one.cases, ranker) for label, ranker in measure.BASELINES.items()
    }
    best = max(rankings, key=lambda label: float(rankings[label].recall(1).mean()))
    rankings["Handrail, learned on the other houses"] = measure.ranks(
        one.cases, measure.calibrated(before)
    )
    ours = rankings["Handrail, refitted here (five folds)"] = measure.crossed_ranks(one, folds)
    for label, ranked in rankings.items():
        for title, rows in (
            ("recall@1", ranked.recall(1)),
            ("recall@3", ranked.recall(3)),
            ("recall@5", ranked.recall(5)),
            ("MRR@10", ranked.reciprocal),
        ):
            found.ranking.append(Figure(f"{name} | {label}", title, _mean(rows)))
    gain = ours.recall(1) - rankings[best].recall(1)
    found.pooled.append(
        Figure(name, "recall@1, ours less the best of the others", _mean(gain), best)
    )
    mixed = one.half_hidden()
    for label, verdicts in (
        ("learned on the other houses", measure.decided(mixed, before)),
        ("refitted here (five folds)", measure.crossed_decided(one, folds)),
    ):
        found.deciding += _deciding(f"{name} | {label}", verdicts)
    return gain


def _deciding(subject: str, verdicts: Decided) -> list[Figure]:
    def figures(rows: Places) -> NDArray[np.float64]:
        right, probability = verdicts.right[rows], verdicts.probability[rows]
        cosine = verdicts.cosine[rows]
        return np.array(
            [
                metrics.auroc(probability[right], probability[~right]),
                metrics.auroc(cosine[right], cosine[~right]),
                measure.precision_at(probability, right),
                metrics.calibration_error(probability, right),
            ]
        )

    values = metrics.bootstrap(figures, len(verdicts.right))
    most = min(1.0, float(verdicts.right.mean()) / measure.COVERAGE)
    beside = ("", "a threshold on one cosine", f"at most {most:.3f} is possible", "")
    names = (
        "AUROC",
        "AUROC of the greatest cosine",
        "precision at 80 % coverage",
        "calibration error",
    )
    return [
        Figure(subject, measured, value, note)
        for measured, value, note in zip(names, values, beside, strict=True)
    ]


def _slips(
    folder: Path, one: Asked, asked: Sequence[Asked], reader: Reader, found: Findings
) -> None:
    """Ask again with slips of the keyboard, by weights of the other houses."""
    before = measure.others(asked, one.house.name)
    clean = measure.ranks(one.cases, measure.calibrated(before)).recall(1)
    plain = measure.ranks(one.cases, measure.BASELINES["question and answer vectors"]).recall(1)
    texts = tuple(example.text for example in one.house.examples)
    rows, plain_rows = [], []
    for seed in range(1, SLIP_SEEDS + 1):
        slipped = sets.with_typos(folder, texts, SLIPS, seed)
        cases = again(one, reader, slipped)
        unmended = again(one, reader, slipped, mended=False)
        rows.append(measure.ranks(cases, measure.calibrated(before)).recall(1))
        plain_rows.append(
            measure.ranks(unmended, measure.BASELINES["question and answer vectors"]).recall(1)
        )
    name = f"{one.house.name}, slips p = {SLIPS:.2f}, seeds 1 to {SLIP_SEEDS}"
    found.slips += [
        Figure(name, "recall@1, Handrail", _mean(np.mean(rows, axis=0))),
        Figure(name, "points lost, Handrail", _mean(clean - np.mean(rows, axis=0))),
        Figure(name, "points lost, the vectors alone", _mean(plain - np.mean(plain_rows, axis=0))),
    ]


def _own(
    name: str, cases: Sequence[Case], shipped: Calibration, precision: float, found: Findings
) -> None:
    found.own.append((name, report(cases, shipped, precision)))
    counts: dict[tuple[str, str], int] = {}
    for case in cases:
        order = shipped.rank(case.found)
        if case.example.articles and order and not case.right(order[0].found):
            pair = (min(case.example.articles), order[0].found.record.slug)
            counts[pair] = counts.get(pair, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    found.confused += [(name, right, shown, count) for (right, shown), count in ranked[:CONFUSED]]


def _mean(rows: NDArray[np.float64]) -> Interval:
    return metrics.bootstrap(lambda places: np.array([rows[places].mean()]), len(rows))[0]

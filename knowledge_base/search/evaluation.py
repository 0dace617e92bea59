"""How good search and decision are on questions whose article is known, and the calibration fitted on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.search.calibration import OPTIONS, Calibration, Ranked, top_features
from knowledge_base.search.decision import Kind, judge
from knowledge_base.search.find import Found, Query, find, mend
from knowledge_base.search.fitting import Choice, Floats, Logistic, fit_choice, fit_logistic
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import TextEncoder

#: Shrinkage: with a few hundred questions larger weights fit accidents.
FUSION_L2, PROBABILITY_L2 = 0.3, 0.3
#: How strongly a house's ranking is held to the shipped one: .03 / .3 / 3 found .806 / .788 / .794 of wixqa and
#: .967 / .962 / .960 of stackfaq first, cross-fitted.
REFIT_L2 = 0.03
#: What the questions of one house weigh together.
HOUSE_WEIGHT = 100.0
#: An article's own question variant, asked while it is taken out of the index, counts a third of a
#: labelled question: there are many, and they are easier than what customers write.
VARIANT_WEIGHT = 1 / 3

GuessIntent = Callable[[str], tuple[str, float]]


@dataclass(frozen=True)
class Example:
    """A customer's question and the slugs of the articles that answer it, each by itself; none when none does."""

    text: str
    articles: frozenset[str]

    @property
    def fits(self) -> bool:
        """Whether it belongs to the half that fits; the other half only reports."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True)
class Case:
    """An example with what the search found for it."""

    example: Example
    found: list[Found]
    hidden: bool = False
    weight: float = 1.0

    def right(self, found: Found) -> bool:
        return not self.hidden and found.record.slug in self.example.articles


def read_examples(path: Path) -> list[Example]:
    """The questions of a JSON-lines file of ``{"text", "article"}``."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Example(row["text"], frozenset([row["article"]] if row["article"] else [])) for row in rows
    ]


def search_all(
    snapshot: Snapshot,
    encoder: TextEncoder,
    examples: Sequence[Example],
    guess: GuessIntent,
    *,
    hide: bool = False,
    weight: float = 1.0,
) -> list[Case]:
    """Search for every example; with `hide`, answerable ones with their own article excluded."""
    cases = []
    for example in examples:
        intent, confidence = guess(example.text)
        query = Query(example.text, intent=intent, confidence=confidence)
        if hide:
            if not example.articles:
                continue
            gold = frozenset(snapshot.by_slug[slug].id for slug in example.articles)
            query = replace(query, excluded=gold)
        query = mend(snapshot, query, encoder.is_word)
        found = find(snapshot, query, encoder.encode(query.text))
        cases.append(Case(example, found, hide, weight))
    return cases


def fit_calibration(cases: Sequence[Case], *, today: date, about: dict[str, Any]) -> Calibration:
    """Weights from these cases: of the ranking by those that hold a right article, of the probabilities by all."""
    fitting = [case for case in cases if case.found]
    fusion = fit_fusion(fitting)
    blank = Logistic(0.0, ())
    draft = Calibration("draft", fusion, blank, blank, (), {})
    return fit_probabilities(draft, fitting, today=today, about=about)


def fit_fusion(
    cases: Sequence[Case], *, l2: float = FUSION_L2, prior: Sequence[float] | None = None
) -> tuple[float, ...]:
    """How much each feature counts in the ranking; near `prior` as far as the cases don't say otherwise."""
    choices = [
        Choice(np.array([found.features for found in case.found]), right, case.weight)
        for case in cases
        if (right := tuple(at for at, found in enumerate(case.found) if case.right(found)))
    ]
    centre = None if prior is None else np.array(prior)
    return tuple(float(weight) for weight in fit_choice(choices, l2=l2, prior=centre))


def fit_probabilities(
    before: Calibration,
    cases: Sequence[Case],
    *,
    today: date,
    about: dict[str, Any],
    l2: float = PROBABILITY_L2,
) -> Calibration:
    """The same ranking with probabilities of these cases, near the ones before where it has any."""
    ranked = [(case, before.rank(case.found)) for case in cases if case.found]
    rows = np.array([top_features(order) for _, order in ranked])
    weights = np.array([case.weight for case, _ in ranked])
    first = np.array([float(case.right(order[0].found)) for case, order in ranked])
    options = np.array([float(_among(case, order)) for case, order in ranked])
    shares = np.array([order[0].share for _, order in ranked])
    priors = [model if model.weights else None for model in (before.first, before.any_option)]
    return Calibration(
        version=today.isoformat(),
        fusion=before.fusion,
        first=fit_logistic(rows, first, weights, l2=l2, prior=priors[0]),
        any_option=fit_logistic(rows, options, weights, l2=l2, prior=priors[1]),
        curve=_curve(
            np.minimum(_held_out(rows, first, weights, l2, priors[0]), shares), first, weights
        ),
        about={"fitted": today.isoformat(), **about},
    )


def refit(
    before: Calibration,
    cases: Sequence[Case],
    mixed: Sequence[Case],
    *,
    today: date,
    about: dict[str, Any],
) -> Calibration:
    """The calibration of a house's own questions: ranking by `cases`, probabilities by `mixed`.

    Few questions leave it near the one before: all together weigh `HOUSE_WEIGHT` at most.
    """
    fusion = fit_fusion(weighed(cases), l2=REFIT_L2, prior=before.fusion)
    return fit_probabilities(
        replace(before, fusion=fusion), weighed(mixed), today=today, about=about
    )


def weighed(cases: Sequence[Case]) -> list[Case]:
    """The cases, together of one house's weight; fewer than that keep their own."""
    total = sum(case.weight for case in cases)
    share = min(1.0, HOUSE_WEIGHT / total) if total else 1.0
    return [replace(case, weight=case.weight * share) for case in cases]


def report(cases: Sequence[Case], calibration: Calibration, precision: float) -> dict[str, Any]:
    """Figures of these cases."""
    ranked = [calibration.rank(case.found) for case in cases]
    answerable = [
        (case, order) for case, order in zip(cases, ranked, strict=True) if case.example.articles
    ]
    verdicts = [judge(order, calibration, precision) for order in ranked]
    probabilities = np.array([verdict.probability for verdict in verdicts])
    right = np.array(
        [
            bool(order) and case.right(order[0].found)
            for case, order in zip(cases, ranked, strict=True)
        ]
    )
    kinds = np.array([verdict.kind for verdict in verdicts], dtype=object)
    answered = kinds == Kind.ANSWER
    chosen = [
        (case, verdict)
        for case, verdict in zip(cases, verdicts, strict=True)
        if verdict.kind is Kind.CHOOSE
    ]
    offered = sum(any(case.right(one.found) for one in verdict.shown) for case, verdict in chosen)
    unanswerable = np.array([not case.example.articles or case.hidden for case in cases])
    figures: dict[str, Any] = {
        "questions": len(cases),
        "answerable": int((~unanswerable).sum()),
        "precision": _share(right[answered]),
        "coverage": _share(answered),
        "answered_of_answerable": _share(answered[~unanswerable]),
        "answered_of_unanswerable": _share(answered[unanswerable]),
        "choose": _share(kinds == Kind.CHOOSE),
        "nothing_of_unanswerable": _share((kinds == Kind.NOTHING)[unanswerable]),
        "choose_holds_it": round(offered / len(chosen), 4) if chosen else None,
        "auroc": auroc(probabilities, right),
        "calibration_error": calibration_error(probabilities, right),
    }
    for cut in (1, 3):
        hits = [any(case.right(one.found) for one in order[:cut]) for case, order in answerable]
        figures[f"recall@{cut}"] = _share(np.array(hits))
    return figures


def _among(case: Case, ranked: list[Ranked]) -> bool:
    return any(case.right(one.found) for one in ranked[:OPTIONS])


def _held_out(
    rows: Floats, yes: Floats, weights: Floats, l2: float, prior: Logistic | None, folds: int = 5
) -> Floats:
    """Probabilities from models that did not see the question, by five folds."""
    found = np.zeros(len(rows))
    for fold in range(folds):
        out = np.arange(len(rows)) % folds == fold
        model = fit_logistic(rows[~out], yes[~out], weights[~out], l2=l2, prior=prior)
        found[out] = [model.probability(row) for row in rows[out]]
    return found


def _curve(
    probabilities: Floats, right: Floats, weights: Floats
) -> tuple[tuple[float, float, float], ...]:
    points = []
    for edge in np.arange(0.3, 0.99, 0.02):
        answered = probabilities >= edge
        if answered.sum() < 5:
            break
        kept = weights[answered]
        precision = float((right[answered] * kept).sum() / kept.sum())
        points.append((float(edge), precision, float(kept.sum() / weights.sum())))
    return tuple(points)


def _share(flags: Any) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None


def auroc(probabilities: Floats, right: Any) -> float | None:
    """How often a right first candidate has the higher probability than a wrong one."""
    yes, no = probabilities[right], probabilities[~right]
    if not len(yes) or not len(no):
        return None
    wins = (yes[:, None] > no[None, :]).mean() + 0.5 * (yes[:, None] == no[None, :]).mean()
    return round(float(wins), 4)


def calibration_error(probabilities: Floats, right: Any, bins: int = 10) -> float:
    """Expected calibration error over equally filled bins (Naeini 2015, with quantile bins)."""
    order = np.argsort(probabilities)
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(probabilities[part].mean() - right[part].mean()) * len(part) for part in parts]
    return round(float(sum(gaps) / max(len(order), 1)), 4)

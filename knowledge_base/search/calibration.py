"""From features to probabilities: the fitted coefficients, in a versioned file that says where they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.search.find import FEATURES, RERANKED, Features, Found
from knowledge_base.search.fitting import Floats, Logistic, softmax

FORMAT = 2
FILE = Path(__file__).with_name("calibration.json")

#: What is more likely wrong than right is no answer, whatever precision is asked for.
LEAST = 0.5
#: How many options a customer is shown at most.
OPTIONS = 4
#: Of any weight; sums and powers of larger ones would be infinite, or no number at all.
LARGEST = 1e6
#: What the probability of the first candidate is computed from.
TOP_FEATURES = (
    "nearest",
    "lexical",
    "coverage",
    "variant",
    "intent",
    "share",
    "lead",
    "field",
    "apart",
    "nearest_lead",
    "lexical_lead",
    "coverage_lead",
)
#: A lead in fused score beyond these, over the second and over the fifth, says no more than "clearly first".
LEAD_CAP, FIELD_CAP = 4.0, 6.0
FIELD = 4
#: Of the distance from the others, in standard deviations of theirs; brings it near 0 to 1.
APART = 5.0


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place: fused score, and its share among all candidates (they sum to 1)."""

    found: Found
    score: float
    share: float


@dataclass(frozen=True)
class Calibration:
    """The weights behind a decision; one fitted with a reranker weighs its feature, too, in the last place.

    `fusion` ranks candidates; `first` gives the probability that the first one helps, `any_option` that one of
    the first four does. `curve` holds (threshold, precision, coverage) as seen while fitting.
    """

    version: str
    fusion: tuple[float, ...]
    first: Logistic
    any_option: Logistic
    curve: tuple[tuple[float, float, float], ...]
    about: dict[str, Any]

    @property
    def reads_reranker(self) -> bool:
        """Whether it was fitted on what a reranker says, too."""
        return len(self.fusion) > len(FEATURES)

    def rank(self, found: list[Found]) -> list[Ranked]:
        """Best first; equal scores by article id, so that every process gives the same order.

        Where no reranker has read them, they are ranked without its weight.
        """
        if not found:
            return []
        features = np.array([one.features for one in found])
        scores = features @ np.asarray(self.fusion)[: features.shape[1]]
        shares = softmax(scores)
        ranked = [
            Ranked(one, float(score), float(share))
            for one, score, share in zip(found, scores, shares, strict=True)
        ]
        return sorted(ranked, key=lambda one: (-one.score, one.found.record.id.int))

    def probabilities(self, ranked: list[Ranked]) -> tuple[float, ...]:
        """For each of the first four: that this is the article that helps."""
        if not ranked:
            return ()
        features = top_features(ranked)
        # Its share is how likely it is the one, if any article is: of two alike, none can be likely.
        first = min(self.first.probability(features), ranked[0].share)
        # What "one of the four" leaves over for the others is split by their shares.
        left = max(0.0, self.any_option.probability(features) - first)
        others = ranked[1:OPTIONS]
        whole = sum(one.share for one in others) or 1.0
        return (first, *(min(first, left * one.share / whole) for one in others))

    def threshold(self, precision: float) -> float:
        """From which probability to answer, so that this share of all answers helps.

        The lowest one above which that was so while fitting; an answer that is more likely wrong than right
        is never given, and where no threshold was precise enough, each answer must be as likely by itself.
        """
        kept = [edge for edge, seen, _ in self.curve if seen >= precision]
        return max(LEAST, min(kept)) if kept else max(LEAST, precision)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": self.version,
            "features": list(_features(self.reads_reranker)),
            "fusion": [round(weight, 5) for weight in self.fusion],
            "top_features": list(_top_features(self.reads_reranker)),
            "first": _logistic_json(self.first),
            "any_option": _logistic_json(self.any_option),
            "curve": [[round(value, 4) for value in point] for point in self.curve],
            "about": self.about,
        }

    def save(self, path: Path = FILE) -> None:
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")


def load_calibration(path: Path = FILE) -> Calibration:
    """Read the file.

    Raises:
        ValueError: the file was fitted for other features than today's code computes, or is damaged.
    """
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}; run python -m benchmarks.knowledge.fit") from error


def from_json(data: Any) -> Calibration:
    """What `Calibration.as_json` gave, checked through and through: it may come from a database.

    Raises:
        ValueError: it fits other features than today's code computes, or is damaged.
    """
    try:
        reads = RERANKED in data["features"]
        names, top = _features(reads), _top_features(reads)
        expected = (FORMAT, list(names), list(top))
        if (data["format"], data["features"], data["top_features"]) != expected:
            raise ValueError("it fits other features")
        return Calibration(
            version=str(data["version"])[:80],
            fusion=_numbers(data["fusion"], len(names)),
            first=_logistic(data["first"], len(top)),
            any_option=_logistic(data["any_option"], len(top)),
            curve=tuple(_point(point) for point in data["curve"]),
            about=dict(data["about"]),
        )
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("it is damaged") from error


def top_features(ranked: list[Ranked]) -> Floats:
    """What is known of the first candidate: its own features, and how it stands out among all.

    `share` is its share of the ranking, `lead` and `field` its lead over the second and the fifth, `apart`
    its distance from the others' mean; the other leads are over the best of the others in that feature.
    """
    first = ranked[0]
    features = np.array([one.found.features for one in ranked])
    reranked = features.shape[1] > len(FEATURES)
    named: dict[str, float] = dict(zip(_features(reranked), _as_floats(features[0]), strict=True))
    scores = np.array([one.score for one in ranked])
    named["share"] = first.share
    named["lead"] = named["field"] = named["apart"] = 1.0
    for name in ("nearest", "lexical", "coverage"):
        named[f"{name}_lead"] = named[name]
    if len(ranked) > 1:
        others = features[1:].max(axis=0)
        named["lead"] = min(first.score - scores[1], LEAD_CAP) / LEAD_CAP
        named["field"] = (
            min(first.score - scores[min(FIELD, len(scores) - 1)], FIELD_CAP) / FIELD_CAP
        )
        named["apart"] = (first.score - scores[1:].mean()) / (scores[1:].std() + 1e-2) / APART
        for name in ("nearest", "lexical", "coverage"):
            named[f"{name}_lead"] -= float(others[FEATURES.index(name)])
    named["apart"] = min(named["apart"], 1.0)
    return np.array([named[name] for name in _top_features(reranked)])


def _as_floats(features: Features) -> list[float]:
    return [float(value) for value in features]


def _features(reads_reranker: bool) -> tuple[str, ...]:
    return (*FEATURES, RERANKED) if reads_reranker else FEATURES


def _top_features(reads_reranker: bool) -> tuple[str, ...]:
    return (*TOP_FEATURES, RERANKED) if reads_reranker else TOP_FEATURES


def _logistic(data: dict[str, Any], count: int) -> Logistic:
    (intercept,) = _numbers([data["intercept"]], 1)
    return Logistic(intercept, _numbers(data["weights"], count))


def _point(values: Any) -> tuple[float, float, float]:
    edge, precision, coverage = _numbers(values, 3)
    return edge, precision, coverage


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    found = tuple(float(value) for value in values)
    if len(found) != count or not all(abs(one) <= LARGEST for one in found):
        raise ValueError(f"{count} numbers up to {LARGEST:.0f} were expected")
    return found


def _logistic_json(model: Logistic) -> dict[str, Any]:
    return {
        "intercept": round(model.intercept, 5),
        "weights": [round(weight, 5) for weight in model.weights],
    }

"""From features to probabilities: the fitted coefficients, in a versioned file that says where they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.fitting import Floats, Logistic, softmax
from knowledge_base.search import FEATURES, Features, Found

FORMAT = 1
FILE = Path(__file__).with_name("calibration.json")

#: How many options a customer is shown at most.
OPTIONS = 4
#: What the probability of the first candidate is computed from.
TOP_FEATURES = ("nearest", "lexical", "overlap", "intent", "lead", "share")
#: A lead in fused score beyond this says no more than "clearly first".
LEAD_CAP = 4.0


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place: fused score, and its share among all candidates (they sum to 1)."""

    found: Found
    score: float
    share: float


@dataclass(frozen=True)
class Calibration:
    """The weights behind a decision.

    `fusion` ranks candidates; `first` gives the probability that the first one helps, `any_option` that one of
    the first four does. `curve` holds (threshold, precision, coverage) as seen while fitting.
    """

    version: str
    fusion: tuple[float, ...]
    first: Logistic
    any_option: Logistic
    curve: tuple[tuple[float, float, float], ...]
    about: dict[str, Any]

    def rank(self, found: list[Found]) -> list[Ranked]:
        """Best first; equal scores by article id, so that every process gives the same order."""
        if not found:
            return []
        scores = np.array([one.features for one in found]) @ np.asarray(self.fusion)
        shares = softmax(scores)
        ranked = [
            Ranked(one, float(score), float(share))
            for one, score, share in zip(found, scores, shares, strict=True)
        ]
        return sorted(ranked, key=lambda one: (-one.score, str(one.found.record.id)))

    def probabilities(self, ranked: list[Ranked]) -> tuple[float, ...]:
        """For each of the first four: that this is the article that helps."""
        if not ranked:
            return ()
        features = top_features(ranked)
        first = self.first.probability(features)
        # What "one of the four" leaves over for the others is split by their shares.
        left = max(0.0, self.any_option.probability(features) - first)
        others = ranked[1:OPTIONS]
        whole = sum(one.share for one in others) or 1.0
        return (first, *(min(first, left * one.share / whole) for one in others))

    def threshold(self, precision: float) -> float:
        """From which probability to answer, for answers of which this share helps.

        Each answer has at least this probability; it is raised where answers above it turned out
        less precise than that while fitting.
        """
        kept = [edge for edge, seen, _ in self.curve if edge >= precision and seen >= precision]
        return max(precision, min(kept)) if kept else precision

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": self.version,
            "features": list(FEATURES),
            "fusion": [round(weight, 5) for weight in self.fusion],
            "top_features": list(TOP_FEATURES),
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
        ValueError: the file was fitted for other features than today's code computes.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    expected = (FORMAT, list(FEATURES), list(TOP_FEATURES))
    if (data["format"], data["features"], data["top_features"]) != expected:
        raise ValueError(f"{path.name} fits other features; run python -m knowledge_base.fit")
    return Calibration(
        version=data["version"],
        fusion=tuple(data["fusion"]),
        first=_logistic(data["first"]),
        any_option=_logistic(data["any_option"]),
        curve=tuple((edge, precision, coverage) for edge, precision, coverage in data["curve"]),
        about=data["about"],
    )


def top_features(ranked: list[Ranked]) -> Floats:
    """What is known of the first candidate: its own features, its lead over the second, its share."""
    named: dict[str, float] = dict(zip(FEATURES, _as_floats(ranked[0].found.features), strict=True))
    second = ranked[1].score if len(ranked) > 1 else ranked[0].score - LEAD_CAP
    named["lead"] = min(ranked[0].score - second, LEAD_CAP) / LEAD_CAP
    named["share"] = ranked[0].share
    return np.array([named[name] for name in TOP_FEATURES])


def _as_floats(features: Features) -> list[float]:
    return [float(value) for value in features]


def _logistic(data: dict[str, Any]) -> Logistic:
    return Logistic(data["intercept"], tuple(data["weights"]))


def _logistic_json(model: Logistic) -> dict[str, Any]:
    return {
        "intercept": round(model.intercept, 5),
        "weights": [round(weight, 5) for weight in model.weights],
    }

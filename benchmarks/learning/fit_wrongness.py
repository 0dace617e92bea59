"""`python -m benchmarks.learning.fit_wrongness`: the queue's shipped weights, fitted again on public data.

What a message alone says of being misread: confidence, margin, and whether its nearest examples speak for another
intent. Fitted on banking77, looked at on clinc150, which the fit does not see.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.learning.__main__ import FOLDER, scenes
from benchmarks.learning.days import learn, sharpness_of
from benchmarks.learning.orders import Morning, rows
from benchmarks.learning.scene import Scene
from benchmarks.machine import description
from encoder.encoder import Encoder
from encoder.kept import Vectors
from server.settings import load_settings
from training.benchmarks import sets
from training.benchmarks.bench import Bench
from training.review.evidence import NEAR_ENOUGH, VOTE
from training.review.reasons import Reason
from training.review.wrongness import FEATURES, SHIPPED

Numbers = NDArray[np.float64]

NAMES = ("always", "unsure", "close", str(Reason.MODELS_DISAGREE))
COLUMNS = [FEATURES.index(name) for name in NAMES]
SHOTS = (5, 10)
SEEDS = 3
#: Messages of each draw.
MOST = 2500
#: Ridge, on all but the first weight: a tenth of what one message weighs.
PENALTY = 0.1
STEPS = 50


@dataclass(frozen=True)
class Told:
    """Messages of one set: what speaks for a look, and whether the model had misread them."""

    rows: Numbers
    """(messages, NAMES)."""
    wrong: NDArray[np.bool_]

    def __add__(self, other: Told) -> Told:
        return Told(np.vstack([self.rows, other.rows]), np.append(self.wrong, other.wrong))


def draw(scene: Scene, shots: int, seed: int) -> Told:
    """Train on a few examples of each intent, and read others of the train part."""
    places = np.array(sets.draw(scene.train_intents, shots, seed), dtype=np.int64)
    others = np.setdiff1d(np.arange(len(scene.train)), places)
    np.random.default_rng(seed).shuffle(others)
    others = others[:MOST]
    names = [scene.train_intents[place] for place in places]
    model = learn(scene, places, names, sharpness_of(scene, places, names))
    probabilities = model.of(scene.train.vectors[others])
    morning = Morning(
        waiting=others,
        vectors=scene.train.vectors[others],
        probabilities=probabilities,
        intents=model.intents,
        taught_vectors=scene.train.vectors[places],
        taught_intents=tuple(names),
        seen=(),
        random=np.random.default_rng(seed),
    )
    read = [model.intents[one] for one in probabilities.argmax(axis=1)]
    truth = [scene.train_intents[place] for place in others]
    return Told(rows(morning)[:, COLUMNS], np.array(read) != np.array(truth))


def gather(scene: Scene, seeds: int) -> Told:
    """All draws of one set."""
    told = Told(np.zeros((0, len(NAMES))), np.zeros(0, dtype=np.bool_))
    for shots in SHOTS:
        for seed in range(1, seeds + 1):
            told += draw(scene, shots, seed)
    return told


def fit(told: Told) -> Numbers:
    """The weights of a logistic regression, in the order of `NAMES`, by Newton's method."""
    weights = np.zeros(told.rows.shape[1])
    ridge = PENALTY * np.eye(len(weights))
    ridge[0, 0] = 0.0
    for _ in range(STEPS):
        chance = chances(told.rows, weights)
        gradient = told.rows.T @ (chance - told.wrong) + ridge @ weights
        curve = told.rows.T @ (told.rows * (chance * (1.0 - chance))[:, None]) + ridge
        step = np.linalg.solve(curve, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def chances(of: Numbers, weights: Numbers) -> Numbers:
    found: Numbers = 1.0 / (1.0 + np.exp(-np.clip(of @ weights, -40.0, 40.0)))
    return found


def area(scores: Numbers, wrong: NDArray[np.bool_]) -> float:
    """The area under the ROC curve: how often a misread message scores higher than a right one, ties half."""
    ordered = np.sort(scores[~wrong])
    below = np.searchsorted(ordered, scores[wrong], "left")
    same = np.searchsorted(ordered, scores[wrong], "right") - below
    return float((below + same / 2).mean() / len(ordered))


def page(fitted: Told, looked_at: Told, weights: Numbers, seeds: int) -> list[str]:
    """Markdown: the fitted weights beside the shipped ones, and what both are worth on the set not seen."""
    shipped = np.array([SHIPPED[name] for name in NAMES])
    both = fitted + looked_at
    speaks = both.rows[:, -1] == 1.0
    lines = [
        f"Fitted on {len(fitted.wrong):,} messages of banking77, looked at on {len(looked_at.wrong):,} of "
        f"clinc150: {SHOTS[0]} and {SHOTS[1]} examples an intent, seeds 1 to {seeds}, at most {MOST:,} messages a "
        f"draw. {100 * fitted.wrong.mean():.1f} and {100 * looked_at.wrong.mean():.1f} % of them were misread.",
        "",
        "| log odds of being misread | fitted | shipped |",
        "|---|---|---|",
        *(
            f"| {name} | {found:+.2f} | {kept:+.1f} |"
            for name, found, kept in zip(NAMES, weights, shipped, strict=True)
        ),
        "",
        "| area under the ROC curve on clinc150 | |",
        "|---|---|",
    ]
    for name, chosen in (("fitted", weights), ("shipped", shipped)):
        lines.append(f"| {name} | {area(looked_at.rows @ chosen, looked_at.wrong):.4f} |")
    unsure = looked_at.rows[:, NAMES.index("unsure")]
    lines += [
        f"| confidence alone | {area(unsure, looked_at.wrong):.4f} |",
        "",
        f"The nearest examples speak for another intent (nearest {NEAR_ENOUGH} or nearer, {100 * VOTE:.0f} % "
        f"agreed) in {100 * speaks.mean():.1f} % of the messages of both sets; of those "
        f"{100 * both.wrong[speaks].mean():.0f} % were misread, of the others "
        f"{100 * both.wrong[~speaks].mean():.0f} %.",
    ]
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--out", type=Path, default=FOLDER)
    wanted = parser.parse_args(arguments)
    wanted.out.mkdir(parents=True, exist_ok=True)
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    bench = Bench(Vectors(encoder, settings.var / "bench" / "vectors", print), print)
    banking, clinc = scenes(bench)
    fitted, looked_at = gather(banking, wanted.seeds), gather(clinc, wanted.seeds)
    lines = ["# What makes a message look misread", "", description(), ""]
    lines += page(fitted, looked_at, fit(fitted), wanted.seeds)
    text = "\n".join(lines) + "\n"
    (wanted.out / "wrongness.md").write_text(text, "utf-8")
    bench.say(text)


if __name__ == "__main__":
    main()

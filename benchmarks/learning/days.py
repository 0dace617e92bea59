"""The days: a model each night, 20 labels each day, and how well the model of each night reads the test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.learning.orders import Morning, Order, rows
from benchmarks.learning.scene import A_DAY, DAYS, Month, Scene
from training.benchmarks.heads import PLAIN_C
from training.benchmarks.metrics import places_of
from understanding.intents import calibrate, folds
from understanding.logistic import fit_softmax, softmax

FOLDS = 5
STEPS = 80
"""Of the optimiser, at most."""
SHARE = 0.95
"""Of full-data accuracy."""
LATER = 5
"""After the month a model is made every so many days, until `SHARE` is reached."""


@dataclass(frozen=True)
class Model:
    intents: tuple[str, ...]
    weights: NDArray[np.float64]
    biases: NDArray[np.float64]
    sharpness: float

    def of(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """(messages, intents), probabilities."""
        return softmax(self.sharpness * (vectors @ self.weights + self.biases))


@dataclass(frozen=True)
class Curve:
    """One run: accuracy on the test part after so many labels, the beginning included."""

    labels: tuple[int, ...]
    accuracy: tuple[float, ...]
    reached: int | None
    """Labels with which `SHARE` of full-data accuracy was reached, the first examples not counted; None: never."""

    def area(self, until: int) -> float:
        """The mean accuracy while the labels grow to `until`, by trapezoids."""
        kept = [(x, y) for x, y in zip(self.labels, self.accuracy, strict=True) if x <= until]
        width = kept[-1][0] - kept[0][0]
        return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(kept)) / width


def learn(
    scene: Scene, places: NDArray[np.int64], names: list[str], sharpness: float = 1.0
) -> Model:
    """The head of sentence vectors, trained on these messages under these names."""
    known = tuple(sorted(set(scene.train_intents)))
    weights, biases = fit_softmax(
        scene.train.vectors[places],
        places_of(names, known),
        len(known),
        penalty=1.0 / (PLAIN_C * len(places)),
        steps=STEPS,
    )
    return Model(known, weights, biases, sharpness)


def sharpness_of(scene: Scene, places: NDArray[np.int64], names: list[str]) -> float:
    """How much surer than its own numbers the model may be, by examples it did not learn from."""
    known = tuple(sorted(set(scene.train_intents)))
    labels = places_of(names, known)
    logits = np.zeros((len(places), len(known)))
    for held in folds(labels, FOLDS, seed=0):
        kept = np.setdiff1d(np.arange(len(places)), held)
        model = learn(scene, places[kept], [names[one] for one in kept])
        logits[held] = scene.train.vectors[places[held]] @ model.weights + model.biases
    return calibrate(logits, labels)


def right(scene: Scene, model: Model) -> float:
    """The share of the test part that is read right."""
    truth = places_of(scene.test_intents, model.intents)
    return float(np.mean(model.of(scene.test.vectors).argmax(axis=1) == truth))


def live(
    scene: Scene,
    days: Month,
    order: Order,
    seed: int,
    *,
    goal: float,
    errs: float = 0.0,
    say: Callable[[str], None] = lambda _: None,
    most: int = 4 * DAYS,
) -> Curve:
    """A month, and then on until the goal (an accuracy) is reached, `most` days at the latest.

    With `errs` the trainer gives so many labels wrongly: the model's best guess among the other intents, which is
    what a person takes it for.
    """
    random = np.random.default_rng(1000 + seed)
    places, names = list(days.start), [scene.train_intents[place] for place in days.start]
    sharpness = sharpness_of(scene, np.array(places), names)
    model = learn(scene, np.array(places), names, sharpness)
    seen: list[tuple[NDArray[np.float64], bool]] = []
    waiting: list[int] = []
    labels, accuracy, reached = [0], [right(scene, model)], None
    for day in range(most):
        if day < len(days.came):
            waiting += days.came[day]
        here = np.array(waiting, dtype=np.int64)
        morning = Morning(
            waiting=here,
            vectors=scene.train.vectors[here],
            probabilities=model.of(scene.train.vectors[here]),
            intents=model.intents,
            taught_vectors=scene.train.vectors[np.array(places)],
            taught_intents=tuple(names),
            seen=seen,
            random=random,
        )
        chosen = order(morning, A_DAY) if waiting else []
        told = rows(morning, chosen, second=False)
        for number, place in enumerate(chosen):
            truth = scene.train_intents[here[place]]
            guesses = morning.probabilities[place].argsort()[::-1]
            guess = model.intents[guesses[0]]
            others = [model.intents[one] for one in guesses[:3] if model.intents[one] != truth]
            given = others[0] if errs and random.random() < errs else truth
            seen.append((told[number], guess != given))
            places.append(int(here[place]))
            names.append(given)
        gone = {int(here[place]) for place in chosen}
        waiting = [place for place in waiting if place not in gone]
        if day >= DAYS and (day + 1) % LATER:
            continue
        model = learn(scene, np.array(places), names, sharpness)
        labels.append(len(places) - len(days.start))
        accuracy.append(right(scene, model))
        if accuracy[-1] >= goal and reached is None:
            reached = labels[-1]
        say(f"day {day + 1}: {len(places)} examples, {100 * accuracy[-1]:.1f} %")
        if (day + 1 >= DAYS and reached is not None) or (day >= len(days.came) and not waiting):
            break
    return Curve(tuple(labels), tuple(accuracy), reached)

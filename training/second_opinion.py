"""Whether a second opinion helps, judged on examples that neither encoder nor classifiers had seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.comparing.noise import chance
from understanding.intents import calibrate, folds
from understanding.logistic import Array, softmax
from understanding.second_opinion import mix

#: What the second opinion may count. Three, so that little is chosen.
WEIGHTS = (0.3, 0.5, 0.7)
#: It must bring this many points of accuracy, with a chance below this between equally good models: one
#: encoder more costs 5 ms a message and 90 MB.
GAIN, CHANCE = 0.5, 0.2
SEED = 11


@dataclass(frozen=True)
class Held:
    """Examples held out, with both opinions on them."""

    labels: NDArray[np.int64]
    first: Array
    """(examples, intents), probabilities that are calibrated already."""
    second: Array
    """(examples, intents), logits."""

    def take(self, places: NDArray[np.int64]) -> Held:
        return Held(self.labels[places], self.first[places], self.second[places])

    def mixed(self, setting: Setting) -> Array:
        """Return both opinions in one."""
        return mix(self.first, softmax(setting.sharpness * self.second), setting.weight)

    @classmethod
    def together(cls, parts: Sequence[Held]) -> Held:
        """Return several rounds' examples as one."""
        return cls(
            np.concatenate([part.labels for part in parts]),
            np.vstack([part.first for part in parts]),
            np.vstack([part.second for part in parts]),
        )


@dataclass(frozen=True)
class Setting:
    weight: float
    sharpness: float


@dataclass(frozen=True)
class Verdict:
    """Right answers among the held-out examples, in per cent, without and with a second opinion."""

    held_out: int
    before: float
    after: float
    chance: float
    """How likely so uneven a change is between equally good classifiers (exact McNemar test)."""
    setting: Setting
    """Chosen on all held-out examples; the figures are of halves, each judged by the other's."""

    @property
    def points(self) -> float:
        return self.after - self.before

    @property
    def helps(self) -> bool:
        return self.points >= GAIN and self.chance < CHANCE

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as they stand in `adapted.json`."""
        return {
            "held_out": self.held_out,
            "before": round(self.before, 2),
            "after": round(self.after, 2),
            "chance": round(self.chance, 4),
        }


def choose(held: Held) -> Setting:
    """Return the sharpness that calibrates the second opinion, and the weight of the least log loss."""
    sharpness = calibrate(held.second, held.labels)

    def loss(weight: float) -> float:
        mixed = held.mixed(Setting(weight, sharpness))
        chosen = mixed[np.arange(len(held.labels)), held.labels]
        return -float(np.mean(np.log(np.maximum(chosen, 1e-300))))

    return Setting(min(WEIGHTS, key=loss), sharpness)


def judge(held: Held) -> Verdict:
    """Compare on each half of the examples, with the setting that the other half chose.

    So no example is judged with what was chosen on it.
    """
    right = held.first.argmax(axis=1) == held.labels
    with_second = np.zeros(len(right), dtype=bool)
    one, other = folds(held.labels, 2, SEED)
    for judged, chosen_on in ((one, other), (other, one)):
        mixed = held.take(judged).mixed(choose(held.take(chosen_on)))
        with_second[judged] = mixed.argmax(axis=1) == held.labels[judged]
    return Verdict(
        len(right),
        100 * float(np.mean(right)),
        100 * float(np.mean(with_second)),
        chance(right.tolist(), with_second.tolist()),
        choose(held),
    )

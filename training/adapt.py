"""Tune the intent encoder on the house's own examples, and keep it only when it helps."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from encoder.adapted import Adapted
from encoder.manifest import read_manifest
from encoder.tune import EPOCHS, steps_for
from server.errors import AdaptingTooLong, Invalid
from training.nlu_files import NluFolder
from training.second_opinion import Held, Verdict, judge
from training.tuning import Encodes, Tunes
from understanding import second_opinion
from understanding.intents import DECIDED_ELSEWHERE, folds, train
from understanding.lessons import COPIES
from understanding.logistic import Array

MINUTES = 30.0
#: Of every intent's examples one in so many is held out in each round.
PARTS = 5
SEED = 3
#: Rounds, each holding out another fifth, and epochs: the first that fits into the time is taken.
PLANS = ((2, EPOCHS), (1, EPOCHS), (1, 1))
#: Seconds of a round that are neither tuning nor encoding: export, and the classifiers' training.
REST = 90.0
#: A plan may fill this part of the time; the machine may be busier later.
FILLED = 0.8
#: With fewer examples the comparison could not tell half a point from luck.
LEAST = 200
TIMED = 20


class TooFewExamples(Invalid):
    code, message = "too_few_examples", "There are too few examples to tell whether adapting helps."


class Voice(Protocol):
    """Where it says what it does."""

    def say(self, text: str) -> None: ...

    def progress(self, what: str, done: int, steps: int) -> None: ...


@dataclass(frozen=True)
class Examples:
    """What the classifier learns: ordered by intent and text, each once."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: NDArray[np.int64]) -> Examples:
        return Examples(
            tuple(self.texts[place] for place in places),
            tuple(self.intents[place] for place in places),
        )


@dataclass(frozen=True)
class Outcome:
    """`kept` is None where the second opinion does not help."""

    verdict: Verdict
    kept: Adapted | None
    seconds: float


def read_examples(nlu: NluFolder) -> Examples:
    """Return the house's examples, without what a component of its own decides.

    Raises:
        NotReadable: a file is not in the form that is kept here.
    """
    rows = sorted({(one.intent, one.text) for one in nlu.examples()})
    rows = [row for row in rows if row[0] not in DECIDED_ELSEWHERE]
    return Examples(tuple(text for _, text in rows), tuple(intent for intent, _ in rows))


@dataclass(frozen=True)
class Workplace:
    """Encoder folders and tools; `base` serves, in `base_folder`."""

    base: Encodes
    base_folder: Path
    target: Path
    tuning: Tunes
    voice: Voice
    today: Callable[[], datetime]
    now: Callable[[], float] = time.monotonic


def adapt(examples: Examples, place: Workplace, *, minutes: float = MINUTES) -> Outcome:
    """Judge on held-out examples whether a tuned encoder helps; if so, tune on all and keep that one.

    What was kept before stays until a new one is kept.

    Raises:
        TooFewExamples: fewer than `LEAST`, or fewer than two of some intent's.
        AdaptingTooLong: no plan fits into the time, or the machine became too slow on the way.
    """
    return _Adaptation(examples, place, 60 * minutes).run()


class _Adaptation:
    def __init__(self, examples: Examples, place: Workplace, limit: float) -> None:
        self._examples = examples
        self._place = place
        self._limit = limit
        self._started = place.now()
        names = sorted(set(examples.intents))
        counts = {name: examples.intents.count(name) for name in names}
        if len(examples) < LEAST or min(counts.values(), default=0) < 2:
            raise TooFewExamples(
                f"Adapting needs {LEAST} examples or more, and two or more of each intent; there are "
                f"{len(examples)}."
            )
        self._labels = np.array([names.index(intent) for intent in examples.intents])

    def run(self) -> Outcome:
        place = self._place
        rounds, epochs = self._plan()
        vectors = place.base.encode_many(self._examples.texts)
        parts = list(folds(self._labels, PARTS, SEED))[:rounds]
        held = [
            self._round(f"round {number} of {rounds}", part, vectors, epochs)
            for number, part in enumerate(parts, start=1)
        ]
        verdict = judge(Held.together(held))
        if not verdict.helps:
            return Outcome(verdict, None, self._spent())
        place.voice.say("It helps: tuning on all examples.")
        steps = steps_for(len(self._examples), epochs)
        self._tuned(place.target, "all examples", self._examples, steps)
        kept = Adapted(
            base=read_manifest(place.base_folder).source_sha256,
            encoder=read_manifest(place.target).source_sha256,
            weight=verdict.setting.weight,
            sharpness=verdict.setting.sharpness,
            examples=len(self._examples),
            seconds=round(self._spent(), 1),
            date=place.today().date().isoformat(),
            figures={**verdict.as_dict(), "rounds": rounds, "epochs": epochs},
        )
        kept.write(place.target)
        return Outcome(verdict, kept, self._spent())

    def _plan(self) -> tuple[int, int]:
        """Return rounds and epochs that fit into the time, by the pace of the first steps."""
        place, examples = self._place, self._examples
        begun = place.now()
        place.base.encode_many(examples.texts[:TIMED])
        encoding = (place.now() - begun) / min(TIMED, len(examples))
        step = place.tuning.pace(examples.texts, examples.intents)
        texts = len(examples) + min(COPIES, len(examples))
        needed = 0.0
        for rounds, epochs in PLANS:
            steps = steps_for(len(examples), epochs)
            needed = self._spent() + 2 * texts * encoding
            needed += (rounds + 1) * (steps * step + texts * encoding) + rounds * REST
            if needed <= FILLED * self._limit:
                place.voice.say(
                    f"{len(examples)} examples; {rounds} x {1 / PARTS:.0%} held out, {epochs} epochs; "
                    f"about {needed / 60:.0f} minutes."
                )
                return rounds, epochs
        raise AdaptingTooLong(
            f"Adapting would take about {needed / FILLED / 60:.0f} minutes here and now, and may take "
            f"{self._limit / 60:.0f}. Allow more with --minutes, or try when the machine is idle."
        )

    def _round(
        self, what: str, held: NDArray[np.int64], vectors: NDArray[np.float32], epochs: int
    ) -> Held:
        """Return both opinions on a part, by encoders and classifiers that learned from the others."""
        place = self._place
        learned = np.setdiff1d(np.arange(len(self._examples)), held)
        known, asked = self._examples.take(learned), self._examples.take(held)
        steps = steps_for(len(known), epochs)
        with tempfile.TemporaryDirectory(prefix="handrail-adapt-") as work:
            tuned = self._tuned(Path(work) / "round", what, known, steps)
            second = second_opinion.learn(
                known.texts,
                tuned.encode_many(known.texts),
                known.intents,
                encode=tuned.encode_many,
                sharpness=1.0,
            )
            seen = second.probabilities_of_many(asked.texts, tuned.encode_many(asked.texts))
        first = train(
            known.texts, vectors[learned], known.intents, encode=place.base.encode_many
        ).model.probabilities_of_many(asked.texts, vectors[held])
        self._check()
        found = Held(self._labels[held], first, logarithms(seen))
        right = [float(np.mean(table.argmax(1) == found.labels)) for table in (first, seen)]
        place.voice.say(
            f"{what}: {100 * right[0]:.1f} % right, the tuned encoder alone {100 * right[1]:.1f} %."
        )
        return found

    def _tuned(self, folder: Path, what: str, examples: Examples, steps: int) -> Encodes:
        def progress(done: int, of: int) -> None:
            self._check()
            self._place.voice.progress(what, done, of)

        return self._place.tuning.make(folder, examples.texts, examples.intents, steps, progress)

    def _spent(self) -> float:
        return self._place.now() - self._started

    def _check(self) -> None:
        if self._spent() > self._limit:
            raise AdaptingTooLong(
                f"Stopped after {self._limit / 60:.0f} minutes, nothing was changed: the machine is "
                "slower than at the start. Allow more with --minutes, or try when it is idle."
            )


def logarithms(probabilities: Array) -> Array:
    """Return logits with these probabilities."""
    return np.asarray(np.log(np.maximum(probabilities, 1e-300)), dtype=np.float64)

"""banking77 with all or few examples, read with and without an encoder that was tuned on them."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.tune import steps_for
from server.settings import load_settings
from training.benchmarks import metrics, sets
from training.benchmarks.bench import Bench, listed
from training.benchmarks.compare import Guesses, Result, classification
from training.benchmarks.heads import Answer, Examples
from training.second_opinion import Setting
from training.tuning import Tunes, Tuning
from understanding import second_opinion

#: A tuning takes minutes, so fewer than without.
DRAWS = 3
#: As `training.second_opinion.choose` found them on rows of train that draw 1 with 10 examples per intent
#: had left over. `./handrail nlu adapt` finds its own on the house's examples.
SETTING = Setting(0.7, 1.45)


def run(folder: Path, bench: Bench, shots: int | None, tuning: Tunes | None = None) -> Result:
    """Train on random draws of `shots` examples per intent, or on all, without and with a second opinion."""
    tunes = tuning or Tuning(load_settings().encoder_source)
    train, test = sets.banking77(folder)
    everything = bench.examples("banking77 train", train.texts)
    asked = bench.examples("banking77 test", test.texts)
    intents = sorted(set(train.intents))
    truth = metrics.places_of(test.intents, intents)
    without: list[Answer] = []
    with_second: list[Answer] = []
    size = "all examples" if shots is None else f"{shots}-shot"
    subject, seeds = f"banking77, {size}, tuned encoder beside", bench.seeds(DRAWS if shots else 1)
    seconds = 0.0
    for seed in seeds:
        places = np.array(sets.draw(train.intents, shots or len(train), seed))
        learned, names = everything.take(places), [train.intents[place] for place in places]
        first = bench.heads.ours.fit(learned, names, None).answer(asked)
        began = time.monotonic()
        second = _second(tunes, learned, names, asked)
        seconds += time.monotonic() - began
        without.append(first)
        mixed = second_opinion.mix(first.probabilities, second, SETTING.weight)
        with_second.append(Answer(mixed, mixed.max(axis=1)))
        right = [
            float(np.mean(one.probabilities.argmax(1) == truth)) for one in (first, with_second[-1])
        ]
        bench.say(
            f"{subject}: draw {seed} of {len(seeds)} done, {100 * right[0]:.1f} and {100 * right[1]:.1f} %"
        )
    found = classification(
        subject, truth, Guesses.of(without), Guesses.of(with_second), len(intents), ""
    )
    note = (
        f"{subject}: the first figure is Handrail's without, the second with a second opinion by an encoder "
        f"tuned on the same draw (`./handrail nlu adapt`; weight {SETTING.weight:g}, sharpness "
        f"{SETTING.sharpness:g}, both from rows of train that draw 1 left over). Mean over draws with seeds "
        f"{listed(seeds)}; tuning, export and reading took {seconds / len(seeds) / 60:.0f} minutes a draw."
    )
    return Result(tuple(found), (), (note,))


def _second(
    tuning: Tunes, learned: Examples, names: list[str], asked: Examples
) -> NDArray[np.float64]:
    """Return the tuned encoder's opinion on the messages."""
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as work:
        encoder = tuning.make(
            Path(work) / "tuned", learned.texts, names, steps_for(len(names)), _silent
        )
        model = second_opinion.learn(
            learned.texts,
            encoder.encode_many(learned.texts),
            names,
            encode=encoder.encode_many,
            sharpness=SETTING.sharpness,
        )
        return model.probabilities_of_many(asked.texts, encoder.encode_many(asked.texts))


def _silent(done: int, steps: int) -> None:
    """The draws are told, not the steps."""

"""banking77: all examples, few examples, and slips of the keyboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.benchmarks import metrics, sets
from training.benchmarks.bench import Bench, Pair, listed
from training.benchmarks.compare import (
    Comparison,
    Costs,
    Guesses,
    Result,
    classification,
    mean_cost,
)
from training.benchmarks.heads import Answer, Cost, Examples

FULL = "BERT 93.7; 94.4–94.9 claimed (second-hand)"
FEW = {10: "ICDA 89.8", 5: "ICDA 84.0"}
SLIPS = (0.15, 0.30)
SLIP_SEEDS = 5
DRAWS = 10


def full(folder: Path, bench: Bench) -> Result:
    """Train on all of train; test as it is, and with slips in the test messages."""
    train, test = sets.banking77(folder)
    examples = bench.examples("banking77 train", train.texts)
    fitted, cost = bench.fit(examples, train.intents)
    bench.say("banking77: both trained")
    intents = fitted.plain.intents
    truth = metrics.places_of(test.intents, intents)

    def compare(subject: str, asked: list[Examples], published: str) -> list[Comparison]:
        plain = Guesses.of([fitted.plain.answer(one) for one in asked])
        ours = Guesses.of([fitted.ours.answer(one) for one in asked])
        return classification(subject, truth, plain, ours, len(intents), published)

    found = compare("banking77", [bench.examples("banking77 test", test.texts)], FULL)
    seeds = bench.seeds(SLIP_SEEDS)
    for p in SLIPS:
        subject = f"banking77, typos p = {p:.2f}"
        asked = [
            bench.examples(f"{subject}, seed {seed}", sets.with_typos(folder, test.texts, p, seed))
            for seed in seeds
        ]
        found += compare(subject, asked, "")
    note = (
        f"banking77 with typos: trained on clean messages; mean over seeds {listed(seeds)} of the "
        "set's `typos.py`, in test messages only."
    )
    return Result(tuple(found), (Costs("banking77", len(train), cost.plain, cost.ours),), (note,))


def few(folder: Path, bench: Bench, shots: int) -> Result:
    """Train on random draws of `shots` examples per intent; test on all of test."""
    train, test = sets.banking77(folder)
    everything = bench.examples("banking77 train", train.texts)
    asked = bench.examples("banking77 test", test.texts)
    intents = sorted(set(train.intents))
    truth = metrics.places_of(test.intents, intents)
    answers: Pair[list[Answer]] = Pair([], [])
    costs: Pair[list[Cost]] = Pair([], [])
    subject, seeds, size = f"banking77, {shots}-shot", bench.seeds(DRAWS), 0
    for seed in seeds:
        places = np.array(sets.draw(train.intents, shots, seed))
        fitted, cost = bench.fit(everything.take(places), [train.intents[p] for p in places])
        answers.plain.append(fitted.plain.answer(asked))
        answers.ours.append(fitted.ours.answer(asked))
        costs.plain.append(cost.plain)
        costs.ours.append(cost.ours)
        size = len(places)
        bench.say(f"{subject}: draw {seed} of {len(seeds)} done")
    plain, ours = Guesses.of(answers.plain), Guesses.of(answers.ours)
    found = classification(subject, truth, plain, ours, len(intents), FEW[shots])
    note = (
        f"{subject}: mean over random draws with seeds {listed(seeds)} (`draw` in "
        "training/benchmarks/sets.py); standard deviation of accuracy between draws: "
        f"{_spread(plain, truth):.1f} points (plain head), {_spread(ours, truth):.1f} (Handrail)."
    )
    cost_row = Costs(subject, size, mean_cost(costs.plain), mean_cost(costs.ours))
    return Result(tuple(found), (cost_row,), (note,))


def _spread(guesses: Guesses, truth: np.typing.NDArray[np.int64]) -> float:
    return 100 * float(np.std(np.mean(guesses.chosen == truth, axis=1), ddof=1))

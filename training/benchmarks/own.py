"""The starter data by cross-validation: figures, a table of each intent, and what is taken for what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from training.benchmarks import confusions, metrics, starter
from training.benchmarks.bench import Bench, Pair
from training.benchmarks.compare import Costs, Guesses, Result, classification, mean_cost
from training.benchmarks.heads import Answer, Cost, OurIntents
from understanding.intents import folds

SUBJECT = "data/nlu"
PARTS = 5
SEED = 7
PAGE, PICTURE = "nlu-intents.md", "nlu-confusions.svg"


def run(bench: Bench, nlu: Path = starter.NLU) -> Result:
    """Ask each example of a classifier that learned from four fifths without it."""
    data = starter.read(nlu)
    examples = bench.examples(SUBJECT, data.texts)
    names = np.array(data.intents)
    intents = tuple(sorted(set(data.intents)))
    truth = metrics.places_of(data.intents, intents)
    heads = bench.chosen or Pair(bench.heads.plain, OurIntents(bench.encode))
    school = replace(bench, chosen=heads)
    seen = Pair(np.zeros((len(data), len(intents))), np.zeros((len(data), len(intents))))
    costs: Pair[list[Cost]] = Pair([], [])
    for number, held in enumerate(folds(truth, PARTS, SEED), start=1):
        kept = np.setdiff1d(np.arange(len(data)), held)
        fitted, cost = school.fit(examples.take(kept), names[kept].tolist())
        columns = metrics.places_of(fitted.plain.intents, intents)
        seen.plain[np.ix_(held, columns)] = fitted.plain.answer(examples.take(held)).probabilities
        seen.ours[np.ix_(held, columns)] = fitted.ours.answer(examples.take(held)).probabilities
        costs.plain.append(cost.plain)
        costs.ours.append(cost.ours)
        bench.say(f"{SUBJECT}: part {number} of {PARTS} done")
    plain, ours = (
        Guesses.of([Answer(table, table.max(axis=1))]) for table in (seen.plain, seen.ours)
    )
    found = classification(SUBJECT, truth, plain, ours, len(intents), "")
    called = confusions.Called(intents, truth, plain.chosen[0], ours.chosen[0])
    note = (
        f"data/nlu: {len(data):,} starter examples of {len(intents)} intents, out_of_scope among them, in "
        f"{PARTS} parts (seed {SEED}), each asked of heads that learned from the others; misspelt copies "
        "are made of the learned examples only. foreign_language is decided by a component of its own "
        f"and left out. Each intent: [{PAGE}]({PAGE})."
    )
    row = Costs(
        SUBJECT, len(data) * (PARTS - 1) // PARTS, *map(mean_cost, (costs.plain, costs.ours))
    )
    files = {PAGE: confusions.page(called, PICTURE), PICTURE: confusions.picture(called)}
    return Result(tuple(found), (row,), (note,), files)

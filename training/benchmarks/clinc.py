"""clinc150: intents, and messages that belong to none of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.benchmarks import metrics, sets
from training.benchmarks.bench import Bench, Pair
from training.benchmarks.compare import Comparison, Costs, Guesses, Result, classification, pairs
from training.benchmarks.heads import Answer
from training.benchmarks.metrics import Floats, Labels
from training.benchmarks.thresholds import at_most_rejected

SUBJECT = "clinc150"
#: In-scope validation messages that the threshold may reject.
REJECTED = 0.05
IN_SCOPE = "BERT 96.9; Rasa (2019) 91.5"
RECALL = "BERT 40–52; Rasa (2019) 45.3; plain head and neighbours added 88.3"
AUROC = "plain head and neighbours added .978"


def run(folder: Path, bench: Bench) -> Result:
    """Train on train (ours with its 100 messages out of scope), choose on validation, test."""
    data = sets.clinc150(folder)
    examples = bench.examples("clinc150 train", data.train.texts)
    outside = bench.examples("clinc150 train, out of scope", data.outside_train)
    fitted, cost = bench.fit(examples, data.train.intents, Pair(None, outside))
    bench.say("clinc150: both trained")
    validation = bench.examples("clinc150 validation", data.validation.texts)
    test = bench.examples("clinc150 test", data.test.texts)
    strange = bench.examples("clinc150 test, out of scope", data.outside_test)
    threshold = Pair(
        at_most_rejected(fitted.plain.answer(validation).scope, REJECTED),
        at_most_rejected(fitted.ours.answer(validation).scope, REJECTED),
    )
    inside = Pair(fitted.plain.answer(test), fitted.ours.answer(test))
    beyond = Pair(fitted.plain.answer(strange).scope, fitted.ours.answer(strange).scope)
    intents = fitted.plain.intents
    truth = metrics.places_of(data.test.intents, intents)
    found = classification(
        f"{SUBJECT}, in scope",
        truth,
        Guesses.of([inside.plain]),
        Guesses.of([inside.ours]),
        len(intents),
        IN_SCOPE,
    )
    found += _scope(truth, inside, beyond, threshold)
    note = (
        f"clinc150: thresholds on the scope score reject at most {REJECTED:.0%} of the in-scope validation "
        f"messages: {threshold.plain:.4f} (plain head: highest probability), {threshold.ours:.4f} (Handrail). "
        "Accuracy in scope is without a threshold; with it, rejected messages count as wrong. "
        "Handrail trains with the set's 100 training messages out of scope, which the plain head "
        "cannot use."
    )
    return Result(tuple(found), (Costs(SUBJECT, len(data.train), cost.plain, cost.ours),), (note,))


def _scope(
    truth: Labels, inside: Pair[Answer], beyond: Pair[Floats], threshold: Pair[float]
) -> list[Comparison]:
    def of(answer: Answer, outside: Floats, least: float, rows: Labels, others: Labels) -> Floats:
        scores, away = answer.scope[rows], outside[others]
        kept = scores >= least
        right = answer.probabilities.argmax(axis=1)[rows] == truth[rows]
        return np.array(
            [
                np.mean(away < least),
                metrics.auroc(scores, away),
                np.mean(~kept),
                np.mean(right & kept),
            ]
        )

    measures = [
        ("out-of-scope recall", RECALL),
        ("out-of-scope AUROC", AUROC),
        ("in-scope test messages rejected", ""),
        ("in-scope accuracy with threshold", ""),
    ]
    return pairs(
        f"{SUBJECT}, scope",
        measures,
        lambda rows, others: (
            of(inside.plain, beyond.plain, threshold.plain, rows, others),
            of(inside.ours, beyond.ours, threshold.ours, rows, others),
        ),
        len(truth),
        len(beyond.plain),
    )

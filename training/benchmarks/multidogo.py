"""multidogo: turns of human service chats, most of them no request but an answer to a question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.benchmarks import metrics, sets
from training.benchmarks.bench import Bench
from training.benchmarks.compare import Costs, Guesses, Result, classification

DOMAINS = ("finance", "software", "airline")
#: Where a figure is known it is of another part: the sets' test files are not in the folder.
PUBLISHED = {
    "finance": "plain head on the test file about .69",
    "software": "plain head on the test file about .66",
    "airline": "",
}


def run(domain: str, folder: Path, bench: Bench) -> Result:
    """Train on train, ask dev; every turn is read alone, without what was said before it."""
    train, dev = sets.multidogo(folder, domain)
    subject = f"multidogo {domain}"
    fitted, cost = bench.fit(bench.examples(f"{subject} train", train.texts), train.intents)
    bench.say(f"{subject}: both trained")
    asked = bench.examples(f"{subject} dev", dev.texts)
    intents = fitted.plain.intents
    found = classification(
        subject,
        metrics.places_of(dev.intents, intents),
        Guesses.of([fitted.plain.answer(asked)]),
        Guesses.of([fitted.ours.answer(asked)]),
        # An intent that only dev has is one more, and never found.
        len(intents) + 1,
        "",
    )
    published = {"macro-F1": PUBLISHED[domain]}
    rows = tuple(replace(row, published=published.get(row.measure, "")) for row in found)
    note = (
        f"{subject} (Peskov et al. 2019, CDLA-Permissive 1.0): {len(train):,} turns of customers to "
        f"train on, {len(dev):,} of dev, {len(intents)} intents; a turn with several labels counts as "
        "the first, rows that are not whole are left out. Most turns answer what an agent asked, and "
        "are read here without it."
    )
    return Result(rows, (Costs(subject, len(train), cost.plain, cost.ours),), (note,))

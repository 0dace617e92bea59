"""`python -m benchmarks.learning`: the months on banking77 and clinc150, into docs/benchmarks/learning.md."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.learning import page
from benchmarks.learning.days import SHARE, STEPS, Curve, learn, live, right
from benchmarks.learning.orders import ORDERS
from benchmarks.learning.page import Found
from benchmarks.learning.scene import A_DAY, DAYS, SHOTS, Scene, cut, month
from benchmarks.machine import description
from encoder.encoder import Encoder
from encoder.kept import Vectors
from server.settings import ROOT, load_settings
from training.benchmarks import sets
from training.benchmarks.bench import Bench
from training.paths import BENCH

FOLDER = ROOT / "docs" / "benchmarks"
CHANCE = "by chance"
ERRS = 0.05

TEXT = f"""\
A public intent set as a house would see it. At the beginning there are {SHOTS} examples of each intent, drawn at
random; the rest of the train part comes in as messages over {DAYS} days, in random order, the same number a day.
Each night a model is trained on what has been labelled, each day a scripted trainer labels {A_DAY} messages with
their true intents: those that the trainer's page would list first (`training/review/ranking.py` and
`wrongness.py`, unchanged; of the reasons only those that a message alone gives, for nobody in a public set asks
again or goes to a person), or {A_DAY} drawn by chance, or the {A_DAY} of which the model is least sure. After the
month it goes on until 95 % of the accuracy with the whole train part is reached. Nothing was chosen on the test
part, which each night's model is asked once.

The model is the serving head's core, logistic regression on the sentence vectors (at most {STEPS} steps of the
optimiser); word features and misspelt copies are left out, so that a night takes a second. Seeds decide the first
examples, the order of arrival, and the draws of chance. Differences are paired by seed; their intervals are a
bootstrap over the seeds (10,000 resamples, seed {page.SEED}), and five seeds make them rough.
"""


def scenes(bench: Bench) -> list[Scene]:
    """The sets with their vectors.

    Raises:
        SetMissing: a set is not there.
    """
    train, test = sets.banking77(BENCH)
    clinc = sets.clinc150(BENCH)
    return [
        Scene(
            name,
            bench.examples(f"{name} train", learned.texts),
            learned.intents,
            bench.examples(f"{name} test", asked.texts),
            asked.intents,
        )
        for name, learned, asked in (
            ("banking77", train, test),
            ("clinc150", clinc.train, clinc.test),
        )
    ]


def run(scene: Scene, bench: Bench, seeds: int, errs: float = 0.0) -> Found:
    """All orders, all seeds."""
    every = np.arange(len(scene.train))
    full = right(scene, learn(scene, every, list(scene.train_intents)))
    bench.say(f"{scene.name}: {100 * full:.1f} % with the whole train part")
    curves: dict[str, list[Curve]] = {name: [] for name in ORDERS}
    for seed in range(1, seeds + 1):
        days = month(scene, seed)
        for name, order in ORDERS.items():
            # The last word on labels needed is for a trainer who does not err.
            most = 4 * DAYS if not errs else DAYS
            curve = live(scene, days, order, seed, goal=SHARE * full, errs=errs, most=most)
            curves[name].append(curve)
            bench.say(
                f"{scene.name}, seed {seed}, {name}: {100 * curve.area(A_DAY * DAYS):.2f} "
                f"over the month, goal with {curve.reached}"
            )
    pool = len(scene.train) - SHOTS * len(set(scene.train_intents))
    return Found(scene.name, full, pool, curves)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sets", nargs="*", default=["banking77", "clinc150"])
    parser.add_argument("--errs", nargs="*", default=["banking77"], help="once more with errors")
    parser.add_argument("--intents", type=int, help="the first intents alone, for a quick look")
    parser.add_argument("--out", type=Path, default=FOLDER)
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    bench = Bench(Vectors(encoder, settings.var / "bench" / "vectors", print), print)
    lines = ["# A month of the trainer's room, simulated", "", description(), "", TEXT]
    for scene in scenes(bench):
        if scene.name not in wanted.sets:
            continue
        chosen = cut(scene, wanted.intents) if wanted.intents else scene
        found = run(chosen, bench, wanted.seeds)
        intents = len(set(chosen.train_intents))
        lines += [
            f"## {scene.name}",
            "",
            f"{intents} intents, {found.pool} messages in the month, seeds 1 to {wanted.seeds}; with the "
            f"whole train part {100 * found.full:.1f} %.",
            "",
            *page.table(found, CHANCE),
            "",
            f"![{scene.name}](learning-{scene.name}.svg)",
            "",
        ]
        (wanted.out / f"learning-{scene.name}.svg").write_text(page.picture(found), "utf-8")
        if scene.name in wanted.errs:
            messy = run(chosen, bench, wanted.seeds, ERRS)
            lines += [
                f"The same month with a trainer who gives {100 * ERRS:.0f} % of the labels wrongly, to the "
                "likeliest of the wrong intents as the model has it:",
                "",
                *page.table(messy, CHANCE),
                "",
            ]
        (wanted.out / "learning.md").write_text("\n".join(lines).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""How many wrong labels are found: python -m training.suspects.measure writes docs/benchmarks/suspects.md.

Labels are made wrong on purpose, in a public set and in the starter data, each to one of the intents that it is
most easily taken for; then the list is asked for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from encoder import Encoder
from encoder.kept import Vectors as Kept
from server.settings import ROOT, load_settings
from training.benchmarks import sets
from training.nlu_files import NluFolder
from training.paths import BENCH
from training.suspects.confident import Labels, Vectors, suspects, unseen
from understanding.intents import DECIDED_ELSEWHERE

REPORT = ROOT / "docs" / "benchmarks" / "suspects.md"
SHARE = 0.05
#: A wrong label is one of so many intents whose examples lie nearest on average.
NEIGHBOURS = 3
SEEDS = (1, 2, 3)
DEPTHS = (50, 100, 200)
RESAMPLES = 2000
NOTES = (
    "- What is listed beyond the labels made wrong is not all mistaken: both sets have examples that two people",
    "  would label differently, and some that are wrong. How many is not measured; the last row bounds it.",
    "- How long the list is and what ranks it was chosen on other flips of the same sets (seeds 11 to 13).",
)


@dataclass(frozen=True)
class Asked:
    """One run: the places listed and all places by their own probability, the most doubtful first."""

    wrong: NDArray[np.bool_]
    listed: list[int]
    corrected: list[bool]
    """Of each listed place: whether the likelier intent is the one it had before."""
    doubtful: list[int]
    seconds: float


def flip(labels: Labels, vectors: Vectors, share: float, seed: int) -> Labels:
    """Return the labels with this share of them wrong, each one of the nearest intents."""
    random = np.random.default_rng(seed)
    count = int(labels.max()) + 1
    centres = np.stack([vectors[labels == label].mean(axis=0) for label in range(count)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    likeness = centres @ centres.T
    np.fill_diagonal(likeness, -np.inf)
    near = np.argsort(-likeness, axis=1)[:, :NEIGHBOURS]
    chosen = random.choice(len(labels), round(share * len(labels)), replace=False)
    flipped = labels.copy()
    flipped[chosen] = near[labels[chosen], random.integers(0, near.shape[1], len(chosen))]
    return flipped


def ask(texts: Sequence[str], vectors: Vectors, truth: Labels, given: Labels) -> Asked:
    """Return what is listed when the examples carry the given labels."""
    started = time.process_time()
    found = unseen(texts, vectors, [f"{label:03d}" for label in given])
    listed = suspects(found)
    seconds = time.process_time() - started
    own = found.probabilities[np.arange(len(given)), found.labels]
    return Asked(
        truth != given,
        [one.place for one in listed],
        [int(found.intents[one.likely]) == truth[one.place] for one in listed],
        [int(place) for place in np.argsort(own, kind="stable")],
        seconds,
    )


def interval(hits: Sequence[bool]) -> str:
    """Return the share of hits in per cent with its 95 % interval, by drawing them again."""
    if not hits:
        return "–"
    row = np.array(hits, dtype=np.float64)
    random = np.random.default_rng(0)
    drawn = row[random.integers(0, len(row), (RESAMPLES, len(row)))].mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{100 * row.mean():.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def rows(name: str, runs: Sequence[Asked], clean: Asked) -> list[str]:
    """Return the lines of the table for one set."""
    flips = sum(int(run.wrong.sum()) for run in runs)
    listed = [place for run in runs for place in run.listed]
    lines = [
        f"| {name} | found of {flips:,} wrong labels (recall) | "
        + interval(
            [place in set(run.listed) for run in runs for place in np.flatnonzero(run.wrong)]
        )
        + " | |",
        f"| | listed {len(listed):,} in {len(runs)} runs: wrong on purpose (precision) | "
        + interval([bool(run.wrong[place]) for run in runs for place in run.listed])
        + " | |",
        "| | of those found: the likelier intent is the right one | "
        + interval(
            [
                right
                for run in runs
                for place, right in zip(run.listed, run.corrected, strict=True)
                if run.wrong[place]
            ]
        )
        + " | |",
    ]
    for depth in DEPTHS:
        if depth <= min(len(run.listed) for run in runs):
            ours = [bool(run.wrong[place]) for run in runs for place in run.listed[:depth]]
            plain = [bool(run.wrong[place]) for run in runs for place in run.doubtful[:depth]]
            lines.append(
                f"| | precision in the first {depth} | {interval(ours)} | {interval(plain)} |"
            )
    many = [int(run.wrong.sum()) for run in runs]
    ours = [
        place in set(run.listed[:size])
        for run, size in zip(runs, many, strict=True)
        for place in np.flatnonzero(run.wrong)
    ]
    plain = [
        place in set(run.doubtful[:size])
        for run, size in zip(runs, many, strict=True)
        for place in np.flatnonzero(run.wrong)
    ]
    lines.append(
        f"| | recall in the first {many[0]}, as many as are wrong | {interval(ours)} | {interval(plain)} |"
    )
    lines.append(f"| | listed when nothing is wrong on purpose | {len(clean.listed)} | |")
    return lines


def page(tables: Sequence[str], facts: Sequence[str]) -> str:
    """Return the whole report."""
    head = [
        "# Wrong labels in the training data",
        "",
        "`python -m training.suspects.measure`. "
        f"{SHARE:.0%} of the labels are made wrong, each to one of the {NEIGHBOURS} intents whose examples",
        f"lie nearest on average; seeds {', '.join(map(str, SEEDS))}. The list",
        "(`training/suspects/confident.py`) is compared with the plain order by the probability of an "
        "example's own intent, lowest first.",
        "95 % intervals by drawing the messages again (bootstrap).",
        "",
        "| set | figure | the list | plain order |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *tables, "", *facts, *NOTES]) + "\n"


def main(
    bench: Annotated[
        Path, typer.Option(envvar="HANDRAIL_BENCH", help="The folder with the public sets.")
    ] = BENCH,
    out: Annotated[Path, typer.Option(help="Where the report goes.")] = REPORT,
) -> None:
    """Make labels wrong on purpose and count how many are found; takes minutes."""
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    kept = Kept(encoder, settings.var / "bench" / "vectors", typer.echo)
    train, _ = sets.banking77(bench)
    house = [
        example
        for example in NluFolder(ROOT / "data" / "nlu", settings.var / "nlu.lock").examples()
        if example.intent not in DECIDED_ELSEWHERE
    ]
    data = {
        "banking77 train": (train.texts, train.intents),
        "data/nlu": (
            tuple(example.text for example in house), tuple(example.intent for example in house)
        ),
    }  # fmt: skip
    tables, facts = [], []
    for name, (texts, intents) in data.items():
        vectors = kept.of(name, texts)
        names = sorted(set(intents))
        truth = np.array([names.index(intent) for intent in intents], dtype=np.int64)
        runs = []
        for seed in SEEDS:
            runs.append(ask(texts, vectors, truth, flip(truth, vectors, SHARE, seed)))
            hits = sum(bool(runs[-1].wrong[place]) for place in runs[-1].listed)
            typer.echo(
                f"{name}, seed {seed}: {hits} of {runs[-1].wrong.sum()} among {len(runs[-1].listed)}"
            )
        clean = ask(texts, vectors, truth, truth)
        typer.echo(f"{name}: {len(clean.listed)} listed as it is")
        tables += rows(name, runs, clean)
        seconds = np.median([run.seconds for run in runs])
        facts.append(
            f"- {name}: {len(texts):,} examples of {len(names)} intents, {seconds:.0f} s of processor time "
            "a run with sentence vectors at hand."
        )
    out.write_text(page(tables, facts), "utf-8")


if __name__ == "__main__":
    typer.run(main)

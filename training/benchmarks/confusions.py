"""What each intent is taken for: a table, the most frequent pairs, and a picture of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.benchmarks.bars import Bar, chart
from training.benchmarks.metrics import Floats, Labels, confusion

#: Pairs in the picture.
PAIRS = 20
NONE = "–"


@dataclass(frozen=True)
class Called:
    """What examples are, and what each head called them, as places in `intents`."""

    intents: tuple[str, ...]
    truth: Labels
    plain: Labels
    ours: Labels


@dataclass(frozen=True)
class Confused:
    """How often examples of one intent were called another."""

    true: str
    called: str
    plain: int
    ours: int


def pairs(called: Called, length: int = PAIRS) -> list[Confused]:
    """Return the pairs that Handrail confuses most often, the most frequent first."""
    plain, ours = _tables(called)
    wrong = ours - np.diag(np.diag(ours))
    order = np.argsort(-wrong, axis=None, kind="stable")[:length]
    places = [divmod(int(place), len(called.intents)) for place in order]
    return [
        Confused(called.intents[a], called.intents[b], int(plain[a, b]), int(ours[a, b]))
        for a, b in places
        if wrong[a, b]
    ]


def table(called: Called) -> str:
    """Return one row for each intent, the worst F1 first."""
    plain, ours = _tables(called)
    lines = [
        "| intent | examples | precision | recall | F1 | F1, plain head | most often taken for |",
        "|---|---|---|---|---|---|---|",
    ]
    f1 = _f1(ours)
    for place in np.argsort(f1, kind="stable"):
        right, said, true = ours[place, place], ours[:, place].sum(), ours[place].sum()
        wrong = ours[place].copy()
        wrong[place] = 0
        worst = int(wrong.argmax())
        taken = f"{called.intents[worst]} ({int(wrong[worst])})" if wrong[worst] else NONE
        cells = [
            called.intents[place],
            str(int(true)),
            f"{100 * right / said:.1f}" if said else NONE,
            f"{100 * right / true:.1f}" if true else NONE,
            f"{100 * f1[place]:.1f}",
            f"{100 * _f1(plain)[place]:.1f}",
            taken,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def picture(called: Called) -> str:
    """Return the most frequent pairs as bars, in SVG."""
    found = pairs(called)
    bars = [Bar(f"{one.true} → {one.called}", one.ours, one.plain) for one in found]
    return chart(
        f"The {len(found)} pairs of intents that Handrail confuses most often",
        "Examples of data/nlu, read by classifiers that had not seen them: true intent → what it was taken for.",
        ("Handrail", "plain head"),
        bars,
    )


def page(called: Called, image: str) -> str:
    """Return the page of its own; the table below the picture says the same in words."""
    rows = [f"| {one.true} | {one.called} | {one.ours} | {one.plain} |" for one in pairs(called)]
    right = int(np.sum(called.truth == called.ours))
    parts = [
        "# Each intent of the starter data",
        f"`./handrail nlu evaluate --only own`: the {len(called.truth):,} examples of data/nlu in five parts, "
        "each read by a classifier that\nlearned from the other four; "
        f"{right:,} ({100 * right / len(called.truth):.1f} %) were understood as what they are. "
        "Figures in per cent, the worst F1 first; an intent with few\nexamples moves by several points "
        "with a single one.",
        table(called),
        "## What is taken for what",
        f"![Bars: how often an intent is taken for another; the table below has the numbers.]({image})",
        "\n".join(
            ["| intent | taken for | Handrail | plain head |", "|---|---|---|---|", *rows],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _tables(called: Called) -> tuple[Floats, Floats]:
    size = len(called.intents)
    return (
        confusion(called.truth, called.plain, size),
        confusion(called.truth, called.ours, size),
    )


def _f1(counts: Floats) -> Floats:
    sums = counts.sum(axis=0) + counts.sum(axis=1)
    return np.asarray(2 * np.diag(counts) / np.maximum(sums, 1))

"""The tables as Markdown, for the terminal and for docs/benchmarks/nlu.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.benchmarks.compare import Comparison, Costs, Result
from training.benchmarks.heads import PLAIN_C, Cost
from training.benchmarks.metrics import BOOTSTRAP_SEED, RESAMPLES, Interval

#: Measures without a unit; all others are shares, shown in per cent.
BARE = ("MCC", "out-of-scope AUROC", "calibration error")


@dataclass(frozen=True)
class Facts:
    """What the figures were measured on."""

    machine: str
    encoder: str
    encoding_ms: float
    left_out: tuple[str, ...]
    quick: bool
    parse: str = ""
    """What reading one message costs in the bot's own process, in words."""
    stock: str = ""
    """The section about stock Rasa."""


def comparisons(rows: Iterable[Comparison]) -> str:
    """Return one table row per measure, figures with their 95 % intervals."""
    lines = [
        "| set | measure | plain head | Handrail | difference | published |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [_cell(row.measure, figure) for figure in (row.plain, row.ours)]
        difference = _cell(row.measure, row.difference, sign="+")
        lines.append(
            f"| {row.subject} | {row.measure} | {' | '.join(cells)} | {difference} | {row.published} |"
        )
    return "\n".join(lines)


def costs(rows: Iterable[Costs]) -> str:
    """Return one table row per set, plain head / Handrail in each cell."""
    lines = [
        "| set | examples | training (s) | one message (ms) | size (kB) |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        both: tuple[Cost, Cost] = (row.plain, row.ours)
        seconds = " / ".join(f"{cost.train_seconds:.1f}" for cost in both)
        message = " / ".join(f"{cost.message_ms:.2f}" for cost in both)
        size = " / ".join(f"{cost.size / 1000:,.0f}" for cost in both)
        lines.append(f"| {row.subject} | {row.examples:,} | {seconds} | {message} | {size} |")
    return "\n".join(lines)


def page(results: Sequence[Result], facts: Facts) -> str:
    """Return the whole page."""
    rows = [row for result in results for row in result.comparisons]
    spent = [row for result in results for row in result.costs]
    notes = [f"- {note}" for result in results for note in result.notes]
    if facts.quick:
        notes.insert(0, "- A quick run with few draws: not for reporting.")
    if facts.left_out:
        notes.append(f"- Not run this time: {', '.join(facts.left_out)}.")
    parts = [
        "# Understanding, on public data that nobody here wrote",
        f"`./handrail nlu evaluate`, {facts.machine}; encoder {facts.encoder}.",
        "Both heads read the same sentence vectors. The plain head is logistic regression on them "
        f"alone (C = {PLAIN_C:g}); Handrail\nis what serves (`understanding/intents.py`, "
        "`understanding/scope.py`). Each figure has its 95 % interval, the\ndifference (Handrail "
        f"less plain head) by a paired bootstrap ({RESAMPLES:,} resamples of messages, and of "
        "training\ndraws or typing seeds where there are several; "
        f"seed {BOOTSTRAP_SEED}). Calibration error: the lower, the better. In the rows of chats the first figure "
        "is of\nwhat their name says, instead of the plain head.",
        comparisons(rows),
        "## How",
        "Fixed splits; test messages chose nothing. Sets: banking77 (PolyAI, CC BY 4.0), clinc150 "
        "(Larson et al. 2019, CC BY 3.0),\nhint3 v1 (Haptik, ODbL 1.0); their texts are not kept here. "
        "The chats (data/frustration) and the starter data (data/nlu) are ours.",
        "\n".join(notes),
        "## Cost",
        "Plain head / Handrail, in processor time on one thread: training with sentence vectors at hand "
        "(Handrail's includes the\nfolds that compare settings and calibrate), the median of one message "
        "with its vector at hand, and the model's arrays. Encoding one message\ncosts another "
        f"{facts.encoding_ms:.1f} ms.",
        costs(spent),
        facts.parse,
        facts.stock,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _cell(measure: str, figure: Interval, sign: str = "") -> str:
    factor, digits = (1.0, 3) if measure in BARE else (100.0, 1)

    def text(value: float) -> str:
        return f"{factor * value:{sign}.{digits}f}"

    return f"{text(figure.value)} ({text(figure.low)} to {text(figure.high)})"

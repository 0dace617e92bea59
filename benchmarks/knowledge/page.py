"""The tables of `kb evaluate` as Markdown, for the terminal and for docs/benchmarks/knowledge.md."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.knowledge.evaluate import SLIP_SEEDS, SLIPS, Figure, Findings
from benchmarks.knowledge.measure import FOLDS
from training.benchmarks.metrics import BOOTSTRAP_SEED, RESAMPLES

#: Of `evaluation.report`, in this order.
OWN = (
    "questions",
    "recall@1",
    "recall@3",
    "coverage",
    "precision",
    "choose",
    "choose_holds_it",
    "answered_of_unanswerable",
    "nothing_of_unanswerable",
    "auroc",
    "calibration_error",
)


def page(found: Findings, machine: str, encoder: str, precision: float) -> str:
    parts = [
        "# Search and decision, on questions whose article is known",
        f"`./handrail kb evaluate`, {machine}; encoder {encoder}.",
        "Brackets hold 95 % intervals by bootstrap over questions "
        f"({RESAMPLES:,} resamples, seed {BOOTSTRAP_SEED}).\n"
        "stackfaq: 1,249 other wordings of 125 questions (the encoder was trained on Stack Exchange). wixqa:\n"
        "160 real questions, 173 articles. techqa: 384 real questions, 337 notes.",
        "## Which article comes first",
        "*Learned on the other houses*: weights from the starter's fitting half and the two other sets,\n"
        f"as a new house gets them. *Refitted here*: as `kb fit` refits them on a house's questions, by {FOLDS}\n"
        "folds, none asked of weights that saw it. The features were designed with these sets in sight, and\n"
        "so was the strength that holds a refit to the shipped weights (.03 of .03, .3, 3).",
        _ranking(found.ranking),
        "Ours (refitted) less the best of the others, the same questions:",
        _plain(found.pooled),
        "## When no article answers",
        "The right article is hidden for a random half of the questions (seed 0). Right means that the\n"
        "first article answers; the probability is what the decision uses.",
        _plain(found.deciding),
        "## Slips of the keyboard",
        f"stackfaq's questions through `typos.py`, p = {SLIPS:.2f}, seeds 1 to {SLIP_SEEDS}; weights "
        "of the other houses.",
        _plain(found.slips),
        "## The starter, and this house",
        f"By the shipped calibration at a target precision of {precision:g}. The starter's held-out half was\n"
        "looked at while features and thresholds were chosen, so its figures are somewhat too good.",
        _own(found),
        "Taken for another most often:",
        _confused(found),
    ]
    return "\n\n".join(parts) + "\n"


def _ranking(rows: Iterable[Figure]) -> str:
    lines: dict[str, list[str]] = {}
    for row in rows:
        lines.setdefault(row.subject, []).append(_figure(row))
    table = [
        "| set | ranked by | recall@1 | recall@3 | recall@5 | MRR@10 |",
        "|---|---|---|---|---|---|",
    ]
    table += [f"| {subject} | {' | '.join(cells)} |" for subject, cells in lines.items()]
    return "\n".join(table)


def _plain(rows: Iterable[Figure]) -> str:
    table = ["| set | measure | figure | beside |", "|---|---|---|---|"]
    for row in rows:
        subject = row.subject.replace(" | ", ", ")
        table.append(f"| {subject} | {row.measure} | {_figure(row)} | {row.beside} |")
    return "\n".join(table)


def _own(found: Findings) -> str:
    table = ["| questions of | " + " | ".join(name.replace("_", " ") for name in OWN) + " |"]
    table.append("|---" * (len(OWN) + 1) + "|")
    for name, figures in found.own:
        cells = ("–" if figures[one] is None else str(figures[one]) for one in OWN)
        table.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(table)


def _confused(found: Findings) -> str:
    table = ["| questions of | right | shown first | times |", "|---|---|---|---|"]
    table += [
        f"| {name} | {right} | {shown} | {count} |" for name, right, shown, count in found.confused
    ]
    return "\n".join(table)


def _figure(row: Figure) -> str:
    value = row.value
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"

"""The page that `benchmarks.knowledge.scale` writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.knowledge.serving import Figures
from benchmarks.machine import description
from knowledge_base.search.find import NEAREST_TEXTS
from knowledge_base.search.nearness import AT, EXACT_UP_TO


@dataclass(frozen=True)
class Built:
    """The index as it was built, with the vectors known."""

    seconds: float
    name: str
    articles: int
    vectors: int
    recall: dict[int, float]
    """Share of the nearest so many that an exact search finds, over questions that stand in no article."""
    disk_mb: float


def percentiles(values: Sequence[float], unit: str = "ms") -> str:
    """p50, p95 and the greatest, for a table's three columns."""
    if not values:
        return "– | – | –"
    digits = 1 if unit == "ms" else 2
    shown = [*np.percentile(values, [50, 95]), max(values)]
    return " | ".join(f"{value:.{digits}f}" for value in shown)


def tables(built: Built, figures: Figures) -> str:
    """All of it, in Markdown."""
    at = built.recall
    lines = [
        "| index | |",
        "|---|---|",
        f"| articles, vectors | {built.articles:,}, {built.vectors:,} |",
        f"| chosen (exact up to {EXACT_UP_TO:,} vectors) | {built.name} |",
        f"| recall@{AT} against exact, real questions (wanted ≥ .98) | {at[AT]:.4f} |",
        f"| recall@{NEAREST_TEXTS}, what a search looks at | {at[NEAREST_TEXTS]:.4f} |",
        f"| start without an index (its vectors known: encoding apart) | {built.seconds:.1f} s |",
        f"| start with the index on disk | {figures['start_s']:.1f} s |",
        f"| index on disk | {built.disk_mb:.0f} MB |",
        f"| memory: process with encoder | {figures['memory_before_mb']:.0f} MB |",
        f"| … and knowledge base started | {figures['memory_started_mb']:.0f} MB |",
        f"| … after a thousand questions | {figures['memory_asked_mb']:.0f} MB |",
        f"| … after a rebuild | {figures['memory_rebuilt_mb']:.0f} MB |",
        f"| rebuild, while all of below went on | {figures['rebuild_s']:.1f} s |",
        "",
        "| milliseconds | p50 | p95 | most |",
        "|---|---|---|---|",
        f"| decision, encoding included (wanted p95 < 15) | {percentiles(figures['decide_ms'])} |",
        f"| … the first {len(figures['cold_ms'])} after the start | {percentiles(figures['cold_ms'])} |",
        f"| … during a rebuild | {percentiles(figures['rebuild_decide_ms'])} |",
        f"| decision, processor time of all threads | {percentiles(figures['decide_cpu_ms'])} |",
    ]
    lines += [
        f"| part: {name} | {percentiles(spent)} |" for name, spent in figures["parts_ms"].items()
    ]
    lines += ["", "| seconds from the commit | p50 | p95 | most |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {percentiles(figures[key], 's')} |"
        for name, key in (
            ("published: answers its own variant (wanted < 1)", "publish_s"),
            ("archived: gone", "gone_s"),
            ("published during a rebuild", "rebuild_publish_s"),
            ("archived during a rebuild", "rebuild_gone_s"),
        )
    ]
    return "\n".join(lines)


def report(built: Built, figures: Figures) -> str:
    paces = f"{figures['pace_before_ms']:.1f} ms before and {figures['pace_after_ms']:.1f} ms after"
    return (
        "# The knowledge base at ten thousand articles\n\n"
        f"`python -m benchmarks.knowledge.scale`, {description()}; a fixed loop of plain Python took {paces} "
        "(benchmarks/machine.py; 6 ms is a quiet core).\n\n"
        f"{tables(built, figures)}\n\n"
        f"Of {len(figures['publish_s'])} published articles {figures['own_variants_right']} were answered or "
        "offered first for every one of their own question variants, and found no more once archived. Then a "
        f"tenth of all articles was archived in one commit: gone after {figures['many_gone_s']:.2f} s, and the "
        "base was built anew while questions, publishing and archiving went on.\n\n"
        "The articles are the starter's and, for the rest, messages of one label each from banking77, clinc150, "
        "multidogo and goemotions (title and three question variants) over words of wixqa, techqa, stackfaq, "
        "multidogo and goemotions (three parts). Half of the questions are the starter's labelled ones, half come "
        "from those sets' test and development parts. No question was asked twice, so each is encoded. A vector "
        f"is 384 numbers of 4 bytes: {built.vectors * 384 * 4 / 2**20:.0f} MB of them here, kept once; the "
        f"lists hold a copy rounded to a byte a number, {built.vectors * 384 / 2**20:.0f} MB.\n"
    )

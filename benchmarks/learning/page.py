"""What the months came to: the table, and the curves as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from benchmarks.learning.days import SHARE, Curve
from benchmarks.learning.scene import A_DAY, DAYS

RESAMPLES, SEED = 10_000, 20
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 400, 60, 84, 30, 48
COLOURS = ("#1d6fb8", "#8a6d1d", "#7a3ea8")
STYLE = """
.card{fill:#ffffff}.text{fill:#1f2937;font:13px system-ui,sans-serif}.title{font-size:17px;font-weight:600}
.line{fill:none;stroke-width:2.2}.grid{stroke:#d0d7de}
@media (prefers-color-scheme:dark){.card{fill:#161b22}.text{fill:#e6edf3}.grid{stroke:#30363d}
.c0{stroke:#58a6ff}.c1{stroke:#d4a72c}.c2{stroke:#c297ff}}
"""


@dataclass(frozen=True)
class Found:
    """All runs on one set: per order a curve for each seed, the seeds in one order everywhere."""

    name: str
    full: float
    """Accuracy with the whole train part."""
    pool: int
    """Messages of the train part that no one had labelled at the beginning."""
    curves: Mapping[str, Sequence[Curve]]


def table(found: Found, against: str) -> list[str]:
    """Markdown: each order's month, and its difference to `against`, paired by seed."""
    month = A_DAY * DAYS
    lines = [
        "| order | start | after the month | mean over the month | ahead of chance, points (95 %) | "
        f"{100 * SHARE:.0f} % of full data with | share of the messages |",
        "|---|---|---|---|---|---|---|",
    ]
    base = [curve.area(month) for curve in found.curves[against]]
    for name, curves in found.curves.items():
        areas = [curve.area(month) for curve in curves]
        start = np.mean([curve.accuracy[0] for curve in curves])
        end = np.mean([_at(curve, month) for curve in curves])
        ahead = "–" if name == against else difference(areas, base)
        reached = [curve.reached for curve in curves if curve.reached is not None]
        whole = len(reached) == len(curves)
        labels = (
            f"{np.mean(reached):.0f} labels" if whole else f"{len(reached)} of {len(curves)} runs"
        )
        share = f"{100 * np.mean(reached) / found.pool:.1f} %" if whole else "–"
        cells = [
            f"{100 * start:.1f}",
            f"{100 * end:.1f}",
            f"{100 * np.mean(areas):.2f}",
            ahead,
            labels,
            share,
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def difference(one: Sequence[float], other: Sequence[float]) -> str:
    """The mean paired difference in points, with the interval of a bootstrap over the seeds."""
    gaps = 100 * (np.array(one) - np.array(other))
    random = np.random.default_rng(SEED)
    means = random.choice(gaps, (RESAMPLES, len(gaps))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{gaps.mean():+.2f} ({low:+.2f} to {high:+.2f})"


def picture(found: Found) -> str:
    """The mean curve of each order over the labels given, as an SVG file."""
    month = A_DAY * DAYS
    means = {
        name: [
            (labels, float(np.mean([_at(curve, labels) for curve in curves])))
            for labels in range(0, month + 1, A_DAY)
        ]
        for name, curves in found.curves.items()
    }
    heights = [height for points in means.values() for _, height in points]
    low, high = np.floor(100 * min(heights)), np.ceil(100 * max(heights))
    title = f"{found.name}: accuracy over labels given"
    said = "; ".join(
        f"{name} {100 * points[0][1]:.1f} to {100 * points[-1][1]:.1f} %"
        for name, points in means.items()
    )

    def at(labels: float, share: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * labels / month
        return x, TOP + (HEIGHT - TOP - BOTTOM) * (high - 100 * share) / max(high - low, 1)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(said)}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="card" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        _text(20, 30, title, kind="title"),
    ]
    for percent in np.arange(low, high + 1, 2 if high - low > 6 else 1):
        _, y = at(0, percent / 100)
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        lines.append(_text(LEFT - 8, y + 4, f"{percent:.0f}", anchor="end"))
    lines += [
        _text(at(labels, 0)[0], HEIGHT - BOTTOM + 22, str(labels), anchor="middle")
        for labels in range(0, month + 1, 100)
    ]
    left = 20.0
    for number, (name, points) in enumerate(means.items()):
        path = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in points)
        colour = f'class="line c{number}" stroke="{COLOURS[number]}"'
        lines.append(f'<polyline {colour} points="{path}"/>')
        lines.append(f'<polyline {colour} points="{left},54 {left + 24},54"/>')
        lines.append(_text(left + 30, 58, name))
        left += 60 + 8 * len(name)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _at(curve: Curve, labels: int) -> float:
    return dict(zip(curve.labels, curve.accuracy, strict=True))[labels]


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text class="text {kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

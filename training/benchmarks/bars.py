"""Bars side by side as SVG, readable on light and dark pages, without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABELS, NUMBERS = 760, 330, 60
TOP, ROW, THICK = 84, 26, 9
# The colours of bars keep 3:1 against both cards (WCAG 2.2, 1.4.11), text 7:1.
STYLE = """
.card{fill:#ffffff}.text{fill:#1f2937;font:13px system-ui,sans-serif}.title{font-size:17px;font-weight:600}
.ours{fill:#1d6fb8}.other{fill:#8a6d1d}
@media (prefers-color-scheme:dark){
.card{fill:#161b22}.text{fill:#e6edf3}.ours{fill:#58a6ff}.other{fill:#d4a72c}}
"""


@dataclass(frozen=True)
class Bar:
    """One row: the first number's bar is the thick one."""

    label: str
    first: int
    second: int


def chart(title: str, description: str, names: tuple[str, str], bars: Sequence[Bar]) -> str:
    """Return a whole SVG file with its title and description for those who can't see it."""
    height = TOP + ROW * len(bars) + 14
    most = max((max(bar.first, bar.second) for bar in bars), default=0) or 1
    scale = (WIDTH - LABELS - NUMBERS - 20) / most
    said = "; ".join(f"{bar.label}: {bar.first} and {bar.second}" for bar in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(f"{description} {names[0]} and {names[1]}: {said}.")}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="card" width="{WIDTH}" height="{height}" rx="6"/>',
        _text(20, 28, title, "title"),
        _text(20, 49, description),
        *_legend(names),
    ]
    for number, bar in enumerate(bars):
        lines += _row(bar, TOP + ROW * number, scale)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _legend(names: tuple[str, str]) -> list[str]:
    found, left = [], 20
    for name, kind in zip(names, ("ours", "other"), strict=True):
        found += [_bar(left, 60, 12, THICK, kind), _text(left + 18, 69, name)]
        left += 40 + 8 * len(name)
    return found


def _row(bar: Bar, top: float, scale: float) -> list[str]:
    left = LABELS + 10
    return [
        _text(LABELS, top + 15, bar.label, anchor="end"),
        _bar(left, top + 4, bar.first * scale, THICK, "ours"),
        _bar(left, top + 14, bar.second * scale, THICK / 2, "other"),
        _text(
            left + max(bar.first, bar.second) * scale + 6, top + 15, f"{bar.first} / {bar.second}"
        ),
    ]


def _bar(left: float, top: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{left:g}" y="{top:g}" width="{width:.1f}" height="{height:g}" rx="1"/>'


def _text(left: float, top: float, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="text {kind}" x="{left:.1f}" y="{top:g}" text-anchor="{anchor}">{escape(text)}</text>'

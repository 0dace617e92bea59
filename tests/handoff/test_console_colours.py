"""Text in the console has 4.5:1 on the surfaces it stands on, in light and in dark (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

import pytest

from server.settings import ROOT

SHELL = (ROOT / "server/static/staff.css").read_text("utf-8")

#: Text and what it stands on, as handoff/static/console.css pairs them.
PAIRS = [
    ("ink", "surface"), ("ink", "page"), ("ink", "raised"), ("ink", "accent-soft"),
    ("ink", "warn-soft"), ("ink", "danger-soft"),
    ("ink-2", "surface"), ("ink-2", "page"), ("ink-2", "raised"), ("ink-2", "warn-soft"),
    ("accent", "surface"), ("accent", "page"), ("accent", "accent-soft"),
    ("accent-ink", "accent"), ("surface", "danger"),
    ("danger", "surface"), ("danger", "page"), ("danger", "danger-soft"),
    ("warn", "warn-soft"), ("good", "good-soft"),
]  # fmt: skip
#: Lines that show where something is or how it stands: 3:1 (1.4.11).
MARKS = [
    ("line-strong", "surface"), ("line-strong", "page"), ("accent", "page"), ("danger", "page"),
    ("good", "surface"), ("warn", "surface"),
]  # fmt: skip


def colours(dark: bool) -> dict[str, str]:
    light_part, dark_part = SHELL.split("@media (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--hr-([a-z0-9-]+): (#[0-9a-f]{6})", light_part))
    if dark:
        found |= re.findall(r"--hr-([a-z0-9-]+): (#[0-9a-f]{6})", dark_part)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("pairs", "least"), [(PAIRS, 4.5), (MARKS, 3.0)], ids=["texts", "marks"])
def test_everything_can_be_read(pairs: list[tuple[str, str]], least: float, dark: bool) -> None:
    shades = colours(dark)
    pale = {
        (on, ground): round(contrast(shades[on], shades[ground]), 2)
        for on, ground in pairs
        if contrast(shades[on], shades[ground]) < least
    }
    assert not pale


def test_the_console_has_no_colours_of_its_own() -> None:
    sheet = (ROOT / "handoff/static/console.css").read_text("utf-8")
    assert not re.findall(
        r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    )

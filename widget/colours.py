"""The colours that follow from a house's accent, so that every text in the widget stays readable.

Contrast is WCAG 2.2's: (L1 + 0.05) / (L2 + 0.05) of the relative luminances.
"""

from __future__ import annotations

from typing import NamedTuple

ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: text of normal size."""
LIGHT_SURFACES = ("#ffffff", "#f0f3f7")
"""What lies behind small accent text and outlines in the light theme (static/theme.css.js, colours.css.js)."""
DARK_SURFACES = ("#161b22", "#232a34")
INKS = ("#ffffff", "#000000")
STEPS = 100


class Colours(NamedTuple):
    """What the widget needs; every pair reaches ENOUGH."""

    fill: str
    """The accent as chosen: bubble, own messages, main buttons."""
    ink: str
    """Text on it."""
    mark: str
    """Outlines and small marks on light surfaces: the accent, or its nearest darker shade that is readable."""
    dark: str
    """The accent in the dark theme: the nearest lighter shade that is readable there."""
    darkInk: str


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """White where it is readable, as most houses expect of their colour, else black. One of the two always
    is: their contrasts multiply to 21, and 21 is more than 4.5 squared."""
    return next(ink for ink in INKS if contrast(ink, colour) >= ENOUGH)


def readable_on(surfaces: tuple[str, ...], colour: str, *, towards: str) -> str:
    """The shade of `colour` nearest to it, mixed with `towards`, that is readable on all of them."""
    for step in range(STEPS + 1):
        shade = _mixed(colour, towards, step / STEPS)
        if all(contrast(shade, surface) >= ENOUGH for surface in surfaces):
            return shade
    raise ValueError(f"{towards} is not readable on {surfaces}")


def colours_of(accent: str) -> Colours:
    dark = readable_on(DARK_SURFACES, accent, towards="#ffffff")
    return Colours(
        fill=accent,
        ink=ink_on(accent),
        mark=readable_on(LIGHT_SURFACES, accent, towards="#000000"),
        dark=dark,
        darkInk=ink_on(dark),
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)

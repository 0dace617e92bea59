"""A person at the mouse and the keyboard whose time is counted: what a page makes them wait, and what hands take.

A script clicks faster than anybody. So each deed is also counted as the keystroke-level model has it (Card, Moran
and Newell, "The keystroke-level model for user performance time with interactive systems", CACM 23(7), 1980):
pointing 1.1 s, a press of button or key 0.2 s, and 1.35 s to make up one's mind before each deed; a typed
letter 0.2 s (an average skilled typist).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

POINT, PRESS, MIND, LETTER = 1.1, 0.2, 1.35, 0.2


@dataclass
class Work:
    """Seconds of one part: `waited` is the wall time of pages, `hands` what a person's hands and mind add."""

    title: str
    waited: float = 0.0
    hands: float = 0.0
    clicks: int = 0
    letters: int = 0


@dataclass
class Hand:
    """Does what a person would, and keeps the books."""

    parts: list[Work] = field(default_factory=list)

    @contextmanager
    def at(self, title: str) -> Iterator[None]:
        """Count the deeds and the waits in here as one part."""
        part = Work(title)
        self.parts.append(part)
        began = time.monotonic()
        try:
            yield
        finally:
            part.waited = time.monotonic() - began

    def click(self, what: Locator) -> None:
        what.click()
        self._count(1, POINT + PRESS + MIND)

    def press(self, page: Page, key: str) -> None:
        page.keyboard.press(key)
        self._count(1, PRESS + MIND)

    def write(self, where: Locator, text: str) -> None:
        """Click into a field and type."""
        self.click(where)
        self.type(where, text)

    def type(self, where: Locator, text: str) -> None:
        """Type into the field that has the focus already."""
        where.press_sequentially(text)
        self.parts[-1].letters += len(text)
        self._count(0, len(text) * LETTER)

    def say(self, where: Locator, text: str) -> None:
        """Type and send with Enter."""
        self.write(where, text)
        where.press("Enter")
        self._count(1, PRESS)

    def _count(self, clicks: int, seconds: float) -> None:
        self.parts[-1].clicks += clicks
        self.parts[-1].hands += seconds

    @property
    def waited(self) -> float:
        """Seconds of pages."""
        return sum(part.waited for part in self.parts)

    @property
    def hands(self) -> float:
        """Seconds of hands and mind."""
        return sum(part.hands for part in self.parts)

    def report(self) -> str:
        """The books as a table for people."""
        lines = [
            f"{one.title:45} {one.waited:6.1f} s of pages + {one.hands:5.1f} s of hands"
            f" ({one.clicks} clicks and keys, {one.letters} letters)"
            for one in self.parts
        ]
        in_all = f"{self.waited:6.1f} s of pages + {self.hands:5.1f} s of hands"
        return "\n".join([*lines, f"{'in all':45} {in_all}"])

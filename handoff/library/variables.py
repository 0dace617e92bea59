"""The blanks of a canned reply: which there are, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.errors import HandrailError

VARIABLES: dict[str, str] = {
    "to_name": "a space and the customer’s first name, or nothing",
    "agent": "your name",
    "order_number": "the order they named",
    "first_ask": "what they asked first",
    "by": "a clock time, so many minutes from now",
    "article": "the title of the article that fits best and was not tried",
    "url": "that article’s address",
    "wait": "how long others wait now",
    "opens": "when the team opens next",
    "due": "until when the case is promised to be settled",
}
# What a screen reader and a hurried agent both notice; static/vague.js looks for the same form.
_WORDS: dict[str, str] = {"by": "clock time", "opens": "opening time", "due": "due time"}
_BLANK = re.compile(r"\{([a-z_]{1,20})\}")


class UnknownVariable(HandrailError):
    code, status = "unknown_variable", 422

    def __init__(self, unknown: list[str]) -> None:
        names = ", ".join(f"{{{name}}}" for name in VARIABLES)
        said = ", ".join(unknown)
        super().__init__(
            f"There is no variable {said}. There are: {names}.",
            details={"unknown": unknown, "known": list(VARIABLES)},
        )


@dataclass(frozen=True)
class Filled:
    text: str
    missing: tuple[str, ...]
    """The variables nobody knows here: each stands in the text as ``[order number]``."""


def used(text: str) -> list[str]:
    """The variables of a text in their order, each once."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def unknown(text: str) -> list[str]:
    """What stands in braces and is no variable, and braces that belong to none."""
    wrong = [f"{{{name}}}" for name in used(text) if name not in VARIABLES]
    return wrong + list(dict.fromkeys(re.findall(r"\{[^{}]{0,20}\}?|\}", _BLANK.sub("", text))))


def check(text: str) -> None:
    """Raises:
    UnknownVariable: with the list of those there are.
    """
    if wrong := unknown(text):
        raise UnknownVariable(wrong)


def fill(text: str, known: Mapping[str, str]) -> Filled:
    """Put in what is known; what is not stays a blank that the agent sees.

    >>> fill("Hello{to_name}, about {order_number}", {"to_name": " Ann"})
    Filled(text='Hello Ann, about [order number]', missing=('order_number',))
    """
    missing = tuple(name for name in used(text) if name not in known)

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return known.get(name, f"[{_WORDS.get(name, name.replace('_', ' '))}]")

    return Filled(_BLANK.sub(value, text), missing)

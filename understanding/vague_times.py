"""Words that promise a time without naming one ("soon", "a few days"), and those that do name one.

"Wait with a time" (P5): a customer who reads one of the first still does not know when. English only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ADVICE = "Say when: hours, days or a date."

_VAGUE = (
    r"as soon as (?:possible|we can|it (?:is|'s) ready)",
    r"a\.?s\.?a\.?p\.?",
    r"(?:very |quite )?soon(?:est)?",
    r"shortly",
    r"promptly",
    r"(?:in|within) (?:a (?:little )?while|no time|due course|the near future)",
    r"(?:in|within|for|after|takes?|up to)? ?(?:a few|several|some|a couple of|a number of) "
    r"(?:moments|minutes|hours|days|weeks|months)",
    r"(?:in )?a (?:moment|timely manner)",
    r"a bit later",
    r"later on",
    r"at (?:our|your|the) earliest(?: convenience)?",
    r"(?:right|straight) away",
    r"as quickly as (?:possible|we can)",
    r"eventually",
    r"in time",
    r"when(?:ever)? (?:possible|we can)",
    r"momentarily",
    r"imminently",
)
_VAGUE_TIME = re.compile(r"(?<!\w)(?:" + "|".join(_VAGUE) + r")(?!\w)", re.IGNORECASE)
# Every repeat is bounded, and a number starts where a word does: else 8,000 digits took 3.5 s.
_NUMBER = (
    r"(?<!\w)(?:\d{1,6}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|"
    r"the same|the next|next|every)"
)
_CLEAR_TIME = re.compile(
    rf"{_NUMBER}(?:\s{{0,3}}[–-]\s{{0,3}}\d{{1,6}}| to \d{{1,6}}| or \w{{1,30}})?[\s-]{{1,4}}"
    r"(?:\w{1,30} ){0,2}"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
    r"|\b\d{1,2}[:.]\d{2}\b|\b(?:today|tomorrow|tonight|immediately|at once|now)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:on|by|until) the \d"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Vague:
    """One vague time: where it stands (characters, end excluded), and its words."""

    start: int
    end: int
    words: str


def vague_times(text: str) -> list[Vague]:
    """All vague times in reading order.

    >>> [found.words for found in vague_times("We write soon, within 2 days.")]
    ['soon']
    """
    return [Vague(*found.span(), found.group().strip()) for found in _VAGUE_TIME.finditer(text)]


def names_a_time(text: str) -> bool:
    """Whether hours, days, a date or a weekday stand anywhere in the text."""
    return _CLEAR_TIME.search(text) is not None

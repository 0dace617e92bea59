"""Moments of truth: situations in which a person is called at once, whatever else a message is about.

Two opinions are united. Phrases (data/moments) find the moment in a message that is mostly about something
else: "my lamp caught fire, how do I return it". The intent classifier finds wordings that no list has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from understanding import moment_phrases
from understanding.remembered import REMEMBERED

SELF_HARM = "self_harm"
#: The kinds are intents too. Where a message holds several, the first one counts.
KINDS: tuple[str, ...] = (
    SELF_HARM,
    "safety_hazard",
    "account_hacked",
    "legal_threat",
    "double_charge",
    "cancellation_threat",
)
#: Somebody's life: a figure of speech here and there doesn't outweigh a classifier as sure as this.
GRAVE = frozenset({SELF_HARM, "safety_hazard"})
OVERWHELMING = 0.9
#: A moment may stand at the end of a long letter.
MAX_CHARACTERS = 4000

_APOSTROPHE = re.compile(r"['’‘`´]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9]+|[.!?;,\n]")
_ENDS = frozenset(".!?;\n")
# Letters that no decomposition takes apart.
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae"})


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of the intent classifier from which its opinion counts.

    Measured on held-out examples of data/nlu, beside phrases: `self_harm` .35 calls 3 of 1,000 other messages
    self-harm, .5 calls 1.6; the others' .25 notices 1 to 6 of 1,000. A kind that is the classifier's first
    guess stays the intent below them.
    """

    noticed: float = 0.25
    self_harm: float = 0.45
    certain: float = 0.5

    def __post_init__(self) -> None:
        if not (0.0 < self.noticed <= self.certain <= 1.0 and 0.0 < self.self_harm <= 1.0):
            raise ValueError(
                "moment thresholds must lie above 0, and certain not below noticed: "
                f"{self.noticed}, {self.self_harm}, {self.certain}"
            )


@dataclass(frozen=True)
class Moment:
    """`evidence` is the customer's own words; empty when only the classifier noticed."""

    kind: str
    evidence: str
    probability: float | None
    """The classifier's; None when it gave no opinion."""
    strong: bool
    """Whether it outranks what the message was understood as."""


@dataclass(frozen=True)
class Words:
    """What phrases say of a text."""

    found: Mapping[str, str]
    """Kind → the words that say so."""
    harmless: frozenset[str]
    """Kinds of which only figures of speech, denials and the like stand there."""


def assess(
    text: str, probabilities: Mapping[str, float], thresholds: Thresholds | None = None
) -> Moment | None:
    """Return the moment of a message, or None.

    >>> assess("you charged me twice, and where is my parcel", {}).kind
    'double_charge'
    >>> assess("those shoes are to die for", {"self_harm": 0.6}) is None
    True
    """
    limits = thresholds or Thresholds()
    words = read(text)
    noticed = None
    for kind in KINDS:
        probability = probabilities.get(kind)
        believed = probability or 0.0
        if kind in words.harmless and not (kind in GRAVE and believed >= OVERWHELMING):
            believed = 0.0
        certain = limits.self_harm if kind == SELF_HARM else limits.certain
        if kind in words.found or believed >= certain:
            return Moment(kind, words.found.get(kind, ""), probability, True)
        # A weak opinion must not hide a kind that the customer names in so many words.
        if noticed is None and kind != SELF_HARM and believed >= limits.noticed:
            noticed = Moment(kind, "", probability, False)
    return noticed


@lru_cache(REMEMBERED)
def read(text: str) -> Words:
    """Look for the phrases of every kind.

    Raises:
        PhrasesError: a file of data/moments can't be used.
    """
    plain = plain_words(text)
    found, harmless = {}, set()
    for kind in KINDS:
        said = moment_phrases.load(kind).find(plain)
        if said.words:
            found[kind] = said.words
        # "I will never be happy i want to die": what looks like a denial must not calm us about a life.
        elif said.harmless or (said.denied and kind != SELF_HARM):
            harmless.add(kind)
    return Words(found, frozenset(harmless))


def plain_words(text: str) -> str:
    """Return lower-case words and clause marks, each after one space: "I'm GONE!" is " im gone ."."""
    text = _APOSTROPHE.sub("", text[:MAX_CHARACTERS].lower()).translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    bare = _DRAWN_OUT.sub(r"\1\1", bare)
    words = ("." if token in _ENDS else token for token in _TOKEN.findall(bare))
    return "".join(f" {word}" for word in words)

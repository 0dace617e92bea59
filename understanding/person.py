"""Whether a customer asks for a person, by two kinds of evidence.

Phrases (data/asking/person.yml) find the wish inside a longer message: "my deposit is gone, connect me to an
agent". The intent classifier finds wordings that no list has, and alone it needs to be surer: among messages of
another trade it takes "send a text to someone" for the wish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from understanding import moment_phrases
from understanding.moments import plain_words
from understanding.remembered import REMEMBERED

INTENT = "request_human"
#: Files of phrases: looked for anywhere in a message, and such as must be all of it.
KIND, ALONE = "person", "person_alone"
FOLDER = Path(__file__).resolve().parents[1] / "data" / "asking"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of the intent classifier from which its opinion counts.

    Of data/nlu, held out, .8 with phrases finds 55 of 60 requests and takes 7 other messages for one, 6 of them
    for another person; argmax alone finds 39 and takes 13. Of 28,323 turns of multidogo's train (finance,
    software), where nobody asks for a person, .8 takes 10, .5 takes 63, argmax alone 91; of 15,000 messages of
    clinc150's train 62, 188 and 282.
    """

    alone: float = 0.8
    """Where no phrase says so."""
    denied: float = 0.95
    """Where the words only sound like it, or take it back."""


@dataclass(frozen=True)
class Words:
    """What phrases say of a text."""

    found: str
    """The words that ask; empty when there are none."""
    taken_back: bool
    """Whether what sounds like it is harmless or denied."""


@lru_cache(REMEMBERED)
def read(text: str) -> Words:
    """Look for the phrases.

    >>> read("My deposit is gone. Connect me to an agent!").found
    'connect me to an agent'
    >>> read("are you a real person?")
    Words(found='', taken_back=True)

    Raises:
        PhrasesError: the file of phrases can't be used.
    """
    plain = plain_words(text)
    if moment_phrases.load(ALONE, FOLDER).says.fullmatch(plain):
        return Words(plain.strip(), False)
    said = moment_phrases.load(KIND, FOLDER).find(plain)
    return Words(said.words, said.harmless or said.denied)


def wants(
    texts: Sequence[str],
    probability: float,
    in_scope: bool,
    thresholds: Thresholds | None = None,
) -> bool:
    """Tell whether a message asks for a person.

    `texts` are its words as they were typed and as they were meant; `probability` is the classifier's of
    `INTENT`, 0 where another intent is likelier.
    """
    limits = thresholds or Thresholds()
    words = [read(text) for text in dict.fromkeys(texts)]
    if any(one.found for one in words):
        return True
    taken_back = any(one.taken_back for one in words)
    return in_scope and probability >= (limits.denied if taken_back else limits.alone)

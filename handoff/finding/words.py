"""Texts as the search sees them: words without case and accents, and where each stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

WORD_LIMIT = 40
WORDS_LIMIT = 1500
SNIPPET, BEFORE = 180, 60
# Letters with a stroke are no accent to Unicode; people who have no such key type the plain one.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
# Han, kana and hangul are written without spaces: each sign is a word.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


@dataclass(frozen=True)
class Word:
    """Characters ``start`` to ``end`` (exclusive) of the text, folded."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in their order.

    >>> [(one.text, one.start) for one in words("Où est le café?")]
    [('ou', 0), ('est', 3), ('le', 7), ('cafe', 10)]
    """
    if text.isascii():
        folded, places = text.lower(), None
    else:
        signs = [(sign, place) for place, char in enumerate(text) for sign in _fold(char)]
        folded, places = "".join(sign for sign, _ in signs), [place for _, place in signs]
    found = []
    for match in _WORD.finditer(folded):
        start, end = match.span()
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        found.append(Word(match.group()[:WORD_LIMIT], start, end))
    return found


@lru_cache(4096)
def _fold(char: str) -> str:
    apart = unicodedata.normalize("NFKD", char.casefold().translate(_PLAIN))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def distinct(text: str) -> list[str]:
    """Each word of a text once, for the index."""
    return list(dict.fromkeys(one.text for one in words(text)))[:WORDS_LIMIT]


def matches(word: str, terms: Sequence[str]) -> bool:
    """Whether a word begins with one of the terms; one letter or sign alone must be the whole word."""
    return any(word == term if len(term) == 1 else word.startswith(term) for term in terms)


@dataclass(frozen=True)
class Snippet:
    """A piece of a text; each mark is ``(from, to)`` of a hit, in UTF-16 units as browsers count them."""

    text: str
    marks: list[tuple[int, int]]


def snippet(text: str, terms: Sequence[str]) -> Snippet:
    """The text around its first hit, on one line."""
    text = re.sub(r"\s", " ", unicodedata.normalize("NFC", text))
    hits = [one for one in words(text) if matches(one.text, terms)]
    start = max(0, hits[0].start - BEFORE) if hits and len(text) > SNIPPET else 0
    if start:
        space = text.find(" ", start, hits[0].start)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + SNIPPET)
    head, tail = ("… " if start else ""), (" …" if end < len(text) else "")
    piece = head + text[start:end] + tail
    moved = [
        (one.start - start + len(head), one.end - start + len(head))
        for one in hits
        if one.end <= end
    ]
    return Snippet(piece, [(_units(piece, first), _units(piece, last)) for first, last in moved])


def _units(text: str, place: int) -> int:
    return place + sum(ord(char) > 0xFFFF for char in text[:place])

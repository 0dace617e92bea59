"""Words for the lexical search: folded, stemmed lightly, and corrected against the words we know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWEL = re.compile(r"[aeiouy]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

# Words that carry no subject. "not" and "no" stay: they can be the whole difference.
_STOPWORDS = """
a an and any are as at be been but by can could did do does for from get got had has have hello hey hi how i if
im in is it its ive just me my of on or our please pls so some than that the their them then there they this to
u up us was we were what when where which who why will with would you your youre
"""
STOPWORDS = frozenset(_STOPWORDS.split())
#: Longer terms are no words; trying their slips would only cost time.
LONGEST = 24


def words(text: str) -> list[str]:
    """Lower-case words without accents, in order: "Café's OPEN" → ["cafes", "open"]."""
    folded = unicodedata.normalize("NFKD", text)
    folded = "".join(char for char in folded if not unicodedata.combining(char)).casefold()
    return [word.replace("'", "").replace("’", "") for word in _WORD.findall(folded)]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Cut the commonest English endings. What matters is that relatives meet, not that the stem is a word."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ations", "ation", "ments", "ment", "ings", "ing", "ed", "ly"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest
            break
    if len(word) > 3 and word[-1] in "ey":
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def correct(term: str, known: Mapping[str, int]) -> str:
    """The commonest known term one slip away (a letter lost, added, changed or swapped), or the term itself.

    Trying all slips against a dictionary needs no index of its own and costs 0.2 ms for an unknown
    term of eight letters; known terms cost one look-up.
    """
    if term in known or not 4 <= len(term) <= LONGEST:
        return term
    return max(_slips(term, known), key=lambda slip: (known[slip], slip), default=term)


def _slips(term: str, known: Container[str]) -> list[str]:
    cuts = [(term[:at], term[at:]) for at in range(len(term) + 1)]
    slips = [left + right[1:] for left, right in cuts if right]
    slips += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    slips += [left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS]
    slips += [left + letter + right for left, right in cuts for letter in _LETTERS]
    return [slip for slip in slips if slip in known]

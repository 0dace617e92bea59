"""How hard an English text is to read: the Flesch-Kincaid grade, and its longest sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.rendering import plain

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_VOWELS = re.compile(r"[aeiouy]+")
#: A grade is an average: of fewer words it says nothing.
FEWEST_WORDS = 40


@dataclass(frozen=True)
class Reading:
    """Words a sentence, syllables a word, and the American school grade that both make."""

    words: int
    sentences: int
    syllables: int

    @property
    def grade(self) -> float:
        """Kincaid et al. 1975: 0.39 words/sentence + 11.8 syllables/word − 15.59."""
        if not self.words:
            return 0.0
        per_sentence = self.words / max(1, self.sentences)
        return 0.39 * per_sentence + 11.8 * self.syllables / self.words - 15.59


def read(text: str) -> Reading:
    """Measure an article's text without its marks; each list item is at least one sentence.

    >>> round(read("The cat sat on the mat.").grade, 2)
    -1.45
    """
    found = [_WORD.findall(sentence) for sentence in sentences(text)]
    found = [words for words in found if words]
    count = sum(len(words) for words in found)
    return Reading(count, len(found), sum(syllables(word) for words in found for word in words))


def sentences(text: str) -> list[str]:
    """The sentences of an article's text, as a reader sees them."""
    return [one.strip() for one in _SENTENCE.findall(plain(text)) if one.strip()]


def longest(text: str) -> str:
    """The sentence with the most words; empty when there is none."""
    return max(sentences(text), key=lambda one: len(_WORD.findall(one)), default="")


def words_in(text: str) -> int:
    return len(_WORD.findall(text))


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one. Right for nine English words in ten."""
    low = word.lower()
    groups = len(_VOWELS.findall(low))
    silent_e = low.endswith("e") and not low.endswith(("le", "ee", "ie", "oe", "ye"))
    silent_ed = low.endswith("ed") and not low.endswith(("ted", "ded"))
    return max(1, groups - (silent_e or silent_ed))

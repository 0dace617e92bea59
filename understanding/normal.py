"""A message as its words were meant: for the classifier and the search, never for what is stored.

`plain` needs no vocabulary. `Speller` knows the words of the training examples and mends what is no
word: a slip of a finger, words run together. What it can't mend with confidence stays as it is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

#: Longer messages are pasted, and must not cost more.
MAX_CHARACTERS = 1000
#: Words of one message that are looked at; each unknown one costs about 0.2 ms.
MAX_UNKNOWN = 12
LONGEST = 40

_SPACE = re.compile(r"[^\S\n]+")
_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Zero-width and direction marks, soft hyphens, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

#: What a slip costs, in nats, beside the rarity of the word that was meant. Swapping two letters and
#: doubling one wrongly come first. A letter changed into one that lies elsewhere on the keyboard is
#: more often another word ("bloke", "broke") than a slip, and is left alone.
SWAPPED, DOUBLED, LOST, NEIGHBOUR, ADDED = 3.0, 3.0, 4.0, 4.0, 4.5
#: The first letter is seldom wrong.
FIRST = 2.0
#: Running two words together, beside the costs of the words.
GLUED = 1.0
#: What costs more than this is a guess: one mended word, and each of several run together.
LIMIT, LIMIT_EACH = 16.0, 9.0
#: A slip in a word as short as this is hardly told from another word: "gent" is not "get".
SHORT = 4

#: How much more frequent a word of the examples must be for another to be a slip of it.
COMMONER = 8

# Unknown words with these endings are forms of known ones, not slips.
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "r", "ly")
# Typed without their apostrophe, as most people do.
_SHORTENED = """
arent cant couldnt didnt doesnt dont hadnt hasnt havent heres hows ill isnt itll ive lets shant shouldnt
thats theres theyre theyve wasnt werent weve whats whens wheres whos whys wont wouldnt youd youll youre
youve
"""
_CONTRACTED = frozenset(_SHORTENED.split())
# Emoji that show a feeling or underline; those of things may stand for their word.
_FEELING = re.compile(
    r"FACE|HAND|HEART|SIGN|MARK|SYMBOL|FITZPATRICK|THUMB|FOLDED|SPARK|PARTY|EYES|MONKEY|FLEX"
)
#: With fewer words than this beside it, an emoji of a thing is read as the thing.
FEW_WORDS = 2


def plain(text: str) -> str:
    """Without emoji, invisible signs, look-alike letters of other styles, and drawn-out letters.

    The text itself when nothing would be left: a 👍 says something.

    >>> plain("where’s my parceeeel 😭😭"), plain("👍"), plain("📦 where?")
    ('where’s my parceel', '👍', 'package where?')
    """
    if text.isascii() and not _DRAWN.search(text):
        return text
    readable = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    few = len(_WORD.findall(readable)) < FEW_WORDS
    seen: set[str] = set()
    kept = "".join(
        f" {_thing(sign, seen) if few else ''} " if _is_picture(sign) else sign for sign in readable
    )
    kept = _SPACE.sub(" ", _DRAWN.sub(r"\1\1", kept)).strip()
    return kept if _WORD.search(kept) or any(sign.isdigit() for sign in kept) else text


def _thing(sign: str, seen: set[str]) -> str:
    """What an emoji of a thing is called, once in a text; nothing for faces and hands."""
    name = unicodedata.name(sign, "")
    if not name or name in seen or _FEELING.search(name):
        return ""
    seen.add(name)
    return name.lower()


def _is_picture(sign: str) -> bool:
    return sign > "\u2000" and unicodedata.category(sign) in ("So", "Sk", "Cn", "Co")


def words(text: str) -> list[str]:
    """The text's words in lower case, without digits."""
    return [match.group().lower() for match in _WORD.finditer(text)]


def _neighbours() -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {letter: set() for letter in _LETTERS}
    for above, row in zip(("", *_ROWS), _ROWS, strict=False):
        for at, letter in enumerate(row):
            beside = row[at - 1 : at] + row[at + 1 : at + 2]
            for other in beside + above[at : at + 2]:
                near[letter].add(other)
                near[other].add(letter)
    return {letter: frozenset(others) for letter, others in near.items()}


_NEAR = _neighbours()


def _no_word(word: str) -> bool:
    return False


@dataclass(frozen=True)
class Speller:
    """Word counts of the training examples; `is_word` knows the language's other words."""

    counts: Mapping[str, int]
    is_word: Callable[[str], bool] = _no_word

    @cached_property
    def total(self) -> int:
        """Words of all examples together."""
        return sum(self.counts.values())

    @classmethod
    def learn(cls, texts: Iterable[str], is_word: Callable[[str], bool] = _no_word) -> Speller:
        """Count the words of the examples; one seen once may itself be a slip.

        So may one seen more often, in examples that show how people type: what the language doesn't know
        and what is one slip from a word `COMMONER` times as frequent, is no word.
        """
        counts = Counter(word for text in texts for word in words(text))
        kept = {word: n for word, n in sorted(counts.items()) if n > 1}
        every = cls(kept, is_word)
        return cls({word: n for word, n in kept.items() if not every._is_slip(word, n)}, is_word)

    def _is_slip(self, word: str, times: int) -> bool:
        if (
            len(word) < SHORT
            or word in _CONTRACTED
            or "'" in word
            or "’" in word
            or self.is_word(word)
        ):
            return False
        commoner = (slip for slip, _ in self._slips(word) if self.counts[slip] >= COMMONER * times)
        return any(not slip.startswith(word) and not word.startswith(slip) for slip in commoner)

    def mend(self, text: str) -> str:
        """Return the text with its slips mended.

        >>> speller = Speller({"where": 50, "is": 90, "my": 80, "order": 60})
        >>> speller.mend("whereismyorder"), speller.mend("WHER is my odrer?")
        ('where is my order', 'where is my order?')
        """
        left = MAX_UNKNOWN

        def better(match: re.Match[str]) -> str:
            nonlocal left
            word = match.group()
            if left <= 0 or match.end() > MAX_CHARACTERS or self._inside(match):
                return word
            if self.knows(word.lower()):
                return word
            left -= 1
            return self._mended(word.lower()) or word

        return _WORD.sub(better, text)

    def knows(self, word: str) -> bool:
        """Whether this is a word, as far as we know: one of the examples, the language or a form of it."""
        if len(word) < 3 or word in _CONTRACTED or "'" in word or "’" in word:
            return True
        return self._listed(word) or any(self._is_form(word, ending) for ending in _ENDINGS)

    def _listed(self, word: str) -> bool:
        return word in self.counts or self.is_word(word)

    def _is_form(self, word: str, ending: str) -> bool:
        if f"{word}{ending}" in self.counts:
            return True
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            return False
        once = stem[:-1] if stem[-1] == stem[-2] else stem
        return any(map(self._listed, (stem, f"{stem}e", once)))

    @staticmethod
    def _inside(match: re.Match[str]) -> bool:
        # Part of an address, a number or a link: no word of a sentence.
        text, start, end = match.string, match.start(), match.end()
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        followed = text[end : end + 2]
        return any(sign in "@_/\\#&=" or sign.isdigit() for sign in around) or (
            len(followed) == 2 and followed[0] in ".-@" and followed[1].isalnum()
        )

    def _mended(self, word: str) -> str | None:
        if len(word) > LONGEST or not word.isascii():
            return None
        shorter = _DRAWN.sub(r"\1", re.sub(r"(.)\1+", r"\1", word))
        ways = [(self._cost(shorter) + DOUBLED, shorter)] if shorter in self.counts else []
        ways += [(self._cost(slip) + cost, slip) for slip, cost in self._slips(word)]
        ways.append(self._split(word))
        cost, best = min(ways)
        parts = best.count(" ") + 1
        return best if cost <= (LIMIT if parts == 1 else LIMIT_EACH * parts) else None

    def _cost(self, word: str) -> float:
        return math.log(self.total / self.counts[word])

    def _slips(self, word: str) -> Iterator[tuple[str, float]]:
        """Known words one slip away, with what that slip costs; three letters may only be swapped."""
        for at in range(len(word)):
            first = FIRST if at == 0 else 0.0
            before, letter, after = word[:at], word[at], word[at + 1 :]
            if after:
                yield from self._known(before + after[0] + letter + after[1:], SWAPPED + first)
            if len(word) < SHORT:
                continue
            doubled = letter in (before[-1:], after[:1])
            if doubled or len(word) > SHORT:
                cost = DOUBLED if doubled else ADDED
                yield from self._known(before + after, cost + first)
            for other in _NEAR.get(letter, ()):
                yield from self._known(before + other + after, NEIGHBOUR + first)
            for other in _LETTERS:
                again = DOUBLED if other == letter else LOST
                yield from self._known(before + other + letter + after, again + first)
        if len(word) >= SHORT:
            for other in _LETTERS:
                yield from self._known(word + other, LOST)

    def _known(self, slip: str, cost: float) -> Iterator[tuple[str, float]]:
        if slip in self.counts and len(slip) >= 3:
            yield slip, cost

    def _split(self, word: str) -> tuple[float, str]:
        """The likeliest way to cut the word into known ones, by dynamic programming."""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(word) + 1):
            ways = [
                (best[start][0] + self._cost(word[start:end]) + GLUED, f"{best[start][1]} {part}")
                for start in range(max(0, end - 16), end)
                if (part := word[start:end]) in self.counts and (end - start > 1 or part in "aiu")
            ]
            best.append(min(ways, default=(math.inf, "")))
        cost, parts = best[-1]
        return cost, parts.strip()

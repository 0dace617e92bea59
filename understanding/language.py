"""Which language a message is in, by its commonest words, its letters and its alphabet; or "don't know".

Words and letters add up as log-likelihoods to a naive Bayes posterior whose prior knows that customers of this
house write English. Short texts, names, numbers and typos stay undecided.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from understanding.language_words import GROUPS, LETTERS, NAMES, PERSON_WORDS, RARE_ENGLISH, WORDS
from understanding.remembered import REMEMBERED

ENGLISH = "en"
#: A few lines say it all.
MAX_CHARACTERS = 1000
#: What a message is before it is read: English, unless it says otherwise.
PRIOR_ENGLISH = 0.8
#: Log-likelihoods, set by hand on the sentences of tests/understanding/languages.py.
WORD, FOLDED_WORD, RARE_WORD, LETTER, GROUP, TWO_GROUPS = 3.2, 2.8, 1.2, 1.6, 0.8, 1.2
#: A word that is on no list: 22 % of English ones are on none (data/nlu), some 45 % of the others' (FRESH of the
#: tests), and log(.22 / .45) = -.7. One with marks is hardly English.
UNSEEN, MARKED = -0.6, -1.5
#: Below this we don't know. Of the sentences cut to two words 46 % reach it, and 94 % of those are named rightly.
SURE = 0.9
#: Words that speak for the language and against English.
WORDS_NEEDED = 2
#: Signs of an alphabet that stand for two words, in writing without spaces or with.
SIGNS_NEEDED = 4

_NO_WORD = re.compile(r"\S{0,200}[@/\d]\S{0,200}|\S{0,100}\.(?:com|be|de|nl|fr|eu|net|org)\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SIGN = re.compile(r"[^\W\d_]")
_LATIN = str.maketrans({"ı": "i", "ł": "l", "ß": "ss", "œ": "oe", "æ": "ae"})
_FRENCH = frozenset({"l", "d", "j", "c", "n", "qu", "s", "jusqu", "lorsqu", "m", "t"})
_ITALIAN = frozenset(
    {"un", "dell", "nell", "all", "sull", "dall", "quell", "dov", "cos", "com", "l", "c", "d"}
)
# Between the words of a name or an address they say nothing: "Jan van den Berg", "Rue de la Loi".
_PARTICLES = frozenset({
    "van", "von", "der", "den", "de", "des", "du", "di", "da", "do", "dos", "la", "le", "les",
    "el", "del", "della", "al", "ter", "ten", "y", "e", "und", "et", "zu",
})  # fmt: skip

#: First and last code point of alphabets, and the language that is likeliest to use each.
SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"), (0x1F00, 0x1FFF, "el"), (0x0400, 0x052F, "ru"), (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"), (0x0750, 0x077F, "ar"), (0xFB50, 0xFDFF, "ar"), (0xFE70, 0xFEFC, "ar"),
    (0x0900, 0x097F, "hi"), (0x0E00, 0x0E7F, "th"), (0x1100, 0x11FF, "ko"), (0xAC00, 0xD7AF, "ko"),
    (0x3040, 0x30FF, "ja"), (0x3400, 0x4DBF, "zh"), (0x4E00, 0x9FFF, "zh"), (0x20000, 0x2FA1F, "zh"),
)  # fmt: skip
#: Letters by which a second language of the same alphabet is told.
_TELLING = (("ru", "uk", frozenset("іїєґ")), ("ar", "fa", frozenset("پچژگکی")))


@dataclass(frozen=True)
class Language:
    """`code` is ISO 639-1, None when unknown; `sure` only from two words on."""

    code: str | None
    probability: float
    sure: bool
    asks_person: bool = False
    """Whether words of another language name a person or an employee."""

    @property
    def name(self) -> str | None:
        """In English."""
        return None if self.code is None else NAMES[self.code]

    @property
    def is_foreign(self) -> bool:
        return self.sure and self.code != ENGLISH


UNKNOWN = Language(None, 0.0, False)


@lru_cache(REMEMBERED)
def detect(text: str) -> Language:
    """Return the language of a text.

    >>> detect("Wo ist mein Paket?").code, detect("FW-204411").code
    ('de', None)
    """
    text = unicodedata.normalize("NFC", _NO_WORD.sub(" ", text[:MAX_CHARACTERS]))
    foreign = _by_alphabet(text)
    if foreign is not None:
        return foreign
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    if not words or _is_name(words):
        return UNKNOWN
    return _by_words([word.lower().replace("i̇", "i") for word in words])


def _by_alphabet(text: str) -> Language | None:
    """The language of a text most of whose letters belong to one of our alphabets."""
    signs = _SIGN.findall(text.lower())
    counts: dict[str, int] = {}
    for sign in signs:
        code = _alphabet(ord(sign))
        if code is not None:
            counts[code] = counts.get(code, 0) + 1
    total = sum(counts.values())
    if not total or 2 * total <= len(signs):
        return None
    # Japanese is written in Chinese signs too, and its own among them tell.
    code = "ja" if counts.get("ja") else max(counts, key=lambda one: counts[one])
    for first, second, letters in _TELLING:
        if code == first and not letters.isdisjoint(signs):
            code = second
    return Language(code, 1.0, total >= SIGNS_NEEDED)


def _alphabet(point: int) -> str | None:
    if point < 0x0370:
        return None
    return next((code for first, last, code in SCRIPTS if first <= point <= last), None)


def _is_name(words: list[str]) -> bool:
    """Names and addresses: every word that counts is capitalised, in a text that isn't all capitals."""
    if all(word.isupper() for word in words):
        return False
    return all(word[0].isupper() or word.lower() in _PARTICLES for word in words)


def _by_words(words: list[str]) -> Language:
    scores = dict.fromkeys(WORDS, math.log((1 - PRIOR_ENGLISH) / (len(WORDS) - 1)))
    scores[ENGLISH] = math.log(PRIOR_ENGLISH)
    speaking = dict.fromkeys(WORDS, 0)
    for word in words:
        points = _weigh(word)
        for code, value in points.items():
            scores[code] += value
            speaking[code] += value > (UNSEEN if code == ENGLISH else points.get(ENGLISH, UNSEEN))
    best = max(scores, key=lambda code: scores[code])
    probability = 1.0 / sum(math.exp(score - scores[best]) for score in scores.values())
    # Two words of another language, or one of English among two: a lone word may be a name or a slip.
    sure = len(words) >= 2 and speaking[best] >= (1 if best == ENGLISH else WORDS_NEEDED)
    if probability < SURE or not sure:
        return Language(None, round(probability, 4), False)
    parts = {part for word in words for part in _fold(word).split("'")}
    asks = best != ENGLISH and not PERSON_WORDS.isdisjoint(parts)
    return Language(best, round(probability, 4), True, asks)


def _weigh(word: str) -> dict[str, float]:
    """The languages for which a word speaks, and how much."""
    head, mark, tail = word.partition("'")
    if mark and len(tail) > 2 and head in _FRENCH | _ITALIAN:
        points = {code: value for code, value in _weigh(tail).items() if code != ENGLISH}
        for code, heads in (("fr", _FRENCH), ("it", _ITALIAN)):
            if head in heads:
                points[code] = max(points.get(code, 0.0), 0.0) + WORD
        return points
    plain = word.replace("'", "")
    known = {code: WORD for code, words in _EXACT.items() if plain in words}
    if not known:
        known = {code: FOLDED_WORD for code, words in _FOLDED.items() if plain in words}
    letters = {code: LETTER for code, own in _LETTERS.items() if not own.isdisjoint(plain)}
    if plain in _RARE:
        known[ENGLISH] = max(known.get(ENGLISH, 0.0), RARE_WORD)
    if known:
        return {code: known[code] + letters.get(code, 0.0) for code in known}
    if len(plain) >= 4:
        for code, groups in _GROUPS.items():
            count = len(set(groups.findall(f"^{plain}$")))
            if count:
                letters[code] = letters.get(code, 0.0) + (TWO_GROUPS if count > 1 else GROUP)
    if not plain.isascii():
        letters[ENGLISH] = MARKED
    elif not letters:
        letters[ENGLISH] = UNSEEN
    return letters


def _fold(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.translate(_LATIN))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


_EXACT = {code: frozenset(words.split()) for code, words in WORDS.items()}
_RARE = frozenset(RARE_ENGLISH.split())
_FOLDED = {
    code: frozenset(map(_fold, words)) - _EXACT[ENGLISH] - _RARE for code, words in _EXACT.items()
}
_LETTERS = {code: frozenset(letters) for code, letters in LETTERS.items()}
# ^ and $ are written around the word, and so are plain signs here.
_GROUPS = {
    code: re.compile("|".join(map(re.escape, sorted(groups.split(), key=len, reverse=True))))
    for code, groups in GROUPS.items()
}

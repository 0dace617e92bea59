"""Words in other languages than English: which of them carry no subject, and which are forms of one another."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock

import bm25s.stopwords as lists
import snowballstemmer

from knowledge_base.search.words import STOPWORDS, stem, words
from understanding.language import ENGLISH
from understanding.language_words import NAMES

# bm25s has no list of Arabic ones.
_ARABIC = """
هل في من على إلى عن مع ما ماذا كيف أين متى لماذا كم أي هذا هذه ذلك تلك التي الذي أن إن أنا نحن
أنت أنتم هو هي هم لا لم لن ليس قد كل أو و ثم كان يكون يمكن يمكنني لي لك لكم له لها لديكم لدي
عندي عندكم بعد قبل حتى الآن إذا لو غير عند هناك يوجد سوف شيء
"""
_STOPWORDS = {
    "ar": _ARABIC.split(),
    "da": lists.STOPWORDS_DANISH,
    "de": lists.STOPWORDS_GERMAN,
    "es": lists.STOPWORDS_SPANISH,
    "fr": lists.STOPWORDS_FRENCH,
    "it": lists.STOPWORDS_ITALIAN,
    "nl": lists.STOPWORDS_DUTCH,
    "pt": lists.STOPWORDS_PORTUGUESE,
    "ru": lists.STOPWORDS_RUSSIAN,
    "sv": lists.STOPWORDS_SWEDISH,
    "tr": lists.STOPWORDS_TURKISH,
}
_KEPT = 1 << 14


@dataclass(frozen=True)
class Tongue:
    stopwords: frozenset[str]
    stem: Callable[[str], str]


_ENGLISH = Tongue(STOPWORDS, stem)


def is_understood(language: str | None) -> bool:
    """Whether the encoder and the calibration were made for it; None: no language is asked for."""
    return language is None or _code(language) == ENGLISH


def terms(text: str, language: str | None = None) -> list[str]:
    """The stems of a text's content words, in order; of all its words when it has no content word."""
    found, tongue = words(text), _ENGLISH if language is None else _tongue(_code(language))
    content = [word for word in found if word not in tongue.stopwords]
    return [tongue.stem(word) for word in content or found]


def known_terms(text: str, languages: Iterable[str], known: Container[str]) -> list[str]:
    """As `terms` in English; where that stem is not known, that of another of these languages that is."""
    others = [_tongue(_code(language)) for language in languages if not is_understood(language)]
    found = words(text)
    content = [word for word in found if word not in STOPWORDS]
    return [_known_stem(word, others, known) for word in content or found]


def _known_stem(word: str, others: Sequence[Tongue], known: Container[str]) -> str:
    english = stem(word)
    if english in known:
        return english
    stems = (tongue.stem(word) for tongue in others if word not in tongue.stopwords)
    return next((one for one in stems if one in known), english)


def _code(language: str) -> str:
    return language.split("-")[0].lower()


@cache
def _tongue(code: str) -> Tongue:
    """A language without a list or a stemmer has its words as they are written."""
    if code == ENGLISH:
        return _ENGLISH
    # As `words` writes them: without accents.
    stopwords = frozenset(word for one in _STOPWORDS.get(code, ()) for word in words(one))
    name = NAMES.get(code, code).lower()
    known = name in snowballstemmer.algorithms()
    return Tongue(stopwords, _stemmer(name) if known else str)


def _stemmer(name: str) -> Callable[[str], str]:
    stemmer, one_at_a_time = snowballstemmer.stemmer(name), Lock()

    @lru_cache(_KEPT)
    def stem_of(word: str) -> str:
        # It keeps the word that it works on to itself.
        with one_at_a_time:
            return str(stemmer.stemWord(word))

    return stem_of

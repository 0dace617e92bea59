"""What a customer wrote, made fit for training files: personal data masked, one safe line, a key.

Whatever comes in, what goes out can't start an intent, name an entity, end a line or break YAML.
Entities are marked afterwards, by people and on the masked text (training.spans).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from understanding import patterns
from understanding.language_words import WORDS
from understanding.name_words import NO_NAME, PARTICLES

LIMIT = 500

# Digits become zeros and the form stays ("order FW-000000"), so that the sentence still trains and
# the entity patterns still find the number. An amount names nobody.
_KEPT = frozenset({patterns.AMOUNT})
EMAIL = "name@example.com"
PERSON = "Alex Smith"
# Cards, accounts and whatever else is long enough to name one person; amounts and years are shorter.
_LONG_NUMBER = re.compile(r"\d(?:[ ./–-]{0,3}\d){6,}")
_DIGIT = re.compile(r"\d")
# "Will" is a name, and "will you" is not: such words count as names only as the customer spelt the name.
_ORDINARY = frozenset(WORDS["en"].split()) | NO_NAME

# Rasa reads "[text](entity)" and "[text]{…}" as entities and expands "${NAME}" from the environment;
# in a file of nothing but ASCII it also decodes "\uXXXX", and fails on a lone "\U" (rasa/shared/utils/io.py).
_NEUTRAL = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\\": "/"})
# Emoji sequences and some scripts need these two; other format characters (bidi, BOM) only hide things.
_JOINERS = "\u200c\u200d"


def mask(text: str) -> str:
    """Replace e-mail addresses, phone, card, account and the house's numbers, and other long ones.

    >>> mask("where is FW-204411? mail me at ann.peeters@gmail.com or 0470 12 34 56")
    'where is FW-000000? mail me at name@example.com or 0000 00 00 00'
    """
    for found in reversed(patterns.find(text)):
        if found.entity == patterns.EMAIL:
            text = text[: found.start] + EMAIL + text[found.end :]
        elif found.entity not in _KEPT:
            zeros = _DIGIT.sub("0", text[found.start : found.end])
            text = text[: found.start] + zeros + text[found.end :]
    return _LONG_NUMBER.sub(lambda match: _DIGIT.sub("0", match.group()), text)


def clean(text: str) -> str:
    """Return one line of at most 500 characters that every reader of the file takes for plain text.

    Empty when nothing readable is left.

    >>> clean("/greet\\nsee [this](order_number)")
    'greet see (this)(order_number)'
    """
    return _line(text)[:LIMIT].rstrip()


def prepare(text: str, parse: Mapping[str, Any]) -> str:
    """Mask and clean one turn's text; what the inbox shows is what would be written.

    `parse` is the turn's: the people that its entities name are masked, too, by first name or last.
    """
    # On the clean line: a zero-width character or an odd space inside a number would hide it.
    line = mask(_line(text))
    people = _people(parse)
    return clean(people.sub(PERSON, line) if people else line)


def normalise(text: str) -> str:
    """Return what two messages have in common when they read the same: no case, no punctuation.

    >>> normalise("Where’s  MY order??") == normalise("wheres my order")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(
        ""
        if character in "'’`"
        else " "
        if unicodedata.category(character)[0] == "P"
        else character
        for character in folded
    )
    return " ".join(words.split()) or " ".join(folded.split())


def key(text: str) -> str:
    """Return the digest under which a label stands for all messages that read the same."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def _line(text: str) -> str:
    # Long before the limit applies, so that 100 kB cost no more than a few.
    kept = "".join(map(_safe, text[: LIMIT * 8]))
    line = " ".join(unicodedata.normalize("NFC", kept).translate(_NEUTRAL).split())
    return line.lstrip("/ ")


def _people(parse: Mapping[str, Any]) -> re.Pattern[str] | None:
    """Return what finds the people that a parse names, longest first: "Sofie Maes" before "Sofie"."""
    entities = parse.get("entities")
    found = {
        name
        for one in (entities if isinstance(entities, list) else [])
        if isinstance(one, Mapping) and one.get("entity") == "PERSON" and one.get("masked") is True
        if len(name := _line(str(one.get("value") or ""))) > 1
    }
    parts = {word for name in found for word in name.split() if _is_telling(word)}
    if not found:
        return None
    ordered = sorted(found | parts, key=lambda name: (-len(name), name))
    return re.compile("|".join(rf"(?<!\w){_spelt(name)}(?!\w)" for name in ordered))


def _is_telling(word: str) -> bool:
    folded = word.casefold()
    if folded in PARTICLES or len(word) < 2:
        return False
    return word[0].isupper() or (len(word) > 2 and folded not in _ORDINARY)


def _spelt(name: str) -> str:
    form = r"\s+".join(re.escape(word) for word in name.split())
    sure = len(name) > 2 and name.casefold() not in _ORDINARY
    return f"(?i:{form})" if sure else form


def _safe(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if kind[0] == "C" and character not in _JOINERS else character

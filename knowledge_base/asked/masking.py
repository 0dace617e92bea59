"""What a customer wrote, without what names or reaches a person: for lists, drafts and stored questions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge_base.search.words import words
from understanding import names, numbers, patterns

LIMIT = 500
"""Characters of a stored question."""
_READ = 4000
"""Longer texts are cut before anything is looked for: 100 kB cost no more than a few."""

# An amount names nobody, and "refund of €20" is what the question is about.
_KEPT = frozenset({patterns.AMOUNT})
# Cards, accounts, parcels and whatever else is long enough to name one person; years and prices are shorter.
_LONG_NUMBER = re.compile(r"(?<![\w.])[0-9](?:[ ./-]?[0-9]){5,}(?!\w)")
_SURE = "street|road|avenue|lane|square"
_NO_NAME = r"(?:the|an?|on|of|in|or|and|my|by|to|for|from|at|down|days?|weeks?)\b"
_UNSURE = "St|Rd|Ave|Ln|Drive|Dr|Close|Court|Ct|Sq|Place|Terrace|Way"
_ENDS = "straat|laan|weg|plein|steenweg|strasse|straße|gasse|allee|platz"
_ADDRESS = re.compile(
    # "12 high street", "221b Baker St": "3 place settings" and "40 way adapter" are none.
    rf"\b[0-9]{{1,5}}[A-Za-z]?,? (?i:(?:(?!{_NO_NAME})[\w'’-]{{1,20}} ){{1,3}}?(?:{_SURE})\b)"
    rf"|\b[0-9]{{1,5}}[A-Za-z]?,? (?:[A-Z][\w'’-]{{1,20}} ){{1,3}}(?:{_UNSURE})\b"
    # "Kerkstraat 12", "Lange Nieuwstraat 4"
    rf"|\b(?:[A-Z][\w'’-]{{1,20}} ){{0,2}}(?i:\w{{1,20}}(?:{_ENDS})) [0-9]{{1,5}}[A-Za-z]?\b"
    r"|\b(?i:rue|via|calle|plaza) (?:[\w'’-]{1,20} ){1,4}?[0-9]{1,5}\b"
    # British postcodes
    r"|\b(?i:[a-z]{1,2}[0-9][0-9a-z]? [0-9][a-z]{2})\b|\b[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}\b"
)
_BLANK = re.compile(r"\s*\[[a-z ]{3,20}\]")


def mask(text: str, people: Iterable[str] = (), details: Iterable[str] = ()) -> str:
    """Replace e-mail addresses, names, street addresses, phone, card, account, order and other long numbers.

    `people` are names that somebody found already, as `people_in` a turn's parse; `details` is what else the
    customer gave.

    >>> mask("where is FW-204411? mail me at ann.peeters@gmail.com or 0470 12 34 56")
    'where is [order number]? mail me at [email] or [phone]'
    """
    text = text[:_READ]
    for known, mark in ((people, "[name]"), (details, "[detail]")):
        # One pattern for all: a chat may have introduced hundreds of names, on purpose.
        if either := "|".join(map(re.escape, known)):
            text = re.sub(rf"(?<!\w)(?:{either})(?!\w)", mark, text, flags=re.IGNORECASE)
    for found in reversed(patterns.find(text)):
        if found.entity not in _KEPT:
            kind = found.entity.removesuffix(numbers.UNSURE).replace("_", " ")
            text = f"{text[: found.start]}[{kind}]{text[found.end :]}"
    while (span := names.introduced(text)) is not None:
        if "[" in text[slice(*span)]:
            break
        text = f"{text[: span[0]]}[name]{text[span[1] :]}"
    text = _ADDRESS.sub("[address]", text)
    return _LONG_NUMBER.sub("[number]", text)


def question(text: str, parse: Mapping[str, Any] | None = None) -> str:
    """A customer's question as it may be stored and shown to editors: masked, on one line, 500 characters."""
    masked = mask(text, people_in(parse or {}))
    line = "".join(sign if sign.isprintable() else " " for sign in masked)
    return " ".join(line.split())[:LIMIT].rstrip()


def without_marks(text: str) -> str:
    """A masked question as an article may carry it: the marks are left out.

    >>> without_marks("where is order [order number] now")
    'where is order now'
    """
    return " ".join(_BLANK.sub("", text).split())


def people_in(parse: Mapping[str, Any]) -> list[str]:
    """The names of people in a parse, longest first: "Sofie Maes" before "Sofie"."""
    entities = parse.get("entities")
    found = {
        str(one.get("value") or "")
        for one in (entities if isinstance(entities, list) else [])
        if isinstance(one, Mapping) and one.get("entity") == names.PERSON
    }
    return sorted((name for name in found if len(name) > 2), key=lambda name: (-len(name), name))


def key_of(text: str) -> str:
    """The digest that questions share when they read the same: no case, accents or punctuation.

    >>> key_of("Where’s MY order??") == key_of("wheres my order")
    True
    """
    plain = " ".join(words(text)) or " ".join(text.casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()

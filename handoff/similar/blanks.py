"""Replies as templates: what names or reaches one customer becomes a blank, filled with another's details.

``Hello Marta, FW-204411 left on 3 May.`` → ``Hello {name}, {order_number} left on {day}.``
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from understanding import names, numbers, patterns
from understanding.name_words import NO_NAME

READ = 2000
"""Characters; longer replies are pasted, and suggest nothing."""
NAME, AGENT = "name", "agent"

# What was true of another case only: never filled, always marked for the agent to fill.
CASE = frozenset(
    {"amount", "time", "day", "link", "code", "number", "address", "card_number", "iban"}
)
_BLANK = re.compile(r"\{([a-z_]{2,30})\}")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WEEKDAY = "mon|tues|wednes|thurs|fri|satur|sun"
_DAY = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})[a-z]{{0,6}}\b(?:,? \d{{4}}\b)?"
    rf"|\b(?:{_MONTH})[a-z]{{0,6}} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?"
    rf"|\b(?:today|tomorrow|tonight)\b|\b(?:next |this )?(?:{_WEEKDAY})day\b",
    re.I,
)
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?: ?[ap]m)?\b|\b\d{1,2}(?:\.\d{2})? ?[ap]m\b", re.I)
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,500}", re.I)
# An article of the help centre is nobody's own.
_ARTICLE = re.compile(r"(?:https?://[^/\s]+)?/help/[\w/-]+$", re.I)
_ADDRESS = re.compile(
    r"\b[0-9]{1,5}[A-Za-z]?,? (?:[A-Z][\w'’-]{1,20} ){1,3}(?:Street|Road|Avenue|Lane|Square|St|Rd|Ave)\b"
    r"|\b[A-Z]\w{1,20}(?:straat|laan|weg|plein|steenweg|strasse|straße|gasse|allee|platz) [0-9]{1,5}\b"
)
# Vouchers, tracking codes: letters and digits in one word of six signs or more.
_CODE = re.compile(
    r"\b(?=[\w-]{6,40}\b)(?=[\w-]{0,39}[A-Z])(?=(?:[\w-]{0,39}?\d){2})[A-Z0-9][A-Z0-9_-]+\b"
)
_LONG_NUMBER = re.compile(r"(?<![\w.])[0-9](?:[ ./-]?[0-9]){4,}(?!\w)")
_CALLED = re.compile(
    r"\b(?i:hi|hello|hey|dear|thanks|thank you|sorry|welcome|bye|goodbye|understood|mr\.?|mrs\.?|ms\.?|miss)"
    r",? ((?:[A-Z][\w'’-]{1,30})(?: [A-Z][\w'’-]{1,30})?)"
)
# Words with a capital that greet nobody: "Thanks. We", "Hello There".
_NO_CALL = NO_NAME | {
    "there", "again", "and", "all", "but", "for", "from", "to", "this", "that", "we", "you", "your", "our", "it",
    "its", "i", "i'm", "i've", "i'll", "if", "as", "by", "sir", "madam", "everyone", "team", "customer", "good",
    "please", "let", "no", "yes", "of", "about", "so", "very",
}  # fmt: skip

Span = tuple[int, int, str]


def mask(text: str, details: Mapping[str, str], people: Iterable[str] = (), agent: str = "") -> str:
    """The text with blanks. `details` are values that this customer gave and the blanks they become,
    `people` names heard in the chat, `agent` who wrote it. Braces that were typed become parentheses."""
    text = text[:READ].translate(str.maketrans("{}", "()"))
    taken: list[Span] = []
    for span in _spans(text, details, people, agent):
        if span[0] < span[1] and not any(
            span[0] < end and start < span[1] for start, end, _ in taken
        ):
            taken.append(span)
    for start, end, blank in sorted(taken, reverse=True):
        if blank:
            text = f"{text[:start]}{{{blank}}}{text[end:]}"
    return text


def fill(template: str, known: Mapping[str, str]) -> tuple[str, list[str]]:
    """The reply for another customer, and what it still lacks, which stands in it as ``[order number]``."""
    missing: list[str] = []

    def put(match: re.Match[str]) -> str:
        name = match[1]
        value = "" if name in CASE else known.get(name, "").strip()
        if name == NAME:
            value = value.split(" ")[0]
        if value:
            return value
        words = name.replace("_", " ")
        if words not in missing:
            missing.append(words)
        return f"[{words}]"

    return _BLANK.sub(put, template), missing


def without(template: str) -> str:
    """The template's own words, blanks as words: what is compared and encoded."""
    return _BLANK.sub(lambda match: match[1].replace("_", " "), template)


def _spans(
    text: str, details: Mapping[str, str], people: Iterable[str], agent: str
) -> Iterator[Span]:
    """What is to be masked, what outranks first; without a blank: what is kept as it is."""
    for match in _LINK.finditer(text):
        # An article's own link is kept, and nothing within it is taken for a number or a name.
        yield (*match.span(), "") if _ARTICLE.match(match[0]) else (*match.span(), "link")
    known = dict(details)
    known.update(dict.fromkeys(_parts(people), NAME))
    known.update(dict.fromkeys(_parts([agent]), AGENT))
    for value in sorted(known, key=len, reverse=True):
        if len(value.strip()) >= 2:
            pattern = rf"(?<!\w){re.escape(value.strip())}(?!\w)"
            yield from ((*m.span(), known[value]) for m in re.finditer(pattern, text, re.I))
    yield from ((*match.span(), "day") for match in _DAY.finditer(text))
    yield from ((*match.span(), "time") for match in _TIME.finditer(text))
    yield from ((*match.span(), "address") for match in _ADDRESS.finditer(text))
    for found in patterns.find(text):
        yield found.start, found.end, found.entity.removesuffix(numbers.UNSURE)
    for match in _CALLED.finditer(text):
        words = match[1].split()
        while words and words[-1].lower() in _NO_CALL:
            words.pop()
        if words and words[0].lower() not in _NO_CALL:
            yield match.start(1), match.start(1) + len(" ".join(words)), NAME
    if (own := names.introduced(text)) is not None:
        yield (*own, AGENT)
    yield from ((*match.span(), "code") for match in _CODE.finditer(text))
    yield from ((*match.span(), "number") for match in _LONG_NUMBER.finditer(text))


def _parts(people: Iterable[str]) -> Iterator[str]:
    """Whole names and each of their words: agents write "Marta" to Marta Nowak."""
    for name in people:
        yield name
        yield from (word for word in name.split() if len(word) > 2 and word.lower() not in _NO_CALL)

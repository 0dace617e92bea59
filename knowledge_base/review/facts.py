"""The facts in one sentence that another can contradict: amounts with units, prices, hours, days, addresses.

Every fact has a kind, and a role that keeps apart what only looks alike: "free from €50" is a limit, not a
price, and "after 30 days" is no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ADDRESS, PHONE, PAYING, NEEDED = "e-mail address", "phone number", "way of paying", "needed"
PRICES = ("money eur", "money usd", "money gbp")

_TO_TWELVE = "zero one two three four five six seven eight nine ten eleven twelve"
_WORDS = {name: float(value) for value, name in enumerate(_TO_TWELVE.split())} | {
    "a": 1.0,
    "an": 1.0,
    "fourteen": 14.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
}

#: Kind, how many of its unit, and whether that is only about so: a month has 28 to 31 days.
_UNITS: dict[str, tuple[str, float, bool]] = {
    "second": ("time", 1 / 3600, False),
    "minute": ("time", 1 / 60, False),
    "min": ("time", 1 / 60, False),
    "hour": ("time", 1.0, False),
    "hr": ("time", 1.0, False),
    "day": ("time", 24.0, False),
    "week": ("time", 168.0, False),
    "month": ("time", 730.0, True),
    "year": ("time", 8760.0, True),
    "gram": ("weight", 0.001, False),
    "g": ("weight", 0.001, False),
    "kg": ("weight", 1.0, False),
    "kilo": ("weight", 1.0, False),
    "mm": ("length", 0.001, False),
    "cm": ("length", 0.01, False),
    "metre": ("length", 1.0, False),
    "meter": ("length", 1.0, False),
    "m": ("length", 1.0, False),
    "ml": ("volume", 0.001, False),
    "litre": ("volume", 1.0, False),
    "liter": ("volume", 1.0, False),
    "mb": ("data", 1.0, False),
    "gb": ("data", 1000.0, False),
    "ghz": ("frequency", 1.0, False),
    "%": ("percent", 1.0, False),
    "percent": ("percent", 1.0, False),
    "per cent": ("percent", 1.0, False),
    "°": ("degrees", 1.0, False),
    "°c": ("degrees", 1.0, False),
    "degree": ("degrees", 1.0, False),
}
# A month is 28 to 31 days, "about" is a word for less than that much.
_ABOUT = 0.08

_DIGITS = r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_NUMBER = rf"(?:{_DIGITS}|\b(?:{'|'.join(_WORDS)})\b)"
_RANGE = rf"(?P<low>{_NUMBER})(?:\s?(?:–|-|to|(?P<either>or|and))\s?(?P<high>{_NUMBER}))?"
# "Skip a month" names no length of time, "within a month" does.
_WITHIN = re.compile(
    r"\b(?:within|in|after|for|takes?|than|to|about)\s(?:about\s)?$", re.IGNORECASE
)
_UP_TO = re.compile(
    r"\b(?:up to|at most|maximum(?: of)?|no more than|not (?:be |weigh )?\w{4,9}er than)\s$",
    re.IGNORECASE,
)
_NAMES = "|".join(sorted((re.escape(name) for name in _UNITS), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,-]){_RANGE}[\s-]{{0,2}}(?P<more>(?:more|working|business|calendar|consecutive) )?(?:more )?"
    rf"(?P<unit>{_NAMES})(?:s(?![\w])|(?!\w))",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?<![\w.,:/€$£-])(?P<low>{_NUMBER})\s(?P<noun>[a-z]{{4,20}}s)\b", re.IGNORECASE
)
_SIGNS = {"€": "eur", "eur": "eur", "euro": "eur", "$": "usd", "usd": "usd", "dollar": "usd"}
_SIGNS |= {"£": "gbp", "gbp": "gbp", "pound": "gbp"}
_MONEY = re.compile(
    rf"(?P<sign>[€$£]|\b(?:EUR|USD|GBP)\b)\s?(?P<low>{_DIGITS})(?:\s?[–-]\s?[€$£]?(?P<high>{_DIGITS}))?"
    rf"|(?<![\w.,])(?P<low2>{_DIGITS})\s?(?P<sign2>€|euros?|EUR|dollars?|USD|pounds?|GBP)\b",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"(?<!smoke-)(?<!duty-)\b(?:free of charge|for free|free)\b(?! of\b(?! charge)| space| shipping label| trial)"
    r"|\bcosts? (?:you )?nothing\b|\bno (?:extra )?(?:cost|charge|fee)s?\b",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(r"\b(?:not|never|n't|no longer)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_PAID = re.compile(
    r"\b(?:not|never|no longer) (?:\w+ )?free\b|\bat your own (?:cost|expense)\b", re.I
)
_CLOCK = re.compile(
    r"\b(?P<from>[01]?\d|2[0-3])(?:[:.](?P<m1>[0-5]\d))?\s?(?P<a1>[ap]m)?\s?(?:–|-|to|until|and)\s?"
    r"(?P<to>[01]?\d|2[0-4])(?:[:.](?P<m2>[0-5]\d))?\s?(?P<a2>[ap]m)?\b",
    re.IGNORECASE,
)
_AT = re.compile(r"\b(?P<h>[01]?\d|2[0-3])(?::(?P<m>[0-5]\d))?\s?(?P<a>[ap]m)?\b", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(
    rf"\b(?P<first>{'|'.join(_DAYS)})s?(?:\s?(?:–|-|to|until|through)\s?(?P<last>{'|'.join(_DAYS)})s?)?\b",
    re.IGNORECASE,
)
_OFF = re.compile(r"\b(?:closed|not|no|never|except)\b", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
# A number to call, not one of an order or a card.
_PHONE = re.compile(
    r"\b(?:call|calling|phone|dial|dialling|ring|ringing|tel\.?)(?: us)?(?: (?:on|at))?:?\s"
    r"(?P<number>\+?\(?\d(?:[ ()/-]{0,2}\d){4,14})(?!\d)",
    re.IGNORECASE,
)
# "A card is required" and "no card is required"; what can be done without it does not need it, either.
_NEEDS = re.compile(
    r"\b(?P<no>(?:no\b[^.,;:]{1,40}|not |n[’']t )(?:require|required|needed|necessary|need)"
    r"|(?:don|doesn)[’']t need|need no|can (?:[^.,;:]{1,60} )?without)\b"
    r"|\b(?:requires?|required|needed|needs?|necessary)\b(?! help)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\b", re.IGNORECASE)
_PAYMENTS = re.compile(
    r"\b(?:paypal|klarna|apple pay|google pay|bancontact|ideal|credit cards?|gift cards?|store credit|"
    r"bank transfer|invoice|cash)\b",
    re.IGNORECASE,
)
# What stands before a number says what it is: a limit from below, a time that must pass, a rhythm.
_ROLES = (
    (
        "from",
        r"(?:from|over|above|more than|at least|minimum(?: of)?|older than|longer than|below|under)",
    ),
    ("after", r"(?:after|later than|wait|for the first)"),
    ("every", r"(?:every|each|per|once (?:a|every))"),
    ("before", r"(?:before|ahead of|earlier than)"),
)
_ROLE = tuple(
    (role, re.compile(rf"\b{words}\s(?:the\s|a total of\s|orders of\s)?$", re.IGNORECASE))
    for role, words in _ROLES
)
_ROLE_AFTER = tuple(
    (role, re.compile(rf"^\s?{words}\b", re.IGNORECASE))
    for role, words in (("before", r"before"), ("from", r"(?:or more|and more|and above)"))
)


@dataclass(frozen=True)
class Fact:
    """One fact: what may be compared with it (`kind`), its value, and where it stands in the sentence."""

    kind: str
    value: tuple[float | str, ...]
    start: int
    end: int
    about: bool = False
    """The value is only about so, as in "a month"."""
    at_most: bool = False
    """Only the greater number counts: "up to 3 months", "1, 2 or 3 months"."""

    def agrees(self, other: Fact) -> bool:
        """Whether both may be true; of two ranges neither is wrong when they are the same."""
        if self.kind != other.kind or len(self.value) != len(other.value):
            return False
        pairs = list(zip(self.value, other.value, strict=True))
        if self.at_most or other.at_most:
            pairs = pairs[-1:]
        if not (self.about or other.about):
            return all(_same(one, two) for one, two in pairs)
        return all(
            isinstance(one, float)
            and isinstance(two, float)
            and abs(one - two) <= _ABOUT * max(one, two)
            for one, two in pairs
        )


def facts(text: str) -> list[Fact]:
    """The facts of one sentence in order; no two overlap.

    >>> [(fact.kind, fact.value) for fact in facts("Send it back within two weeks.")]
    [('time', (336.0, 336.0))]
    """
    taken: list[Fact] = []
    for fact in _all(text):
        if not any(fact.start < other.end and other.start < fact.end for other in taken):
            taken.append(fact)
    return sorted(taken, key=lambda fact: fact.start)


def _same(one: float | str, two: float | str) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return abs(one - two) <= 1e-6 * max(1.0, abs(one), abs(two))
    return one == two


def _all(text: str) -> Iterator[Fact]:
    """Whatever has the right form, what outranks first."""
    for match in _EMAIL.finditer(text):
        yield Fact(ADDRESS, (match.group().lower(),), *match.span())
    for match in _PHONE.finditer(text):
        yield Fact(PHONE, (re.sub(r"\D", "", match["number"]),), *match.span("number"))
    yield from _money(text)
    yield from _amounts(text)
    yield from _hours(text)
    yield from _weekdays(text)
    for match in _ORDINAL.finditer(text):
        yield Fact("day of the month", (float(match["day"]),), *match.span())
    yield from _named(text, _PAYMENTS, PAYING)
    for match in _NEEDS.finditer(text):
        yield Fact(NEEDED, ("no" if match["no"] else "yes",), *match.span())
    for match in _COUNT.finditer(text):
        if match["low"].lower() not in ("a", "an", "one"):
            yield Fact(
                f"number of {match['noun'].lower()}", (_number(match["low"]),), *match.span()
            )


def _money(text: str) -> Iterator[Fact]:
    for match in _MONEY.finditer(text):
        low = _number(match["low"] or match["low2"])
        high = _number(match["high"]) if match["high"] else low
        sign = (match["sign"] or match["sign2"]).lower().removesuffix("s")
        role = _role(text, match)
        yield Fact(f"money {_SIGNS[sign]}{role and ' '}{role}", (low, high), *match.span())
    for match in _PAID.finditer(text):
        yield Fact("price", ("not free",), *match.span())
    for match in _FREE.finditer(text):
        if not _NOT_BEFORE.search(text[: match.start()]):
            yield Fact("price", ("free",), *match.span())


def _amounts(text: str) -> Iterator[Fact]:
    for match in _AMOUNT.finditer(text):
        kind, size, about = _UNITS[match["unit"].lower()]
        before = text[max(0, match.start() - 30) : match.start()]
        if match["low"].lower() in ("a", "an") and not _WITHIN.search(before):
            continue
        low = _number(match["low"]) * size
        high = _number(match["high"]) * size if match["high"] else low
        most = bool(match["either"]) or bool(_UP_TO.search(before))
        more = (match["more"] or "").strip().lower()
        if more in ("working", "business"):
            kind = "working time"
        role = _role(text, match)
        if "more" in match.group().lower().split():
            role = "more"
        yield Fact(f"{kind}{role and ' '}{role}", (low, high), *match.span(), about, most)


def _role(text: str, match: re.Match[str]) -> str:
    before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() :]
    found = [role for role, pattern in _ROLE if pattern.search(before)]
    found += [role for role, pattern in _ROLE_AFTER if pattern.search(after)]
    return found[0] if found else ""


def _hours(text: str) -> Iterator[Fact]:
    for match in _CLOCK.finditer(text):
        if not (match["m1"] or match["a1"] or match["m2"] or match["a2"]):
            continue
        start = _hour(match["from"], match["m1"], match["a1"] or match["a2"])
        yield Fact("hours", (start, _hour(match["to"], match["m2"], match["a2"])), *match.span())
    for match in _AT.finditer(text):
        if match["m"] or match["a"]:
            yield Fact("time of day", (_hour(match["h"], match["m"], match["a"]),), *match.span())


def _hour(hour: str, minute: str | None, half: str | None) -> float:
    value = int(hour) + int(minute or 0) / 60
    if half and half.lower() == "pm" and value < 12:
        value += 12
    return float(value)


def _weekdays(text: str) -> Iterator[Fact]:
    if _OFF.search(text):
        return  # closed on Monday, closed on Sunday: both may be true
    for match in _DAY.finditer(text):
        first = match["first"].lower()
        last = (match["last"] or first).lower()
        yield Fact("days", (first, last), *match.span())


def _named(text: str, pattern: re.Pattern[str], kind: str) -> Iterator[Fact]:
    for match in pattern.finditer(text):
        yield Fact(kind, (match.group().lower().removesuffix("s"),), *match.span())


def _number(text: str) -> float:
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    word = re.sub(r"[ ,](?=\d{3}(?:\D|$))", "", word)
    return float(word.replace(",", "."))

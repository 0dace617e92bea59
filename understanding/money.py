"""Amounts of money: "€1.299,50", "1,299.50 EUR", "29 euros", "£5"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CURRENCIES = {
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "pound", "pounds", "quid"),
    "USD": ("$", "usd", "dollar", "dollars"),
    "CHF": ("chf", "franc", "francs", "franken"),
    "PLN": ("pln", "zł", "zloty", "zlotys", "złoty"),
    "CZK": ("czk", "kč"),
    "SEK": ("sek",),
    "DKK": ("dkk",),
    "NOK": ("nok",),
}
_CODE = {word: code for code, words in _CURRENCIES.items() for word in words}

# 1299 | 1.299,50 | 1,299.50 | 1 299,50 | 1'299.50, and the Belgian "29,-".
_NUMBER = (
    r"(?:[0-9]{1,3}(?:[ '’\u00a0\u202f][0-9]{3}){1,3}(?:[.,][0-9]{1,2})?"
    r"|[0-9]{1,9}(?:[.,][0-9]{1,3}){0,3})(?![0-9])(?:,-)?"
)
_BEFORE = r"(?:[€£$]|eur|usd|gbp|chf|pln)"
_AFTER = "(?:[€£$]|(?:{})(?![a-zà-ž]))".format(
    "|".join(sorted((re.escape(word) for word in _CODE if word.isalpha()), key=len, reverse=True))
)
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_BEFORE}) ?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER})[ \u00a0]?(?P<after>{_AFTER}))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Money:
    """Characters `start` to `end` (exclusive) say `number` of `currency` (ISO 4217)."""

    number: str
    currency: str
    start: int
    end: int


def find(text: str) -> Iterator[Money]:
    """Yield the amounts of a text, in order.

    >>> [(one.number, one.currency) for one in find("you took 1.299,50 € instead of £12.5")]
    [('1299.50', 'EUR'), ('12.50', 'GBP')]
    """
    for match in _AMOUNT.finditer(text):
        sign = match["before"] or match["after"]
        number = plain_number(match["first"] or match["second"])
        yield Money(number, _CODE[sign.lower()], match.start(), match.end())


def plain_number(text: str) -> str:
    """Return 1234.50 for "1,234.50", "1.234,50" and "1234,5": a last group of 1-2 is cents."""
    text = text.rstrip(".,-")
    whole, mark, cents = text.rpartition("," if text.rfind(",") > text.rfind(".") else ".")
    if not mark or len(cents) > 2:
        return _digits(text)
    return f"{_digits(whole)}.{cents.ljust(2, '0')}"


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)

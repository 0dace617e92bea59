"""Entities that have a fixed form: numbers of ours, e-mail addresses, phone numbers, amounts.

Every expression uses bounded repeats of disjoint character classes, so matching takes time linear
in the text. Earlier patterns win where two match the same characters: an order number inside an
e-mail address is part of the address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

EMAIL = "email"
PHONE = "phone"
ORDER_NUMBER = "order_number"
INVOICE_NUMBER = "invoice_number"
TICKET_NUMBER = "ticket_number"
AMOUNT = "amount"

#: Entities that name a person; logs, exports and training data show them masked.
PERSONAL = frozenset({EMAIL, PHONE})


@dataclass(frozen=True)
class Found:
    """One entity in a text: characters `start` to `end` (exclusive) mean `value`."""

    entity: str
    value: str
    start: int
    end: int
    masked: bool


@dataclass(frozen=True)
class Pattern:
    """How one entity looks, and how its match becomes the value that everybody else uses.

    Where the expression has a group 1, the entity is that group alone and the rest is context.
    """

    entity: str
    expression: re.Pattern[str]
    value: Callable[[str], str | None]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _order(text: str) -> str:
    return "FW-" + _digits(text)


def _invoice(text: str) -> str:
    digits = _digits(text)
    return f"INV-{digits[:4]}-{digits[4:]}"


def _ticket(text: str) -> str:
    return "T-" + _digits(text)


def _email(text: str) -> str:
    return text.lower()


def _phone(text: str) -> str | None:
    # 8 to 15 digits: the longest international number is 15 (ITU-T E.164); below 8 it may be
    # anything that a customer types.
    digits = _digits(text)
    if not 8 <= len(digits) <= 15:
        return None
    return ("+" if text.lstrip("( ").startswith("+") else "") + digits


def _amount(text: str) -> str:
    number = re.search(r"[0-9][0-9.,]*", text)
    return "" if number is None else _plain_number(number.group())


def _plain_number(text: str) -> str:
    """Return 1234.50 for "1,234.50", "1.234,50" and "1234,5": a last group of 1-2 is cents."""
    text = text.rstrip(".,")
    whole, mark, cents = text.rpartition("," if text.rfind(",") > text.rfind(".") else ".")
    if not mark or len(cents) > 2:
        return _digits(text)
    return f"{_digits(whole)}.{cents.ljust(2, '0')}"


_ASCII = re.IGNORECASE | re.ASCII

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        EMAIL,
        # RFC 5321 lengths: 64 before the @, 255 after it.
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}(?![\w@])", _ASCII
        ),
        _email,
    ),
    Pattern(
        INVOICE_NUMBER,
        re.compile(r"(?<![\w-])inv[ -]?20[0-9]{2}[ -]?[0-9]{5}(?![\w-])", _ASCII),
        _invoice,
    ),
    Pattern(ORDER_NUMBER, re.compile(r"(?<![\w-])fw[ -]?[0-9]{6}(?![\w-])", _ASCII), _order),
    Pattern(
        TICKET_NUMBER,
        re.compile(
            r"(?<![\w-])(?:t-|ticket (?:t-?|no\.? |number |nr\.? |#)?|case (?:no\.? |number |#)?#?)"
            r"[0-9]{5}(?![\w-])",
            _ASCII,
        ),
        _ticket,
    ),
    Pattern(
        AMOUNT,
        re.compile(
            r"(?<![\w.,])(?:(?:[€£$]|eur|usd|gbp) ?[0-9]{1,9}(?:[.,][0-9]{1,3}){0,3}"
            r"|[0-9]{1,9}(?:[.,][0-9]{1,3}){0,3} ?(?:€|£|\$|euros?\b|eur\b|pounds?\b|dollars?\b|usd\b"
            r"|gbp\b))",
            _ASCII,
        ),
        _amount,
    ),
    Pattern(
        # A bare number of 6 digits, also after "order": "order 204411", "#204411", "204411".
        ORDER_NUMBER,
        re.compile(r"(?<![\w.,@+-])(?<!\d )#?([0-9]{6})(?![\w@-])(?![.,]\d)(?! ?\d)", _ASCII),
        _order,
    ),
    Pattern(
        PHONE,
        re.compile(r"(?<![\w.-])\+?[(]?[0-9](?:[ ./()-]{0,2}[0-9]){7,14}(?![\w-])", _ASCII),
        _phone,
    ),
)


def find(text: str) -> list[Found]:
    """Return the entities of a text, ordered by position; no two overlap.

    >>> [(found.entity, found.value) for found in find("where is fw 204411? mail Ann@example.com")]
    [('order_number', 'FW-204411'), ('email', 'ann@example.com')]
    """
    taken: list[Found] = []
    for pattern in PATTERNS:
        for match in pattern.expression.finditer(text):
            group = 1 if pattern.expression.groups else 0
            start, end = match.span(group)
            value = pattern.value(match.group(group))
            if value is None or any(start < other.end and other.start < end for other in taken):
                continue
            taken.append(Found(pattern.entity, value, start, end, pattern.entity in PERSONAL))
    return sorted(taken, key=lambda found: found.start)


def mask(text: str) -> str:
    """Return the text with every personal entity replaced by its kind, as in "[email]"."""
    for found in reversed(find(text)):
        if found.masked:
            text = f"{text[: found.start]}[{found.entity}]{text[found.end :]}"
    return text

"""Entities that have a fixed form: numbers of ours, e-mail addresses, phone numbers, amounts, cards.

Every expression uses bounded repeats of disjoint character classes, so matching takes time linear
in the text. Earlier kinds win where two match the same characters: an order number inside an
e-mail address is part of the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from understanding import bank_numbers, money, numbers

EMAIL = "email"
PHONE = "phone"
ORDER_NUMBER = "order_number"
INVOICE_NUMBER = "invoice_number"
TICKET_NUMBER = "ticket_number"
AMOUNT = "amount"
CARD_NUMBER = bank_numbers.CARD_NUMBER
IBAN = bank_numbers.IBAN

#: Entities that name a person; logs, exports and training data show them masked.
PERSONAL = frozenset({EMAIL, PHONE, CARD_NUMBER, IBAN})


@dataclass(frozen=True)
class Found:
    """One entity in a text: characters `start` to `end` (exclusive) mean `value`."""

    entity: str
    value: str
    start: int
    end: int
    masked: bool = False
    more: Mapping[str, object] = field(default_factory=dict)
    """What else the kind has to say: an amount's `number` and `currency`, a date's doubts."""


_ASCII = re.IGNORECASE | re.ASCII
_DIGIT = re.compile(r"[0-9]")
# RFC 5321 lengths: 64 before the @, 255 after it.
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}(?![\w@])", _ASCII
)
_PHONE = re.compile(r"(?<![\w.-])\+?[(]?[0-9](?:[ ./()-]{0,2}[0-9]){7,14}(?![\w-])", _ASCII)


def find(
    text: str, *, kinds: numbers.Numbers | None = None, known: Sequence[Found] = ()
) -> list[Found]:
    """Return the entities of a text, ordered by position; no two overlap.

    `known` are dates, found by somebody else: a number of ours, an address or an amount outranks them,
    and they outrank bare digits ("03/04/2026" is no phone number).

    >>> [(found.entity, found.value) for found in find("where is fw 204411? mail Ann@example.com")]
    [('order_number', 'FW-204411'), ('email', 'ann@example.com')]
    """
    taken: list[Found] = []
    for found in _all(text, kinds or numbers.default(), known):
        if not any(found.start < other.end and other.start < found.end for other in taken):
            taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def mask(text: str) -> str:
    """Return the text with every personal entity replaced by its kind, as in "[email]"."""
    for found in reversed(find(text)):
        if found.masked:
            text = f"{text[: found.start]}[{found.entity}]{text[found.end :]}"
    return text


def _all(text: str, kinds: numbers.Numbers, known: Sequence[Found]) -> Iterator[Found]:
    """Yield whatever has the right form, what outranks first."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found(EMAIL, match.group().lower(), *match.span(), masked=True)
    if _DIGIT.search(text) is None:
        yield from known
        return
    for secret in bank_numbers.find(text):
        yield Found(secret.kind, secret.shown, secret.start, secret.end, masked=True)
    for kind in kinds.kinds:
        yield from _numbers(text, kind, kind.alone)
    for amount in money.find(text):
        value = {"number": amount.number, "currency": amount.currency}
        words = f"{amount.number} {amount.currency}"
        yield Found(AMOUNT, words, amount.start, amount.end, more=value)
    yield from known
    for kind in kinds.kinds:
        yield from _numbers(text, kind, kind.bare)
    for match in _PHONE.finditer(text):
        value_or_none = _phone(match.group())
        if value_or_none is not None:
            yield Found(PHONE, value_or_none, *match.span(), masked=True)


def _numbers(text: str, kind: numbers.Number, pattern: re.Pattern[str] | None) -> Iterator[Found]:
    for match in pattern.finditer(text) if pattern is not None else ():
        read = kind.value(match.group())
        if read is not None:
            value, right = read
            entity = kind.entity if right else kind.entity + numbers.UNSURE
            yield Found(entity, value, *match.span())


def _phone(text: str) -> str | None:
    # 8 to 15 digits: the longest international number is 15 (ITU-T E.164); below 8 it may be
    # anything that a customer types.
    digits = re.sub(r"[^0-9]", "", text)
    if not 8 <= len(digits) <= 15:
        return None
    return ("+" if text.lstrip("( ").startswith("+") else "") + digits

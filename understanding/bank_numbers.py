"""Card and account numbers: found by their check digits, shown by their last four digits only.

They are the one thing that a chat must not keep: nobody here needs them, and whoever reads a log could.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from understanding.check_digits import iban as iban_is_right
from understanding.check_digits import luhn

CARD_NUMBER = "card_number"
IBAN = "iban"

# ISO/IEC 7812: 13 to 19 digits, the banks' begin with 2 to 6.
_CARD_START = re.compile(r"(?<![\w+])[2-6](?=[0-9](?:[ .-]?[0-9]){11})", re.ASCII)
_CARD_LENGTHS = (16, 15, 19, 18, 17, 14, 13)
_IBAN_START = re.compile(
    r"(?<![a-z0-9])([a-z]{2})[0-9]{2}(?=[ -]?[a-z0-9])", re.IGNORECASE | re.ASCII
)
# ISO 13616's registry: characters by country. An account of another country is not found.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip


@dataclass(frozen=True)
class Secret:
    """Characters `start` to `end` (exclusive); `shown` is all that anybody may keep of them."""

    kind: str
    shown: str
    start: int
    end: int


def find(text: str) -> Iterator[Secret]:
    """Yield account numbers, then card numbers; they may overlap only by chance.

    >>> [one.shown for one in find("card 4111 1111 1111 1111, refund to be68 5390 0754 7034")]
    ['BE**********7034', '************1111']
    """
    yield from _found(text, _IBAN_START, IBAN)
    yield from _found(text, _CARD_START, CARD_NUMBER)


def hide(text: str) -> str:
    """Return the text with every card and account number shown by its last four digits.

    >>> hide("charge 4111-1111-1111-1111 again")
    'charge ************1111 again'
    """
    found: list[Secret] = []
    for one in find(text):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    for one in sorted(found, key=lambda secret: secret.start, reverse=True):
        text = text[: one.start] + one.shown + text[one.end :]
    return text


def _found(text: str, start: re.Pattern[str], kind: str) -> Iterator[Secret]:
    reached = 0
    for match in start.finditer(text):
        if match.start() < reached:
            continue
        lengths: tuple[int, ...] = _CARD_LENGTHS
        if kind == IBAN:
            lengths = (_IBAN_LENGTHS.get(match[1].upper(), 0),)
        for length in lengths:
            secret = _read(text, match.start(), length, kind) if length else None
            if secret is not None:
                reached = secret.end
                yield secret
                break


def _read(text: str, start: int, length: int, kind: str) -> Secret | None:
    """Read so many characters from here on, over single separators, if they are a number of this kind."""
    signs: list[str] = []
    place, apart = start, False
    while place < len(text) and len(signs) < length:
        sign = text[place]
        if sign.isascii() and (sign.isdigit() if kind == CARD_NUMBER else sign.isalnum()):
            signs.append(sign)
            apart = False
        elif sign in " .-" and not apart:
            apart = True
        else:
            return None
        place += 1
    if len(signs) < length or (place < len(text) and text[place].isalnum()):
        return None
    number = "".join(signs).upper()
    if kind == CARD_NUMBER:
        # 0000… and 4444… pass the check and are nobody's.
        right = luhn(number) and len(set(number)) > 1
        return Secret(kind, "*" * (length - 4) + number[-4:], start, place) if right else None
    shown = f"{number[:2]}{'*' * (length - 6)}{number[-4:]}"
    return Secret(kind, shown, start, place) if iban_is_right(number) else None

"""Check digits: whether a number can be right at all. Each rule takes digits, check digits included.

>>> luhn("4111111111111111"), mod97("540000000071"), mod11("36536")
(True, True, True)
"""

from __future__ import annotations

from collections.abc import Callable


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled, the sum a multiple of 10."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        worth = int(digit) * (2 if place % 2 else 1)
        total += worth - 9 if worth > 9 else worth
    return total % 10 == 0


def mod11(digits: str) -> bool:
    """The last digit is 11 minus the sum of the others, weighed 2 to 7 from the right, modulo 11.

    A number whose remainder would ask for a 10 is never given out.
    """
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits[:-1])))
    check = -total % 11
    return check != 10 and check == int(digits[-1])


def mod97(digits: str) -> bool:
    """ISO/IEC 7064 MOD 97-10: the last two digits make the whole number 1 modulo 97."""
    return int(digits) % 97 == 1


def iban(letters: str) -> bool:
    """ISO 13616: country and check digits moved to the end, A = 10 … Z = 35, then 1 modulo 97."""
    moved = letters[4:] + letters[:4]
    return int("".join(str(int(one, 36)) for one in moved)) % 97 == 1


#: The rules that a numbers file may name.
RULES: dict[str, Callable[[str], bool]] = {
    "none": lambda digits: True,
    "luhn": luhn,
    "mod11": mod11,
    "mod97": mod97,
}

"""The house's own numbers (order, invoice, ticket …), as data/entities/numbers.yml says they look.

A number whose check digit is wrong is not taken for what it claims to be: it is found as
`order_number_unsure`, so that the bot asks for it again and the agent sees what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from understanding.check_digits import RULES
from understanding.errors import UnderstandingError
from understanding.safe_regex import UnsafePattern, check
from understanding.yaml_files import read_yaml

FILE = Path(__file__).resolve().parents[1] / "data" / "entities" / "numbers.yml"
UNSURE = "_unsure"

_FLAGS = re.IGNORECASE | re.ASCII
# "FW-204411-B" and "XFW-204411" are somebody else's numbers.
_ALONE = r"(?<![\w-])(?:{})(?![\w-])"
# Digits only: no part of a phone number, an address, an amount or a decimal.
_BARE = r"(?<![\w.,@+/-])(?<!\d )(?:{})(?![\w@/-])(?![.,]\d)(?! ?\d)"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_KEYS = frozenset({"entity", "forms", "bare", "canonical", "check", "examples"})


class NumbersError(UnderstandingError):
    """The numbers file can't be used; the text names the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Number:
    """One kind of number: where it is (`alone`, `bare`), how it is written down, when it can be right."""

    entity: str
    alone: re.Pattern[str] | None
    bare: re.Pattern[str] | None
    canonical: str
    check: str

    def value(self, text: str) -> tuple[str, bool] | None:
        """Return the canonical form and whether its check digits are right; None if it has other digits."""
        digits = iter(found := re.sub(r"[^0-9]", "", text))
        if len(found) != self.canonical.count("#"):
            return None
        value = "".join(next(digits) if sign == "#" else sign for sign in self.canonical)
        return value, RULES[self.check](found)


@dataclass(frozen=True)
class DateRules:
    """How dates are read: which of 3/4 is the day, and where a day begins and ends."""

    day_first: bool = True
    zone: str = "UTC"


@dataclass(frozen=True)
class Numbers:
    """All that the file says."""

    kinds: tuple[Number, ...]
    dates: DateRules

    def all(self, text: str, entity: str) -> list[str]:
        """Return the valid numbers of one kind in a text, in order, each once.

        >>> default().all("FW-204411, or was it 310982? and again fw204411", "order_number")
        ['FW-204411', 'FW-310982']
        """
        found: list[tuple[int, str]] = []
        for kind in self.kinds:
            if kind.entity == entity:
                for pattern in filter(None, (kind.alone, kind.bare)):
                    for match in pattern.finditer(text):
                        read = kind.value(match.group())
                        if read is not None and read[1]:
                            found.append((match.start(), read[0]))
        return list(dict.fromkeys(value for _, value in sorted(found)))


@lru_cache(maxsize=1)
def default() -> Numbers:
    """The house's own, read once.

    Raises:
        NumbersError: the file is missing or wrong.
    """
    return load(FILE)


def load(path: Path) -> Numbers:
    """Read a numbers file.

    Raises:
        NumbersError: it is missing, of another form, contradicts its examples, or holds an expression
            that could take more than linear time.
    """
    content = read_yaml(path, NumbersError)
    if not isinstance(content, dict) or not isinstance(content.get("numbers"), list):
        raise NumbersError(f"{path}: needs a list `numbers`")
    kinds = []
    for place, entry in enumerate(content["numbers"], start=1):
        try:
            kinds.append(_number(entry))
        except NumbersError as error:
            name = entry.get("entity") if isinstance(entry, dict) else None
            raise NumbersError(
                f"{path}: entry {place} ({name or 'without entity'}): {error}"
            ) from None
    if len({kind.entity for kind in kinds}) < len(kinds):
        raise NumbersError(f"{path}: an entity stands there twice; give it several forms instead")
    try:
        return Numbers(tuple(kinds), _dates(content.get("dates") or {}))
    except NumbersError as error:
        raise NumbersError(f"{path}: dates: {error}") from None


def _number(entry: Any) -> Number:
    if not isinstance(entry, dict) or not set(entry) <= _KEYS:
        raise NumbersError(f"may hold {', '.join(sorted(_KEYS))} and nothing else")
    entity, canonical = str(entry.get("entity")), str(entry.get("canonical") or "")
    if not _NAME.fullmatch(entity) or entity.endswith(UNSURE):
        raise NumbersError("entity must be a name of small letters, digits and _")
    if "#" not in canonical:
        raise NumbersError("canonical must hold a # for each digit")
    rule = str(entry.get("check", "none"))
    if rule not in RULES:
        raise NumbersError(f"check is {rule}, not one of {', '.join(RULES)}")
    alone, bare = _compiled(entry, "forms", _ALONE), _compiled(entry, "bare", _BARE)
    if alone is None and bare is None:
        raise NumbersError("needs a form")
    number = Number(entity, alone, bare, canonical, rule)
    _try(number, entry.get("examples") or {})
    return number


def _compiled(entry: Mapping[str, Any], key: str, around: str) -> re.Pattern[str] | None:
    forms = entry.get(key) or []
    if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
        raise NumbersError(f"{key} must be a list of expressions")
    for place, form in enumerate(forms, start=1):
        try:
            check(form)
        except UnsafePattern as error:
            raise NumbersError(f"{key}, line {place}, {form!r} {error}") from error
    return re.compile(around.format("|".join(forms)), _FLAGS) if forms else None


def _try(number: Number, examples: object) -> None:
    if not isinstance(examples, dict):
        raise NumbersError("examples must be a list of `text: value`")
    for text, value in examples.items():
        found = Numbers((number,), DateRules()).all(str(text), number.entity)
        if found != [str(value)]:
            raise NumbersError(f"example {text!r} should give {value}, it gives {found}")


def _dates(entry: object) -> DateRules:
    if not isinstance(entry, dict) or not set(entry) <= {"first", "zone"}:
        raise NumbersError("may hold first and zone and nothing else")
    first, zone = entry.get("first", "day"), str(entry.get("zone", "UTC"))
    if first not in ("day", "month"):
        raise NumbersError(f"first is {first}, not day or month")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NumbersError(f"zone {zone} is unknown") from error
    return DateRules(day_first=first == "day", zone=zone)

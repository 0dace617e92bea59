"""Public holidays by country and year, from the package `holidays`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from server.errors import Invalid

YEARS = range(2000, 2101)
ENGLISH = "en_US"


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> dict[date, str]:
    """The days, in order, with their English names where the package has them.

    Raises:
        Invalid: the country or the year is not known.
    """
    if country not in countries():
        raise Invalid("Choose a country by its two letters, for example BE.")
    if year not in YEARS:
        raise Invalid(f"Choose a year from {YEARS[0]} to {YEARS[-1]}.")
    kind = getattr(holidays, country)
    language = ENGLISH if ENGLISH in kind.supported_languages else None
    return dict(sorted(holidays.country_holidays(country, years=year, language=language).items()))


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """ISO 3166 code → name, by name: the countries that are known."""
    codes = [code for code in holidays.list_supported_countries() if len(code) == 2]
    return dict(sorted(((code, _name(code)) for code in codes), key=lambda pair: pair[1]))


def _name(code: str) -> str:
    """The package's classes are named after their country: ``UnitedKingdom``, of which ``GB`` is one."""
    kind = getattr(holidays, code)
    words = kind.__mro__[1].__name__ if kind.__name__ == code else kind.__name__
    return "".join(f" {letter}" if letter.isupper() else letter for letter in words).strip()

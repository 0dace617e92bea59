"""All that a message's own letters say: fixed forms, dates and products, each place in the text once.

The order of precedence is that of `understanding.patterns`; a product is whatever name is left over.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from understanding import dates, names, numbers, patterns, products
from understanding.patterns import Found

DATE = "date"
PRODUCT = "product"
PERSON = names.PERSON


class Entities:
    """Finds entities by the house's numbers and products."""

    def __init__(self, kinds: numbers.Numbers, catalogue: products.Products) -> None:
        self._numbers = kinds
        self._products = catalogue
        self.zone = ZoneInfo(kinds.dates.zone)

    @classmethod
    def default(cls) -> Entities:
        """Read data/entities.

        Raises:
            UnderstandingError: a file is missing or wrong.
        """
        return cls(numbers.default(), products.default())

    def find(self, text: str, today: date) -> list[Found]:
        """Return the entities of a text that was written on this day, ordered by position; no two overlap.

        >>> found = Entities.default().find("the ketle came yesterday", date(2026, 11, 22))
        >>> [(one.entity, one.value) for one in found]
        [('product', 'Fernway Kettle'), ('date', '2026-11-21')]
        """
        day_first = self._numbers.dates.day_first
        said = [_date(one) for one in dates.find(text, today, day_first=day_first)]
        taken = patterns.find(text, kinds=self._numbers, known=said)
        for found in (*_own_name(text), *self._named(text)):
            if not any(found.start < other.end and other.start < found.end for other in taken):
                taken.append(found)
        return sorted(taken, key=lambda found: found.start)

    def is_product(self, text: str) -> bool:
        """Tell whether a text that somebody takes for a name is one of our products."""
        return next(self._products.find(text), None) is not None

    def _named(self, text: str) -> list[Found]:
        return [Found(PRODUCT, one.name, one.start, one.end) for one in self._products.find(text)]


def _date(said: dates.Said) -> Found:
    more: dict[str, object] = {}
    if said.ambiguous:
        more["ambiguous"] = True
        if said.otherwise is not None:
            more["otherwise"] = said.otherwise.isoformat()
    return Found(DATE, said.value, said.start, said.end, more=more)


def _own_name(text: str) -> list[Found]:
    span = names.introduced(text)
    if span is None:
        return []
    start, end = span
    return [Found(PERSON, text[start:end], start, end, masked=True, more={"role": names.OWN})]

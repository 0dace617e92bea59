"""What the editor's list shows and in which order; every choice can stand in an address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from knowledge_base.models import Audience, Status


class Need(enum.StrEnum):
    """What an article may need from an editor."""

    TO_REVIEW = "to-review"
    STALE = "stale"
    NO_OWNER = "no-owner"
    NEVER_SHOWN = "never-shown"
    NOT_HELPING = "not-helping"
    UNTRANSLATED = "untranslated"
    SCHEDULED = "scheduled"
    REPORTED = "reported"


class Sort(enum.StrEnum):
    CATEGORY = "category"
    TITLE = "title"
    UPDATED = "updated"
    REVIEW = "review"
    VIEWS = "views"
    SHOWN = "shown"
    NOT_HELPED = "not-helped"
    DEFLECTED = "deflected"


@dataclass(frozen=True)
class Filters:
    """What the list shows; empty means all. `page` counts from 1.

    >>> Filters.of({"status": "draft", "page": "2", "colour": "red"}).as_query()
    {'status': 'draft', 'page': '2'}
    """

    words: str = ""
    status: str = ""
    category: str = ""
    tag: str = ""
    audience: str = ""
    language: str = ""
    owner: str = ""
    need: str = ""
    sort: str = Sort.CATEGORY.value
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """Filters from an address; what it does not know, or can't be, is left out."""
        known = {one.name: query[one.name][:200] for one in fields(cls) if query.get(one.name)}
        choices = {"status": Status, "audience": Audience, "need": Need, "sort": Sort}
        for name, kind in choices.items():
            if known.get(name) not in [one.value for one in kind]:
                known.pop(name, None)
        page = known.pop("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(**known, page=max(1, number))

    def as_query(self) -> dict[str, str]:
        """The address's part that brings this back; only what differs from the plain list."""
        plain = asdict(Filters())
        return {name: str(v) for name, v in asdict(self).items() if v != plain[name]}

    def but(self, **changes: Any) -> Filters:
        """The same with something changed, from the first page on unless a page is named."""
        return replace(self, **{"page": 1, **changes})

    @property
    def by_numbers(self) -> bool:
        """Whether the health numbers of all articles are needed."""
        return self.need in (Need.NEVER_SHOWN, Need.NOT_HELPING) or self.sort in (
            Sort.VIEWS,
            Sort.SHOWN,
            Sort.NOT_HELPED,
            Sort.DEFLECTED,
        )

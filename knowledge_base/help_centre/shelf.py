"""The public articles of one snapshot as the help centre lists them, worked out once for each snapshot."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from knowledge_base.models import Article, Audience
from knowledge_base.rendering import plain
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Record
from knowledge_base.service import KnowledgeBase

Made = TypeVar("Made")

SUMMARY = 180
RELATED = 5
#: So many lines, relations and rendered articles are kept, some kB each; beyond, all are made again.
REMEMBERED = 6000


@dataclass(frozen=True)
class Line:
    """One article in a list."""

    slug: str
    title: str
    summary: str
    language: str


class Shelf:
    """Every list the help centre shows, from one snapshot's published public articles."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        public = [one for one in snapshot.alive.values() if one.audience == Audience.PUBLIC.value]
        self.records = sorted(public, key=lambda record: (record.title.casefold(), record.slug))
        categories: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            categories[record.category].append(record)
        self.categories = dict(sorted(categories.items(), key=lambda one: one[0].casefold()))
        self._kept: dict[tuple[str, UUID | str], Any] = {}
        self._words: dict[UUID, frozenset[str]] = {}

    def once(self, what: str, of: UUID | str, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once while nothing that is published changes."""
        key = (what, of)
        if key not in self._kept:
            if len(self._kept) >= REMEMBERED:
                self._kept.clear()
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    def find(self, slug: str) -> Record | None:
        """The article at this address, if the public may read it."""
        record = self.snapshot.by_slug.get(slug)
        return record if record and record.audience == Audience.PUBLIC.value else None

    def get(self, article_id: UUID) -> Record | None:
        """The article, if the public may read it."""
        record = self.snapshot.alive.get(article_id)
        return record if record and record.audience == Audience.PUBLIC.value else None

    def line(self, record: Record) -> Line:
        return self.once(
            "line",
            record.id,
            lambda: Line(record.slug, record.title, summary_of(record), record.language),
        )

    def lines(self, article_ids: Iterable[UUID], limit: int) -> list[Line]:
        """Lines of those that the public may read, in the given order."""
        found = (self.get(article_id) for article_id in article_ids)
        return [self.line(record) for record in found if record][:limit]

    def related(self, record: Record) -> list[Line]:
        """Articles that go with this one: its category's, those first that share intents, tags or title words."""
        return self.once("related", record.id, lambda: self._relate(record))

    def _relate(self, record: Record) -> list[Line]:
        near = [
            (self._shared(record, other), at, other)
            for at, other in enumerate(self.categories.get(record.category, ()))
            if other.id != record.id and other.language == record.language
        ]
        # The place in the list, by title, decides between equals.
        best = heapq.nsmallest(RELATED, near, key=lambda one: (-one[0], one[1]))
        return [self.line(other) for _, _, other in best]

    def _shared(self, one: Record, other: Record) -> int:
        intents = sum(intent in one.intents for intent in other.intents)
        tags = sum(tag in one.tags for tag in other.tags)
        return 3 * intents + 2 * tags + len(self._title(one) & self._title(other))

    def _title(self, record: Record) -> frozenset[str]:
        found = self._words.get(record.id)
        if found is None:
            words = record.title.casefold().split()
            found = self._words[record.id] = frozenset(word for word in words if len(word) > 3)
        return found

    @cached_property
    def slugs(self) -> list[tuple[str, str]]:
        """Address and day of the last change of every article, for the sitemap."""
        return sorted((record.slug, record.updated) for record in self.records)


class Shelves:
    """Gives the present snapshot's shelf; a new one only when what is published has changed."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._shelf: Shelf | None = None

    @property
    def now(self) -> Shelf:
        """The present shelf.

        Raises:
            Unavailable: the knowledge base is starting.
        """
        snapshot = self._knowledge.snapshot
        if self._shelf is None or self._shelf.snapshot is not snapshot:
            self._shelf = Shelf(snapshot)
        return self._shelf


async def variants_of(db: AsyncSession, shelf: Shelf, record: Record) -> list[Record]:
    """The same article in its languages, itself among them; empty when it has only one."""
    other = aliased(Article)
    family = await db.scalars(
        select(other.id)
        .join(Article, Article.family == other.family)
        .where(Article.id == record.id)
    )
    found = [one for one in map(shelf.get, family) if one is not None]
    several = len({one.language for one in found}) > 1
    return sorted(found, key=lambda one: (one.language, one.slug)) if several else []


def summary_of(record: Record) -> str:
    """The first words of an article, for lists and for search engines."""
    words = " ".join(plain(record.context or record.action or record.outcome).split())
    return words if len(words) <= SUMMARY else f"{words[:SUMMARY].rsplit(' ', 1)[0]}…"

"""The house's labelled questions that can be measured on the articles as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.questions import BY_CLICK, REFUSED, STARTER, Labelled, labelled
from knowledge_base.models import Audience, StoredQuestion
from knowledge_base.search.evaluation import Example
from knowledge_base.search.index import Snapshot

#: So many are measured at most: 10 ms each when a question is first seen, 2 ms when its article changed.
MOST = 2000
#: Fewer say too little: of 30 answers 24 right ones may mean 63 % or 90 %.
LEAST, LEAST_ANSWERABLE = 30, 10


@dataclass(frozen=True)
class Labels:
    """What is measured, and how many questions are not."""

    questions: tuple[Labelled, ...] = ()
    waiting: int = 0
    """Their right article is not published for customers at present."""
    left_out: int = 0
    """Beyond `MOST`."""

    @property
    def labelled(self) -> int:
        """How many have a right answer on record; what customers refused has none."""
        return sum(one.source != REFUSED for one in self.questions)

    @property
    def answerable(self) -> int:
        return sum(is_answerable(one) for one in self.questions)

    @property
    def enough(self) -> bool:
        return self.labelled >= LEAST and self.answerable >= LEAST_ANSWERABLE


async def read(db: AsyncSession, snapshot: Snapshot) -> Labels:
    """The questions to measure; golden and editors' ones first where there are too many."""
    found = await labelled(db)
    public = {
        slug
        for slug, record in snapshot.by_slug.items()
        if record.audience == Audience.PUBLIC.value
    }
    usable = [
        one for one in found if one.slug in public or (one.slug is None and one.source != REFUSED)
    ]
    # By key, which is a digest: what is left out is drawn evenly.
    usable.sort(key=lambda one: (not one.golden, one.source in BY_CLICK))
    return Labels(tuple(usable[:MOST]), len(found) - len(usable), max(0, len(usable) - MOST))


async def new_since(db: AsyncSession, moment: datetime | None) -> int:
    """How many were stored after that moment; all of them without one."""
    query = select(func.count()).select_from(StoredQuestion)
    if moment is not None:
        query = query.where(StoredQuestion.created_at > moment)
    return await db.scalar(query) or 0


def is_answerable(one: Labelled) -> bool:
    return one.slug is not None and one.source != REFUSED


def example(one: Labelled) -> Example:
    """For what customers refused no article is known to be right."""
    right = frozenset({one.slug}) if one.slug is not None and is_answerable(one) else frozenset()
    return Example(one.text, right)


def seen_by_shipped(one: Labelled) -> bool:
    """Whether the shipped weights were fitted on this very question: it flatters them."""
    return one.source == STARTER and example(one).fits

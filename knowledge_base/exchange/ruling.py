"""What the golden questions say to an import: which of its articles wait for review instead of answering."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.exchange.plan import (
    Here,
    Options,
    Step,
    answering_words,
    has_expired,
    status_of_new,
)
from knowledge_base.exchange.portable import Portable
from knowledge_base.models import Article, ArticleVersion
from knowledge_base.review.refile import refiled
from knowledge_base.search.records import Record

#: Says which golden questions each article would cost their right answer, were these published and those archived.
Gate = Callable[
    [Sequence[Record], Collection[uuid.UUID]], Awaitable[Mapping[uuid.UUID, tuple[str, ...]]]
]

HELD = "golden_regression"
#: Questions named in one line of the report, and letters of each.
NAMED, LETTERS = 2, 80


@dataclass(frozen=True)
class Ruling:
    """By slug, the golden questions an article would cost their right answer; `reason`: a lead's, to go on."""

    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""

    def on(self, step: Step, article: Portable) -> Step:
        """The step as it may be taken."""
        lost = self.lost.get(article.slug)
        if not lost or step.outcome not in ("created", "updated"):
            return step
        if self.reason:
            message = f"{step.message} Published against {_named(lost)}."
            return replace(step, message=message.strip(), overridden=len(lost))
        return held(step, lost)


def held(step: Step, lost: Sequence[str]) -> Step:
    """The words come in and wait for review; the filing, which can't wait, stays as it is."""
    if not step.words:
        message = f"It would cost {_named(lost)} the right answer, so it stays as it is."
        return Step("kept", message, code=HELD)
    message = f"It waits for review: it would cost {_named(lost)} the right answer."
    filed = step.filed if step.outcome == "created" else False
    return replace(step, message=message, code=HELD, filed=filed, answers=False, review=True)


def _named(lost: Sequence[str]) -> str:
    said = " and ".join(f"“{text[:LETTERS]}”" for text in lost[:NAMED])
    more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
    return f"the golden question{'' if len(lost) == 1 else 's'} {said}{more}"


class Answering:
    """Collects, batch by batch, what would answer and what would not any more after an import."""

    def __init__(self, options: Options, now: datetime) -> None:
        self._options = options
        self._now = now
        self.records: list[Record] = []
        self.gone: set[uuid.UUID] = set()
        self._slugs: dict[uuid.UUID, str] = {}

    async def add(
        self,
        db: AsyncSession,
        batch: Sequence[Portable],
        steps: Sequence[tuple[Here | None, Step]],
    ) -> None:
        """Look at one batch as it was decided."""
        moved = [
            here.article.id
            for here, step in steps
            if here and step.outcome == "updated" and here.article.published is not None
        ]
        rows = await db.scalars(
            select(ArticleVersion)
            .join(Article, Article.id == ArticleVersion.article_id)
            .where(Article.id.in_(moved), Article.published == ArticleVersion.number)
        )
        versions = {(one.article_id, one.number): one for one in rows}
        for article, (here, step) in zip(batch, steps, strict=True):
            if step.outcome == "created":
                self._created(article)
            elif step.outcome == "updated" and here is not None:
                self._updated(article, here, step, versions)

    def ruling(self, lost: Mapping[uuid.UUID, tuple[str, ...]], reason: str) -> Ruling:
        """What the gate found, by slug."""
        return Ruling({self._slugs[at]: texts for at, texts in lost.items()}, reason)

    def _created(self, article: Portable) -> None:
        status = status_of_new(article, self._options, self._now)
        words = answering_words(article, status)
        if words is not None:
            said = Record.of_draft(words, uuid.uuid4())
            self._keep(article, refiled(said, article.draft))

    def _updated(
        self,
        article: Portable,
        here: Here,
        step: Step,
        versions: Mapping[tuple[uuid.UUID, int], ArticleVersion],
    ) -> None:
        stored = here.article
        if step.answers:
            number = stored.newest + step.words
            self._keep(article, Record.of_draft(article.draft, stored.id, number))
        elif step.filed and stored.published is not None:
            self._slugs[stored.id] = article.slug
            if has_expired(article, self._now):
                self.gone.add(stored.id)
                return
            answers = Record.of(stored, versions[stored.id, stored.published])
            self._keep(article, refiled(answers, article.draft))

    def _keep(self, article: Portable, record: Record) -> None:
        self._slugs[record.id] = article.slug
        self.records.append(record)

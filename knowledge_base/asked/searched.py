"""Searches of the help centre as questions that were asked: in vain, or with an article that was opened."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.lines import Asked
from knowledge_base.asked.masking import key_of
from knowledge_base.asked.outcomes import Fate
from knowledge_base.asked.texts import Words
from knowledge_base.asked.unanswered import SEARCH_LIMIT
from knowledge_base.models import HelpSearch
from knowledge_base.search.decision import Kind

#: So long a reader may take to open a result; then the search was in vain.
DAY = timedelta(days=1)
_IN_VAIN = {Kind.NOTHING.value: Fate.NOTHING, Kind.CHOOSE.value: Fate.CHOICE_LEFT}


async def read(
    db: AsyncSession, *, now: datetime, since: datetime, until: datetime | None = None
) -> list[Asked]:
    """The newest searches of a time, those in vain and the others; twice as many as different wordings are
    looked at. One whose day has not passed, and that found something, is neither yet."""
    nothing = HelpSearch.kind == Kind.NOTHING.value
    left = and_(not_(nothing), HelpSearch.opened.is_(False), HelpSearch.at < now - DAY)
    opened = and_(not_(nothing), HelpSearch.opened.is_(True))
    found: list[Any] = []
    for condition in (or_(nothing, left), opened):
        found += (await db.execute(_query(condition, since, until))).all()
    return await asyncio.to_thread(lambda: [_asked(*row) for row in found])


def _query(condition: ColumnElement[bool], since: datetime, until: datetime | None) -> Any:
    query = select(
        HelpSearch.text, HelpSearch.kind, HelpSearch.opened, HelpSearch.reader, HelpSearch.at
    ).where(HelpSearch.at >= since, condition)
    if until is not None:
        query = query.where(HelpSearch.at < until)
    return query.order_by(HelpSearch.at.desc(), HelpSearch.id.desc()).limit(2 * SEARCH_LIMIT)


def _asked(text: str, kind: str, opened: bool, reader: str, at: datetime) -> Asked:
    fate = _IN_VAIN.get(kind, Fate.NOT_HELPED)
    if opened and fate is not Fate.NOTHING:
        fate = Fate.UNKNOWN
    return Asked(words=Words(text, key_of(text), None), at=at, fate=fate, who=reader)

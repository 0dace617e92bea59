"""Customers' yes or no after an answer, as labelled questions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked.log import Log
from knowledge_base.asked.masking import key_of
from knowledge_base.asked.questions import BY_CLICK, CONFIRMED, REFUSED
from knowledge_base.asked.texts import Texts
from knowledge_base.models import Article, StoredQuestion
from server.database import Database


@dataclass(frozen=True)
class Click:
    """A customer's yes or no after an answer."""

    text: str
    """Masked."""
    article_id: uuid.UUID
    helped: bool
    at: datetime


async def store_clicks(db: AsyncSession, clicks: list[Click], *, most: int = 5000) -> int:
    """Label questions as customers did, the newest click of each holding; returns how many rows changed.

    What an editor wrote or the house shipped is never touched. Beyond `most` such rows the oldest go:
    anybody may click, and clicks must not fill the table.
    """
    newest = {key_of(click.text): click for click in sorted(clicks, key=lambda one: one.at)}
    newest = {key: click for key, click in newest.items() if click.text}
    known = set(await db.scalars(select(Article.id)))
    there = {
        row.key: row
        for row in await db.scalars(select(StoredQuestion).where(StoredQuestion.key.in_(newest)))
    }
    changed = 0
    for key, click in newest.items():
        source = CONFIRMED if click.helped else REFUSED
        row = there.get(key)
        if click.article_id not in known or (row is not None and row.source not in BY_CLICK):
            continue
        if row is None:
            row = StoredQuestion(key=key, text=click.text, source=source, created_at=click.at)
            row.article_id = click.article_id
            db.add(row)
        elif row.created_at < click.at:
            row.article_id, row.source, row.created_at = click.article_id, source, click.at
        else:
            continue
        changed += 1
    await db.flush()
    oldest = (
        select(StoredQuestion.id)
        .where(StoredQuestion.source.in_(BY_CLICK))
        .order_by(StoredQuestion.created_at.desc(), StoredQuestion.key)
        .offset(most)
        .limit(10 * most)
    )
    await db.execute(
        delete(StoredQuestion)
        .where(StoredQuestion.id.in_(list(await db.scalars(oldest))))
        .execution_options(synchronize_session=False)
    )
    return changed


async def last_click(db: AsyncSession) -> datetime | None:
    """When the newest labelled click was made; a question that an editor deletes does not come back."""
    query = select(func.max(StoredQuestion.created_at)).where(StoredQuestion.source.in_(BY_CLICK))
    return await db.scalar(query)


async def fold(database: Database, turns: Log, texts: Texts) -> int:
    """Turn the clicks since the last labelled one into labelled questions; returns how many changed."""
    every = await turns.questions()
    async with database.read() as db:
        since = await last_click(db)
    told = [
        (one, one.verdict)
        for one in every
        if one.verdict is not None and (since is None or one.verdict.at > since)
    ]
    words = await texts.of([one.turn_id for one, _ in told])
    clicks = [
        Click(words[one.turn_id].text, uuid.UUID(said.article), said.helped, said.at)
        for one, said in told
        if one.turn_id in words
    ]
    if not clicks:
        return 0
    async with database.write() as db:
        return await store_clicks(db, clicks)

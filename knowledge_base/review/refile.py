"""The gate before a save: the words wait for publishing, but what an article is filed under holds at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from knowledge_base import catalogue
from knowledge_base.drafts import Draft
from knowledge_base.review.desk import Desk
from knowledge_base.review.gate import Passed, let_pass
from knowledge_base.review.publish_diff import Diff
from knowledge_base.search.records import Record
from server.auth import Staff


async def check_filing(
    app: Any, article_id: UUID, draft: Draft, *, golden_only: bool = False
) -> Diff | None:
    """What changes at once when this draft is saved: its filing holds before its words are published.

    An expiry that has passed already archives. None: nothing that answers changes.

    Raises:
        NotFound, Unavailable: as `gate.check_publish`.
    """
    async with app.database.read() as db:
        article = await catalogue.get(db, article_id)
        if article.published is None:
            return None
        now = Record.of(article, await catalogue.version(db, article_id, article.published))
        revision = await catalogue.content_revision(db)
    expires = draft.stated.get("expires_at")
    gone = isinstance(expires, datetime) and expires <= app.clock.now()
    filed = refiled(now, draft)
    if filed == now and not gone:
        return None
    await app.knowledge.wait_for_revision(revision)
    if gone:
        return await Desk.of(app).diff(archive=[article_id], golden_only=golden_only)
    return await Desk.of(app).diff(publish=[filed], golden_only=golden_only)


def refiled(record: Record, draft: Draft) -> Record:
    """The words that answer, filed under what the draft says."""
    said = Record.of_draft(draft, record.id)
    return replace(
        record,
        category=said.category,
        tags=said.tags,
        intents=said.intents,
        audience=said.audience,
        language=said.language,
    )


async def guard_filing(
    app: Any, article_id: UUID, draft: Draft, staff: Staff, override_reason: str = ""
) -> Passed:
    """Let what saving a draft changes at once pass.

    Raises:
        GoldenRegression, Invalid, NotFound, Unavailable: as `gate.guard_publish`.
    """
    diff = await check_filing(app, article_id, draft, golden_only=True)
    if diff is None:
        return Passed(article_id, None, staff.login, "", 0)
    return let_pass(diff, article_id, None, staff, override_reason)

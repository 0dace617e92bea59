"""The desk's rule books: what the house set by its pages, or else what is shipped; every change is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from handoff.models import DeskSetting
from server.auth import Staff
from server.clock import Clock

# One row more a change; nobody reads further back on a page.
SHOWN = 20


async def read(db: AsyncSession, key: str) -> dict[str, Any] | None:
    """The book as it holds now; None: nobody changed it, the shipped one holds."""
    found: dict[str, Any] | None = await db.scalar(
        select(DeskSetting.value)
        .where(DeskSetting.key == key)
        .order_by(DeskSetting.id.desc())
        .limit(1)
    )
    return found


def write(
    db: AsyncSession, clock: Clock, key: str, value: dict[str, Any], by: Staff, note: str
) -> None:
    """Let `value`, which the caller has validated, hold from now on."""
    db.add(
        DeskSetting(key=key, value=value, by=by.login, note=texts.clean(note)[:500], at=clock.now())
    )


async def changes(db: AsyncSession, key: str) -> list[DeskSetting]:
    """Who changed the book, when and why; the newest first."""
    found = await db.scalars(
        select(DeskSetting)
        .where(DeskSetting.key == key)
        .order_by(DeskSetting.id.desc())
        .limit(SHOWN)
    )
    return list(found)

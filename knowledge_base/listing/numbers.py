"""The health of every article over the last weeks, as the editor's list shows it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.asked import health
from knowledge_base.listing import browse
from server.clock import Clock

DAYS = 30


async def recent_health(db: AsyncSession, clock: Clock) -> Mapping[uuid.UUID, health.Health]:
    """What happened with each article in the last 30 days."""
    since = clock.now() - timedelta(days=DAYS)
    return await health.of(db, await browse.everyone(db), since=since)

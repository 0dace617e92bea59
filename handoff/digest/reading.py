"""The desk's week, read as one."""

from __future__ import annotations

from handoff.digest import chats, mended
from handoff.digest.found import DeskWeek
from handoff.practice.masking import Second
from server.clock import Clock
from server.database import Database
from server.week import Week


async def read(database: Database, clock: Clock, second: Second, week: Week) -> DeskWeek:
    """What the desk has to learn from a week, beside the week before.

    `second` is another reader that masks, besides the desk's own (handoff.practice.masking).
    """
    async with database.read() as db:
        return DeskWeek(
            low_ratings=await chats.low_ratings(db, second, week),
            not_helped=await chats.not_helped(db, second, week),
            somebody_else=await chats.somebody_else(db, second, week),
            late=await chats.late(db, second, week),
            causes=await mended.causes(db, clock, second, week),
            findings=await mended.findings(db, second, week),
        )

"""Change the house's rule book of priorities; who changed it, when and why is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import rule_books
from handoff.models import DeskSetting
from handoff.priority import KEY, Rules, readable
from handoff.teams.setup import lock
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict

SHIPPED = 0


@dataclass(frozen=True)
class Book:
    """The book in force, as an editor begins with it."""

    version: int
    """0: the shipped one."""
    rules: Rules
    changes: Sequence[DeskSetting]
    """Who changed it, when and why; the newest first."""


async def read(db: AsyncSession) -> Book:
    changes = await rule_books.changes(db, KEY)
    if not changes:
        return Book(SHIPPED, Rules.load(), ())
    return Book(changes[0].id, readable(changes[0].value), changes)


async def change(
    db: AsyncSession, clock: Clock, rules: Rules, by: Staff, *, note: str, seen: int
) -> None:
    """Let this book hold from now on; `seen` is the version that the editor began with.

    Raises:
        Conflict: somebody else changed the book meanwhile.
    """
    await lock(db)
    if (await read(db)).version != seen:
        raise Conflict("Somebody else changed the priorities meanwhile. Load the page again.")
    rule_books.write(db, clock, KEY, rules.stored(), by, note)
    await db.flush()

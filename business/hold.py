"""An effect in the app's own database shares its transaction with the check that the turn still counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

Hold = Callable[[AsyncSession, str], Awaitable[None]]
"""Called with the effect's session and key: until that transaction ends nobody takes the chat over.

It raises `server.errors.Conflict` when somebody already has; then there must be no effect.
"""


async def unheld(db: AsyncSession, key: str) -> None:
    """For effects that belong to no turn."""

"""One read for all who ask at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Everybody gets the result of a read that began after they asked; so nobody sees an older state for it.

    Twenty consoles that hear of the same change ask within a moment: the first one's read runs, and the
    nineteen who come meanwhile share the next one.
    """

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """The result; raises what the read raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
        # Who leaves must not end it for the others.
        return await asyncio.shield(self._next)

    async def _after(self, before: asyncio.Task[T] | None) -> T:
        if before is not None:
            await asyncio.wait({before})
        # Who asks from here on may have seen what this read does not see any more.
        self._running, self._next = self._next, None
        return await self._read()

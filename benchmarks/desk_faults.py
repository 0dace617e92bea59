"""Breaks what is going on: after the n-th statement of a step, or between its commit and its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.events import Event, LocalBus


class Killed(BaseException):
    """The process is gone in the middle: nothing may catch it."""


class Broken(Exception):
    """Something failed in the middle; the code may catch it and go on."""


class Faults:
    """Armed, it raises once after so many statements; 0: when the events are to be published."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._error: type[BaseException] = Killed
        self.struck = False

    def arm(self, after: int, error: type[BaseException]) -> None:
        self._left, self._error, self.struck = after, error, False

    def disarm(self) -> None:
        self._left = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the statements of every engine meanwhile."""
        event.listen(Engine, "after_cursor_execute", self._executed)
        try:
            yield
        finally:
            event.remove(Engine, "after_cursor_execute", self._executed)

    def published(self) -> None:
        if self._left == 0:
            self._strike()

    def _executed(self, *_: Any) -> None:
        if self._left is None or self._left == 0:
            return
        self._left -= 1
        if self._left == 0:
            self._strike()

    def _strike(self) -> None:
        self._left, self.struck = None, True
        raise self._error


class FaultyBus(LocalBus):
    """A bus that may be cut off before it says anything."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    async def publish(self, events: Iterable[Event]) -> None:
        self._faults.published()
        await super().publish(events)

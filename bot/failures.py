"""Which actions failed in this turn: Rasa itself logs it, carries on and answers 200."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_failures: ContextVar[list[str] | None] = ContextVar("handrail_failures", default=None)


@contextmanager
def collecting() -> Iterator[list[str]]:
    """Collect what `note` is told by this task meanwhile."""
    found: list[str] = []
    token = _failures.set(found)
    try:
        yield found
    finally:
        _failures.reset(token)


def note(reason: str) -> None:
    """Remember a failure, where somebody collects."""
    found = _failures.get()
    if found is not None:
        found.append(reason)

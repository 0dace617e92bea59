"""What a turn must carry besides its words; the app's action endpoint collects it.

    with turn.recording() as records:
        result = await executor.run(call)
    step.records = records            # plain JSON

Keys, each only when it happened:

    decision   kind, probability, candidates, versions, milliseconds, question, excluded, attempt,
               shown (id of the article that was shown, or null)
    decision_also  the same of a second request in the message
    verdict    article_id (null: a task's result), helped: bool
    handoff    reason (docs/architecture.md), detail: what led to it, for the card
    outcome    "confirmed"
    effect     task, subject, done: bool, reference or error, details
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Records = dict[str, Any]

_records: ContextVar[Records] = ContextVar("handrail_turn_records")


@contextmanager
def recording() -> Iterator[Records]:
    """Collect what the actions within record. Nested recordings don't see each other's."""
    records: Records = {}
    token = _records.set(records)
    try:
        yield records
    finally:
        _records.reset(token)


def record(key: str, value: object) -> None:
    """Have the turn carry this.

    Raises:
        LookupError: nobody is recording, so it would be lost.
    """
    _records.get()[key] = value


def hand_off(reason: str, detail: str) -> None:
    record("handoff", {"reason": reason, "detail": detail})


def confirmed() -> None:
    record("outcome", "confirmed")

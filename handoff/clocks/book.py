"""The rule book "clocks": what the house promises, or else what is shipped."""

from __future__ import annotations

from typing import Final

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import rule_books
from handoff.clocks.due import Promises, shipped
from server.auth import Staff
from server.clock import Clock

log = structlog.get_logger(__name__)

KEY: Final = "clocks"


async def read(db: AsyncSession) -> Promises:
    """The promises as they hold now.

    A stored book that this version can't read is logged, and the shipped one holds: no request for a person
    fails for it.
    """
    value = await rule_books.read(db, KEY)
    if value is None:
        return shipped()
    try:
        return Promises.model_validate(value)
    except ValidationError as error:
        log.error("rule_book_unreadable", key=KEY, problems=error.error_count())
        return shipped()


def write(db: AsyncSession, clock: Clock, promises: Promises, by: Staff, note: str) -> None:
    """Let these promises hold for new cases, and for every clock that is set from now on."""
    rule_books.write(db, clock, KEY, promises.model_dump(mode="json"), by, note)

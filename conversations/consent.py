"""Consent before the chat: which version a visitor has agreed to, and since when."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import frames
from conversations.errors import ConsentRequired
from conversations.house import ChatSettings
from conversations.models import ConsentGiven, Visitor
from server.clock import Clock


async def agreed(db: AsyncSession, visitor_id: uuid.UUID) -> int:
    """The highest version that the visitor has agreed to; 0: none."""
    highest = select(func.max(ConsentGiven.version)).where(ConsentGiven.visitor_id == visitor_id)
    return (await db.scalar(highest)) or 0


async def wanted(db: AsyncSession, house: ChatSettings, visitor_id: uuid.UUID) -> int | None:
    """The version that the visitor has still to agree to; None: nothing stands in the way."""
    if house.consent is None or await agreed(db, visitor_id) >= house.consent.version:
        return None
    return house.consent.version


async def require(db: AsyncSession, house: ChatSettings, visitor_id: uuid.UUID) -> None:
    """Let pass only who has agreed to what the house asks for.

    Raises:
        ConsentRequired: they have not.
    """
    if (version := await wanted(db, house, visitor_id)) is not None:
        raise ConsentRequired(details={"version": version})


def check(house: ChatSettings, version: int | None) -> None:
    """Refuse a word on another text than the one that the house asks for now.

    Raises:
        ConsentRequired: none was given, or on another version.
    """
    if house.consent is not None and version != house.consent.version:
        raise ConsentRequired(details={"version": house.consent.version})


async def give(
    db: AsyncSession, clock: Clock, house: ChatSettings, visitor_id: uuid.UUID, version: int | None
) -> None:
    """Note that the visitor has agreed; the first time of each version stays.

    Raises:
        ConsentRequired: what they agreed to is not what the house asks for now.
    """
    check(house, version)
    if house.consent is None or version is None:
        return
    # One after the other, so that two tabs that say the same leave one row.
    await db.scalar(select(Visitor.id).where(Visitor.id == visitor_id).with_for_update())
    if await db.get(ConsentGiven, (visitor_id, version)) is None:
        db.add(ConsentGiven(visitor_id=visitor_id, version=version, at=clock.now()))
        await db.flush()


async def proof(db: AsyncSession, visitor_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the visitor agreed to and when, `[{version, at}]`: part of what is exported of a person. The words
    of a version stand in the widget's settings of that time, of which none is ever lost."""
    found = await db.scalars(
        select(ConsentGiven)
        .where(ConsentGiven.visitor_id == visitor_id)
        .order_by(ConsentGiven.version)
    )
    return [{"version": one.version, "at": frames.stamp(one.at)} for one in found]

"""How many chats of one address may wait for a person: nobody fills the queue alone."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.errors import TooManyWaiting
from conversations.guards import Needs
from conversations.models import Conversation, Owner

LIMIT = "waiting_address"
# Who spoke just now counts in any case: PostgreSQL does not show others what is not committed yet, and a turn
# begins up to 3 s later, once the customer stops typing.
FRESH = timedelta(seconds=5)


async def may_join(db: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether the chat could come into the queue: it does not wait, and nobody has it."""
    owner = await db.scalar(select(Conversation.owner).where(Conversation.id == conversation_id))
    return owner in (Owner.BOT, Owner.CLOSED)


async def check(db: AsyncSession, room: Needs, conversation_id: uuid.UUID, address: str) -> None:
    """Let the chat go where it may come into the queue, unless the address has enough chats there.

    A chat whose turn runs counts as well, for it may end in the queue: without that, many could ask the bot
    for a person at the same moment. So every chat passes here before its turn, and has one of the address's
    places from then on; places are looked through for chats that need theirs no more when none is left.

    Raises:
        TooManyWaiting: all places are taken.
    """
    now = room.clock.now()
    places = room.limits.noted(LIMIT, address)
    most = room.limits.most(LIMIT)
    if conversation_id not in places and len(places) >= most:
        needed = await _in_need(db, list(places))
        for one, since in list(places.items()):
            if one not in needed and abs(now - since) >= FRESH:
                del places[one]
        if len(places) >= most:
            raise TooManyWaiting()
    places[conversation_id] = now


async def _in_need(db: AsyncSession, of: Sequence[Hashable]) -> set[uuid.UUID]:
    thinks = and_(Conversation.owner == Owner.BOT, Conversation.running_turn.is_not(None))
    found = await db.scalars(
        select(Conversation.id).where(
            Conversation.id.in_(of), or_(Conversation.owner == Owner.QUEUED, thinks)
        )
    )
    return set(found)

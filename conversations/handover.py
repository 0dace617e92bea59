"""Pass a chat from the bot to the people: owner and card in one transaction."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import owners
from conversations.desk import Desk, Reason
from conversations.models import Conversation, Turn
from server.clock import Clock

log = structlog.get_logger(__name__)


async def to_people(
    db: AsyncSession,
    clock: Clock,
    desk: Desk,
    conversation: Conversation,
    *,
    epoch: int,
    reason: Reason,
    detail: str = "",
    turn: Turn | None = None,
) -> Conversation:
    """Put the chat into the queue and have its card made; a card that can't be made stops nobody.

    Raises:
        OwnerChanged: the bot does not own the chat any more, or the epoch is old.
    """
    queued = await owners.request_handoff(db, clock, conversation, epoch=epoch, reason=reason.value)
    await db.flush()
    try:
        async with db.begin_nested():
            await desk.request(db, queued, reason=reason.value, detail=detail, turn=turn)
    except OperationalError:
        raise  # the database itself: the whole transaction is void and will be tried again
    except Exception as error:
        # Better a place in the queue without a card than a customer who can't get past the bot.
        log.error("card_failed", conversation_id=str(queued.id), exc_info=error)
    return queued

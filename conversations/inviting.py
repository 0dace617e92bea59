"""What the house said first: an invitation beside the closed bubble (widget.invitations), once it is answered.

Until then it stands in no log: who passes by is no customer, and an unanswered invitation no conversation.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.frames import Invited
from conversations.models import Author, Conversation, Owner
from server.clock import Clock

KIND = "invitation"


async def write(
    db: AsyncSession, clock: Clock, conversation: Conversation, invited: Invited
) -> bool:
    """Log the invitation as the assistant's words; the caller holds the conversation's lock.

    False: it stands there already, or a person has the chat and it is none of their words.
    """
    if conversation.owner is not Owner.BOT:
        return False
    client_id = f"invitation-{invited.id}"
    _, known = await messages.lock_and_find(db, conversation.id, client_id)
    if known is not None:
        return False
    await messages.append(
        db,
        clock,
        conversation,
        author=Author.BOT,
        text=invited.text,
        payload={"kind": KIND, "invitation": invited.id},
        client_id=client_id,
    )
    return True

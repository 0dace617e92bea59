"""A talk with the bot that goes on and on: after so many turns without an ending it offers a person."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import replies
from conversations.models import Conversation, Owner, Turn, TurnState
from conversations.speaking import PERSON
from server.clock import Clock

OFFER = "We have been at this for a while. If you like, a person goes on with you."


async def offer(
    db: AsyncSession, clock: Clock, conversation: Conversation, turn: Turn, cap: int
) -> None:
    """Offer a person after every ``cap`` turns of an episode that is still the bot's; 0: never.

    An episode ends when the customer confirms that they were helped, so all its turns are without one.
    The caller holds the conversation's lock.
    """
    if cap < 1 or conversation.owner is not Owner.BOT:
        return
    done = await db.scalar(
        select(func.count())
        .select_from(Turn)
        .where(
            Turn.conversation_id == conversation.id,
            Turn.episode == conversation.episode,
            Turn.state == TurnState.DONE,
        )
    )
    if done and done % cap == 0:
        button = {"title": "Talk to a person", "style": "primary"}
        said = replies.Reply(OFFER, {"buttons": [button], "actions": [PERSON]})
        await replies.post(db, clock, conversation, [said], turn.id)

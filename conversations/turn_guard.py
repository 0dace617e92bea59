"""Whether a turn still counts, asked before it has an effect outside the chat."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.errors import OwnerChanged
from conversations.models import Conversation, Owner, Turn, TurnState
from server.database import Database


class TurnGuard:
    """For an effect elsewhere ask `still_owned` right before it; one in the app's database takes `hold`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def still_owned(self, turn_id: uuid.UUID | str, epoch: int) -> bool:
        """Whether the turn is running, and the bot owns the conversation in the same epoch."""
        try:
            statement = _counting(turn_id).where(Turn.epoch == epoch)
        except ValueError:
            return False
        async with self._database.read() as db:
            return await db.scalar(statement) is not None

    async def hold(self, db: AsyncSession, turn_id: uuid.UUID | str) -> None:
        """Let nobody take the conversation over until this transaction ends, for an effect within it.

        Raises:
            OwnerChanged: the turn does not count any more.
        """
        try:
            found = await db.scalar(_counting(turn_id).with_for_update(of=Conversation))
        except ValueError:
            found = None
        if found is None:
            raise OwnerChanged()


def _counting(turn_id: uuid.UUID | str) -> Select[uuid.UUID]:
    """The conversation in which this turn counts.

    Raises:
        ValueError: this is no turn's id.
    """
    return (
        select(Conversation.id)
        .join(Turn, Turn.id == Conversation.running_turn)
        .where(
            Turn.id == uuid.UUID(str(turn_id)),
            Turn.state == TurnState.RUNNING,
            Conversation.owner == Owner.BOT,
            Conversation.epoch == Turn.epoch,
        )
    )

"""The end of a walk's sequence: one agent comes to work, and every case ends with an outcome."""

from __future__ import annotations

import uuid

from benchmarks.desk_house import GRACE, House
from benchmarks.desk_rules import unfinished
from conversations.models import Conversation, Owner
from handoff import queue
from handoff.models import CloseOutcome
from server.auth import Staff

# Whoever is gone is missed in the second one, so that all is done in the third.
ROUNDS = 6


async def close_all(house: House) -> list[str]:
    """Ada comes online, sweeps, claims and closes; returns what has not ended after so many rounds."""
    ada = house.staff[0]
    left: list[str] = []
    for _ in range(ROUNDS):
        await house.comes(ada)
        await house.sweep()
        async with house.database.read() as db:
            left = await unfinished(db, house.chats)
        if not left:
            break
        for chat in house.chats:
            await _close(house, chat, ada)
        # Whoever is not there loses their chats, and offers to them lapse.
        house.clock.advance(GRACE + 1)
    return left


async def _close(house: House, chat: uuid.UUID, ada: Staff) -> None:
    async with house.database.write() as db:
        conversation = await db.get_one(Conversation, chat)
        if conversation.owner is Owner.QUEUED:
            await queue.claim(db, house.desk, chat, ada)
    async with house.database.write() as db:
        conversation = await db.get_one(Conversation, chat)
        if conversation.owner is Owner.AGENT and conversation.agent_id == ada.id:
            await queue.close(db, house.desk, chat, ada, CloseOutcome.SOLVED)

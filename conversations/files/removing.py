"""Takes a file away for good: its row, its bytes, and its address in the chat's log."""

from __future__ import annotations

import asyncio
import uuid

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.errors import NotOwner
from conversations.events import MessageChanged
from conversations.files.models import ChatFile
from conversations.guards import Needs
from conversations.models import Message
from server.auth import Role, Staff
from server.errors import NotFound
from server.events import record_event

log = structlog.get_logger(__name__)


async def remove(room: Needs, conversation_id: uuid.UUID, file_id: uuid.UUID, by: Staff) -> None:
    """What somebody should not have sent. A repeat only tells it once more.

    Raises:
        NotFound: this chat has, and had, no such file. NotOwner: the chat is not theirs; supervisors need not
            have it.
    """
    async with room.database.write() as db:
        conversation = await messages.lock(db, conversation_id)
        if not (by.may(Role.SUPERVISOR) or await messages.speaks(db, conversation, by.id)):
            raise NotOwner()
        row = await db.get(ChatFile, file_id)
        if row is None or row.conversation_id != conversation_id:
            seq = await _was_here(db, conversation_id, file_id)
            if seq is None:
                raise NotFound("This chat has no such file.")
            # A window that was not connected then still shows it.
            record_event(db, MessageChanged(conversation_id=conversation_id, seq=seq))
            return
        await forget(db, row)
        await room.desk.file_removed(db, conversation_id, by, row.name)
    await asyncio.to_thread(room.files.shelf.remove, file_id)
    log.info("file_removed", conversation=str(conversation_id), file=str(file_id), by=by.login)


async def forget(db: AsyncSession, row: ChatFile) -> None:
    """Delete the row, and say in the chat's log that the file is not kept any more."""
    await messages.lock(db, row.conversation_id)
    message = await db.scalar(
        select(Message).where(
            Message.conversation_id == row.conversation_id, Message.seq == row.seq
        )
    )
    if message is not None:
        message.payload = {**message.payload, "file": {**message.payload["file"], "gone": True}}
        record_event(db, MessageChanged(conversation_id=row.conversation_id, seq=row.seq))
    await db.execute(delete(ChatFile).where(ChatFile.id == row.id))


async def _was_here(db: AsyncSession, conversation_id: uuid.UUID, file_id: uuid.UUID) -> int | None:
    """``seq`` of the message that it came with."""
    kept = Message.payload["file"]["id"].as_string() == str(file_id)
    return await db.scalar(
        select(Message.seq).where(Message.conversation_id == conversation_id, kept).limit(1)
    )

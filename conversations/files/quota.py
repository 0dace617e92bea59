"""How many files a chat takes: so many a day from its customer, so many bytes in all."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.files.errors import EnoughFiles
from conversations.files.models import ChatFile
from server.clock import Clock
from server.settings import Settings

DAY = timedelta(days=1)


async def check(
    db: AsyncSession,
    clock: Clock,
    settings: Settings,
    conversation_id: uuid.UUID,
    *,
    size: int,
    by_staff: bool,
) -> None:
    """Let one more file of ``size`` bytes pass; exact for one who holds the conversation's lock.

    Raises:
        EnoughFiles: the chat holds `chat_files_limit` bytes, or its customer sent `files_per_day` within a day.
    """
    lately = ChatFile.staff_id.is_(None) & (ChatFile.at > clock.now() - DAY)
    found = await db.execute(
        select(
            func.coalesce(func.sum(ChatFile.size), 0), func.count(case((lately, ChatFile.id)))
        ).where(ChatFile.conversation_id == conversation_id)
    )
    held, sent = found.one()
    too_often = not by_staff and sent >= settings.files_per_day
    if too_often or held + size > settings.chat_files_limit:
        raise EnoughFiles()

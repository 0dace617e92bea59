"""A file becomes a message: once for each ``client_id``, in the log's order, with a row of its own."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, owners, speaking
from conversations.errors import ClientIdReused, NotOwner
from conversations.files import quota
from conversations.files.models import ChatFile
from conversations.files.service import Kept
from conversations.lines import line
from conversations.models import Author, Conversation, Message, Owner
from server.auth import Staff
from server.clock import Clock
from server.settings import Settings

_KEPT: Final = line("file_kept")
_PERSON: Final = {
    "buttons": [{"title": "Talk to a person", "style": "primary"}],
    "actions": [speaking.PERSON],
}


async def find(
    db: AsyncSession, conversation_id: uuid.UUID, client_id: str, sha256: str
) -> Message | None:
    """The message of an earlier attempt with these bytes.

    Raises:
        ClientIdReused: the client_id was used for something else.
    """
    first = await db.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_id == client_id
        )
    )
    return None if first is None else await _same(db, first, sha256)


async def is_known(db: AsyncSession, conversation_id: uuid.UUID, client_id: str) -> bool:
    """Whether this client_id was used before."""
    found = await db.scalar(
        select(Message.seq).where(
            Message.conversation_id == conversation_id, Message.client_id == client_id
        )
    )
    return found is not None


async def post_as_customer(
    db: AsyncSession,
    clock: Clock,
    settings: Settings,
    conversation_id: uuid.UUID,
    kept: Kept,
    client_id: str,
) -> Message:
    """Log a customer's file; a closed chat opens again. Where the bot has the chat, it says that it can't look.

    Raises:
        EnoughFiles. ClientIdReused. NotFound: no such conversation.
    """
    conversation, first = await messages.lock_and_find(db, conversation_id, client_id)
    if first is not None:
        return await _same(db, first, kept.sha256)
    await quota.check(db, clock, settings, conversation_id, size=kept.size, by_staff=False)
    if conversation.owner is Owner.CLOSED:
        conversation = await owners.reopen(db, clock, conversation_id)
    message = await _append(db, clock, conversation, kept, client_id, Author.CUSTOMER, None)
    if conversation.owner is Owner.BOT:
        await _say_so_once(db, clock, conversation, message.seq)
    else:
        await speaking.owe_nothing(db, conversation_id, message.seq)
    return message


async def post_as_agent(
    db: AsyncSession,
    clock: Clock,
    settings: Settings,
    conversation_id: uuid.UUID,
    agent: Staff,
    kept: Kept,
    client_id: str,
) -> Message:
    """Log a file of the agent who owns this chat, or of a colleague who joined it.

    Raises:
        NotOwner: the chat belongs to the bot, the queue or others. EnoughFiles. ClientIdReused. NotFound.
    """
    conversation, first = await messages.lock_and_find(db, conversation_id, client_id)
    if first is not None:
        return await _same(db, first, kept.sha256)
    if not await messages.speaks(db, conversation, agent.id):
        raise NotOwner()
    await quota.check(db, clock, settings, conversation_id, size=kept.size, by_staff=True)
    return await _append(db, clock, conversation, kept, client_id, Author.AGENT, agent)


async def _same(db: AsyncSession, first: Message, sha256: str) -> Message:
    row = await db.scalar(
        select(ChatFile.sha256).where(
            ChatFile.conversation_id == first.conversation_id, ChatFile.seq == first.seq
        )
    )
    if row != sha256:
        raise ClientIdReused()
    return first


async def _append(
    db: AsyncSession,
    clock: Clock,
    conversation: Conversation,
    kept: Kept,
    client_id: str,
    author: Author,
    agent: Staff | None,
) -> Message:
    message = await messages.append(
        db, clock, conversation,
        author=author, text=kept.checked.name, payload={"file": _shown(kept)}, client_id=client_id, agent=agent,
    )  # fmt: skip
    checked = kept.checked
    db.add(
        ChatFile(
            id=kept.id,
            conversation_id=conversation.id,
            seq=message.seq,
            staff_id=agent.id if agent else None,
            name=checked.name,
            media_type=checked.media_type,
            size=kept.size,
            width=checked.width,
            height=checked.height,
            sha256=kept.sha256,
            at=clock.now(),
        )
    )
    await db.flush()
    return message


def _shown(kept: Kept) -> dict[str, Any]:
    """`payload.file` as it is kept: without the address, which is made anew for each reader (files.links)."""
    checked = kept.checked
    shown: dict[str, Any] = {
        "id": str(kept.id),
        "name": checked.name,
        "type": checked.media_type,
        "size": kept.size,
    }
    if checked.width and checked.height:
        shown |= {"width": checked.width, "height": checked.height}
    return shown


async def _say_so_once(
    db: AsyncSession, clock: Clock, conversation: Conversation, seq: int
) -> None:
    """The assistant can't look into files; of several in a row it says so after the first."""
    before = await db.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq < seq,
            messages.WORDS,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if before is not None and before.episode == conversation.episode and before.text == _KEPT.text:
        return
    payload = {"lines": [_KEPT.sent], **_PERSON}
    await messages.append(
        db, clock, conversation, author=Author.BOT, text=_KEPT.text, payload=payload
    )

"""From the body of a request to a message in the log; the same for customers and agents."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.chat_session import spend
from conversations.files import posting, quota
from conversations.files.errors import FilesOff
from conversations.files.service import Kept
from conversations.guards import Needs
from conversations.models import Message
from server.auth import Staff
from server.errors import HandrailError


@dataclass(frozen=True)
class Upload:
    """What a request says of its file, and the body that is yet to come."""

    client_id: str
    name: str
    stated: int | None
    """The body's length by its header."""
    body: AsyncIterator[bytes]


Post = Callable[[AsyncSession, Kept], Awaitable[Message]]


async def as_customer(
    room: Needs,
    visitor_id: uuid.UUID,
    conversation_id: uuid.UUID,
    upload: Upload,
    *,
    address: str,
) -> Message:
    """Take a customer's file in, and log it.

    Raises:
        FilesOff: the house wants none. TooMany: too many things said, or files on their way, or files of one
        address in a day. And what `_send` raises.
    """
    if not (await room.widget.config()).files:
        raise FilesOff()
    spend(room, visitor_id, address)
    room.limits.take("file_address", address)

    async def post(db: AsyncSession, kept: Kept) -> Message:
        return await posting.post_as_customer(
            db, room.clock, room.settings, conversation_id, kept, upload.client_id
        )

    with (
        room.limits.hold("file_visitor", str(visitor_id)),
        room.limits.hold("file_address", address),
    ):
        return await _send(room, conversation_id, upload, post, by_staff=False)


async def as_agent(
    room: Needs, agent: Staff, conversation_id: uuid.UUID, upload: Upload
) -> Message:
    """Take an agent's file in, and log it.

    Raises:
        TooMany: too many messages, or files on their way. NotOwner: the chat is not theirs. And what
        `_send` raises.
    """
    room.limits.take("staff_message", str(agent.id))

    async def post(db: AsyncSession, kept: Kept) -> Message:
        return await posting.post_as_agent(
            db, room.clock, room.settings, conversation_id, agent, kept, upload.client_id
        )

    with room.limits.hold("file_staff", str(agent.id)):
        return await _send(room, conversation_id, upload, post, by_staff=True)


async def _send(
    room: Needs, conversation_id: uuid.UUID, upload: Upload, post: Post, *, by_staff: bool
) -> Message:
    """
    Raises:
        What `posting`, `Files.receive` and `Files.keep` raise. Nothing of the file is left behind then.
    """
    async with room.database.read() as db:
        # Before the body is read: what could not be kept anyway need not come. A retry passes, to be told so.
        if not await posting.is_known(db, conversation_id, upload.client_id):
            await quota.check(
                db, room.clock, room.settings, conversation_id,
                size=upload.stated or 0, by_staff=by_staff,
            )  # fmt: skip
    received = await room.files.receive(upload.body, upload.stated)
    try:
        async with room.database.read() as db:
            first = await posting.find(db, conversation_id, upload.client_id, received.sha256)
        if first is not None:
            return first
        kept = await room.files.keep(received, upload.name)
    finally:
        await received.drop()
    try:
        async with room.database.write() as db:
            message = await post(db, kept)
    except HandrailError:
        # Refused, so nothing is committed. What else may happen leaves that open: then the sweeper decides.
        await room.files.drop(kept)
        raise
    if message.payload["file"]["id"] != str(kept.id):
        await room.files.drop(kept)  # another attempt was faster by a moment
    return message

"""The message log: every message gets the next number of its conversation, once."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.errors import ClientIdReused, EmptyMessage, NotOwner
from conversations.events import MessagePosted
from conversations.models import Author, Conversation, Message, Owner, Participant
from server.auth import Staff
from server.clock import Clock
from server.database import table_of
from server.errors import NotFound, TooLarge
from server.events import record_event

PAGE = 200

#: Messages that somebody wrote; of a file the text is its name. As `Message.is_file`.
WORDS = Message.payload["file"].as_string().is_(None)

# A turn's statements are built once: building one costs as much as running it.
_LOCK = (
    select(Conversation)
    .where(Conversation.id == bindparam("of"))
    .with_for_update()  # SQLite: no effect and none needed, its writers take turns
    .execution_options(populate_existing=True)
)
_MESSAGES = table_of(Message).c
_FIND = select(_MESSAGES.id).where(
    _MESSAGES.conversation_id == bindparam("of"), _MESSAGES.client_id == bindparam("client")
)
_AFTER = (
    select(Message)
    .where(Message.conversation_id == bindparam("of"), Message.seq > bindparam("after"))
    .order_by(Message.seq)
    .limit(bindparam("most"))
)


async def lock(db: AsyncSession, conversation_id: uuid.UUID) -> Conversation:
    """The conversation, fresh, and unchanged by others until this transaction ends.

    Raises:
        NotFound: there is none with this id.
    """
    found = await db.execute(_LOCK, {"of": conversation_id})
    conversation = found.scalar_one_or_none()
    if conversation is None:
        raise NotFound()
    return conversation


async def lock_and_find(
    db: AsyncSession, conversation_id: uuid.UUID, client_id: str
) -> tuple[Conversation, Message | None]:
    """`lock`, and the message that this client_id was first used for.

    Raises:
        NotFound: there is no conversation with this id.
    """
    conversation = await lock(db, conversation_id)
    # Not by a join: PostgreSQL, having waited for the lock, would show the messages of before the wait.
    found = await db.execute(_FIND, {"of": conversation_id, "client": client_id})
    known = found.scalar_one_or_none()
    return conversation, None if known is None else await db.get_one(Message, known)


async def append(
    db: AsyncSession,
    clock: Clock,
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    payload: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    agent: Staff | None = None,
    turn_id: uuid.UUID | None = None,
    limit: int | None = None,
) -> Message:
    """Write a message with the conversation's next ``seq``; the caller holds the conversation's lock.

    Who gives a ``client_id`` has seen, under the same lock, that it is new (`lock_and_find`). ``text`` is
    cleaned first; ``limit`` is its longest length in characters (None: no limit).

    Raises:
        EmptyMessage: nothing visible and no payload. TooLarge: longer than the limit.
    """
    message = add(
        db, clock, conversation,
        author=author, text=text, payload=payload, client_id=client_id, agent=agent, turn_id=turn_id, limit=limit,
    )  # fmt: skip
    await db.flush()
    return message


def add(
    db: AsyncSession,
    clock: Clock,
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    payload: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    agent: Staff | None = None,
    turn_id: uuid.UUID | None = None,
    limit: int | None = None,
) -> Message:
    """Like `append`, written with the next flush: for several messages at once."""
    body = _checked(author, text, payload, limit)
    now = clock.now()
    message = Message(
        conversation_id=conversation.id,
        seq=_next_number(conversation, now),
        episode=conversation.episode,
        author=author,
        agent_id=agent.id if agent else None,
        agent_name=agent.name if agent else None,
        text=body,
        payload=dict(payload or {}),
        client_id=client_id,
        body_hash=_digest(author, body, payload) if client_id else None,
        turn_id=turn_id,
        created_at=now,
    )
    db.add(message)
    record_event(db, MessagePosted.of(message))
    return message


def _next_number(conversation: Conversation, now: datetime) -> int:
    """The conversation's next ``seq``, for one who holds its lock; written with the next flush.

    Who does not hold it meets the unique (conversation, seq), never a hole or a twin.
    """
    conversation.last_seq += 1
    conversation.updated_at = now
    return conversation.last_seq


def repeat_of(
    first: Message, author: Author, text: str, payload: Mapping[str, Any] | None
) -> Message:
    """The first row, for a retry of it.

    Raises:
        ClientIdReused: this is no retry: the body differs.
    """
    if first.body_hash != _digest(author, texts.clean(text), payload):
        raise ClientIdReused()
    return first


async def post_as_agent(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    agent: Staff,
    *,
    client_id: str,
    text: str,
    limit: int,
) -> Message:
    """Write what the agent who owns this chat says, or a colleague who joined it.

    Raises:
        NotOwner: the chat belongs to the bot, the queue or others. ClientIdReused: the client_id
        was used with another body. NotFound: no such conversation. And all that `append` raises.
    """
    conversation, first = await lock_and_find(db, conversation_id, client_id)
    if first is not None:
        return repeat_of(first, Author.AGENT, text, None)
    if not await speaks(db, conversation, agent.id):
        raise NotOwner()
    return await append(
        db,
        clock,
        conversation,
        author=Author.AGENT,
        text=text,
        client_id=client_id,
        agent=agent,
        limit=limit,
    )


async def speaks(db: AsyncSession, conversation: Conversation, staff_id: uuid.UUID) -> bool:
    """Whether this person talks with the customer now: they have the chat, or joined who has it."""
    if conversation.owner is not Owner.AGENT:
        return False
    if conversation.agent_id == staff_id:
        return True
    joined = await db.get(Participant, (conversation.id, staff_id), populate_existing=True)
    return joined is not None


async def list_after(
    db: AsyncSession, conversation_id: uuid.UUID, after: int, limit: int = PAGE
) -> list[Message]:
    """At most ``limit`` messages with a ``seq`` above ``after``, in order, without holes."""
    found = await db.scalars(_AFTER, {"of": conversation_id, "after": after, "most": limit})
    return list(found)


async def list_gone(db: AsyncSession, conversation_id: uuid.UUID, upto: int) -> list[Message]:
    """The newest, at most `PAGE`, of the messages up to this ``seq`` whose file was taken away, in order."""
    found = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq <= upto,
            Message.payload["file"]["gone"].as_boolean(),
        )
        .order_by(Message.seq.desc())
        .limit(PAGE)
    )
    return list(found)[::-1]


async def list_between(
    db: AsyncSession,
    conversation_id: uuid.UUID,
    first: int,
    last: int,
    authors: Sequence[Author] = tuple(Author),
) -> list[Message]:
    """The messages from ``first`` to ``last``, both included, by these authors, in order."""
    found = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq.between(first, last),
            Message.author.in_(authors),
        )
        .order_by(Message.seq)
    )
    return list(found)


def _digest(author: Author, text: str, payload: Mapping[str, Any] | None) -> str:
    body = json.dumps([author.value, text, dict(payload or {})], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _checked(
    author: Author, text: str, payload: Mapping[str, Any] | None, limit: int | None
) -> str:
    """The text as it is stored.

    Raises:
        EmptyMessage: nothing visible and no payload. TooLarge: longer than the limit.
    """
    if limit is not None and len(text) > 4 * limit:
        raise TooLarge()
    body = texts.clean(text)
    if limit is not None and len(body) > limit:
        raise TooLarge()
    if texts.is_blank(body) and (author in (Author.CUSTOMER, Author.AGENT) or not payload):
        raise EmptyMessage()
    return body

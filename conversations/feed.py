"""Follow one conversation: the gap, then live, each message once and in the order of ``seq``."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime
from typing import Protocol

from conversations import messages
from conversations.events import (
    BotChanged,
    EpisodeRated,
    ForStaff,
    MessageChanged,
    MessagePosted,
    PresenceChanged,
    SeenMoved,
    ThumbGiven,
    Typing,
    topic,
)
from conversations.lookout import Lookout
from conversations.models import Author, Message
from server.database import Database
from server.events import Bus, Event, Subscription

# Events are hints and may get lost, with Redis for example: then the database is read anyway.
POLL = 5.0
# Of what no message tells, such as the next opening, after so many looks without any news.
STATE_AFTER = 12
# A reply is often several messages; the state that follows from them is told once, after the last.
SETTLE = 0.02


class Reader(Protocol):
    """Who is told; each call is one frame, or none."""

    async def message(self, message: Message) -> None: ...

    async def caught_up(self, last_seq: int) -> None: ...

    async def typing(self, author: Author, on: bool) -> None: ...

    async def seen(self, side: str, seq: int, at: datetime) -> None: ...

    async def again(self, message: Message) -> None:
        """One that was told before has changed."""
        ...

    async def thumb(self, seq: int, up: bool) -> None: ...

    async def for_staff(self, event: ForStaff) -> None:
        """Called only where the reader has asked for `staff_topic` among its topics."""
        ...

    async def state(self, told: int) -> bool:
        """Something may have changed: read the state, and say so if it did.

        Not if it already knows of a message above ``told``, which has to come first: then False.
        """
        ...

    def queue_moved(self) -> bool:
        """Another chat entered or left the queue; returns whether this changes the reader's state."""
        ...

    def presence_moved(self) -> bool:
        """An agent came or went; returns whether this changes the reader's state."""
        ...


async def follow(
    database: Database,
    bus: Bus,
    conversation_id: uuid.UUID,
    after: int,
    reader: Reader,
    *topics: str,
) -> None:
    """Tell the reader everything above ``after``, for ever. ``topics``: what else may change the state.

    A number is given out inside the transaction that writes the message, under the conversation's row
    lock: when n + 1 can be seen, n can be seen too. So reading "above the last one" leaves no hole.
    """
    async with bus.subscribe(topic(conversation_id), *topics) as events:
        # Hundreds of open widgets hear each move of the queue, and few of them wait in it.
        events.wants = lambda event: _concerns(event, conversation_id, reader)
        if after:
            await _gone(database, conversation_id, after, reader)
        after, _ = await _pump(database, conversation_id, after, reader)
        await reader.caught_up(after)
        after = await _state(database, conversation_id, after, reader)
        stale, looks = False, 0
        while True:
            event = await _next(events, SETTLE if stale else POLL)
            if event is None and stale:
                after = await _state(database, conversation_id, after, reader)
                stale = False
                continue
            if event is None and not events.lagged:
                looks = (looks + 1) % STATE_AFTER
                if looks and not await _missed(database, conversation_id, after, reader):
                    continue
            if events.lagged:
                events.lagged, event = False, None
            if isinstance(event, ThumbGiven):
                await reader.thumb(event.seq, event.up)
            if isinstance(event, Typing):
                await reader.typing(event.author, event.on)
            elif isinstance(event, SeenMoved):
                await reader.seen(event.side, event.seq, event.at)
            elif isinstance(event, ForStaff):
                await reader.for_staff(event)
            elif isinstance(event, MessagePosted) and event.seq <= after:
                continue
            elif isinstance(event, MessageChanged):
                await _again(database, event, after, reader)
            elif isinstance(event, MessagePosted) and event.message and event.seq == after + 1:
                # Nothing is missing in between, and the row was committed as it is here.
                await reader.message(event.message)
                after = event.seq
                stale = stale or event.message.author is not Author.CUSTOMER
            elif isinstance(event, (EpisodeRated, PresenceChanged, BotChanged)):
                after = await _state(database, conversation_id, after, reader)
            elif event is None or getattr(event, "conversation_id", None) == conversation_id:
                after, others = await _pump(database, conversation_id, after, reader)
                if others or not isinstance(event, MessagePosted):
                    after = await _state(database, conversation_id, after, reader)
                    stale = False
            elif reader.queue_moved():
                after = await _state(database, conversation_id, after, reader)


def _concerns(event: Event, conversation_id: uuid.UUID, reader: Reader) -> bool:
    if getattr(event, "conversation_id", None) == conversation_id or isinstance(event, BotChanged):
        return True
    return reader.presence_moved() if isinstance(event, PresenceChanged) else reader.queue_moved()


async def _missed(
    database: Database, conversation_id: uuid.UUID, after: int, reader: Reader
) -> bool:
    """Whether an event may have been lost: one number is read, for every change of owner writes a message."""
    if reader.queue_moved() or reader.presence_moved():
        return True
    return await database.shared(Lookout).last_seq(conversation_id) != after


async def _next(events: Subscription, seconds: float) -> Event | None:
    if (ready := events.take()) is not None:
        return ready
    try:
        async with asyncio.timeout(seconds):
            return await events.next()
    except TimeoutError:
        return None


async def _state(database: Database, conversation_id: uuid.UUID, after: int, reader: Reader) -> int:
    """Tell the state after all messages that led to it; returns the last number told.

    A turn may be committed while its events are on their way: the state must not overtake them.
    """
    while not await reader.state(after):
        after, _ = await _pump(database, conversation_id, after, reader)
    return after


async def _again(database: Database, event: MessageChanged, after: int, reader: Reader) -> None:
    """Tell a message once more; one above ``after`` is told as it is now when its turn comes."""
    if event.seq > after:
        return
    async with database.read() as db:
        batch = await messages.list_after(db, event.conversation_id, event.seq - 1, limit=1)
    for message in batch:
        await reader.again(message)


async def _gone(database: Database, conversation_id: uuid.UUID, upto: int, reader: Reader) -> None:
    """Tell again whose file was taken away: the reader may have been away then, and still show it."""
    async with database.read() as db:
        gone = await messages.list_gone(db, conversation_id, upto)
    for message in gone:
        await reader.again(message)


async def _pump(
    database: Database, conversation_id: uuid.UUID, after: int, reader: Reader
) -> tuple[int, bool]:
    """Tell all messages above ``after``; returns the last number, and whether others than the customer wrote."""
    others = False
    while True:
        async with database.read() as db:
            batch = await messages.list_after(db, conversation_id, after)
        for message in batch:
            await reader.message(message)
            after = message.seq
            others = others or message.author is not Author.CUSTOMER
        if len(batch) < messages.PAGE:
            return after, others

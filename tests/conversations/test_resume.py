"""Whatever is cut, and whenever: a client that resumes by ``after`` sees the log, whole and in order."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations import messages
from conversations.models import Author
from tests.conversations.conftest import Chat, Room
from tests.conversations.wsclient import Closed

WRITERS = st.lists(st.sampled_from([Author.CUSTOMER, Author.BOT, Author.SYSTEM]), max_size=12)
# How many frames the client reads on each connection before the line is cut.
CUTS = st.lists(st.integers(0, 8), min_size=1, max_size=8)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(writers=WRITERS, cuts=CUTS, early=st.integers(0, 12), data=st.data())
def test_a_cut_line_loses_and_doubles_nothing(
    writers: list[Author], cuts: list[int], early: int, data: st.DataObject, tmp_path: Path
) -> None:
    pauses = data.draw(st.lists(st.integers(0, 3), min_size=len(writers), max_size=len(writers)))
    asyncio.run(_run(tmp_path / f"{uuid.uuid4()}.db", writers, cuts, early, pauses))


async def _run(
    file: Path, writers: list[Author], cuts: list[int], early: int, pauses: list[int]
) -> None:
    from tests.conversations.resume_room import open_room

    async with open_room(file) as (room, chat):
        conversation, token = await room.visitor()
        for author in writers[:early]:
            await write(room, conversation, author)
        later = asyncio.create_task(write_all(room, conversation, writers[early:], pauses))
        seen: list[int] = []
        for cut in cuts:
            await read_some(chat, token, seen, cut)
        await later
        await read_some(chat, token, seen, 10_000, until=len(writers))
        assert seen == list(range(1, len(writers) + 1))


async def write(room: Room, conversation: uuid.UUID, author: Author) -> None:
    async with room.database.write() as db:
        current = await messages.lock(db, conversation)
        await messages.append(db, room.clock, current, author=author, text="words")


async def write_all(
    room: Room, conversation: uuid.UUID, authors: list[Author], pauses: list[int]
) -> None:
    for author, pause in zip(authors, pauses, strict=False):
        await asyncio.sleep(pause * 0.002)
        await write(room, conversation, author)


async def read_some(
    chat: Chat, token: str, seen: list[int], frames: int, until: int | None = None
) -> None:
    """One connection that reads so many frames and is gone."""
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token, "after": seen[-1] if seen else 0})
        for _ in range(frames):
            if until is not None and len(seen) == until:
                return
            try:
                frame = await socket.read(0.02 if until is None else 5)
            except (TimeoutError, Closed):
                return
            if frame["type"] == "message":
                seen.append(frame["seq"])

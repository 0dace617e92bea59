"""Who is named in a note hears of it on every console of theirs, and nobody else does."""

from __future__ import annotations

import uuid

from conversations.events import Mentioned
from tests.conversations.conftest import Chat, Room
from tests.conversations.test_staff_socket import signed_console


async def test_only_the_person_mentioned_is_told(room: Room, console: Chat) -> None:
    ada, bob = await room.agent("Ada"), await room.agent("Bob")
    chat, note = uuid.uuid4(), uuid.uuid4()
    async with (
        signed_console(room, console, ada) as hers,
        signed_console(room, console, ada) as other,
        signed_console(room, console, bob) as his,
    ):
        for socket in (hers, other, his):  # all of them listen once they answer
            await socket.send({"type": "ping"})
            await socket.until("pong")
        await room.bus.publish([Mentioned(conversation_id=chat, note_id=note, staff_id=ada.id)])
        told = {"type": "mention", "conversation": str(chat), "note": str(note)}
        assert await hers.until("mention") == told
        assert await other.until("mention") == told
        await his.send({"type": "ping"})
        frame = await his.read()
        while frame["type"] != "pong":
            assert frame["type"] != "mention"
            frame = await his.read()

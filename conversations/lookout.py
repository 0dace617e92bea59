"""The newest number of many conversations, read together: hundreds of idle sockets ask for theirs."""

from __future__ import annotations

import asyncio
import uuid

from sqlalchemy import select

from conversations.models import Conversation
from server.database import Database, table_of

# Long enough that the looks of hundreds of sockets share a read, short against the pause between two of one.
GATHER = 0.25
# Below what PostgreSQL and SQLite take as parameters of one statement.
AT_ONCE = 500

_CONVERSATIONS = table_of(Conversation).c


class Lookout:
    """One for each database (`Database.shared`): whoever asks within a moment is answered by one read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: dict[uuid.UUID, asyncio.Future[int | None]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def last_seq(self, conversation_id: uuid.UUID) -> int | None:
        """The number of the conversation's last message, read after this call; None: there is no such one.

        Raises what the database raises.
        """
        if not self._asked:
            task = asyncio.create_task(self._read())
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        if conversation_id not in self._asked:
            self._asked[conversation_id] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._asked[conversation_id])

    async def _read(self) -> None:
        await asyncio.sleep(GATHER)
        asked, self._asked = self._asked, {}
        ids = list(asked)
        try:
            found: dict[uuid.UUID, int] = {}
            async with self._database.read() as db:
                for at in range(0, len(ids), AT_ONCE):
                    rows = await db.execute(
                        select(_CONVERSATIONS.id, _CONVERSATIONS.last_seq).where(
                            _CONVERSATIONS.id.in_(ids[at : at + AT_ONCE])
                        )
                    )
                    found.update((row[0], row[1]) for row in rows)
        except Exception as error:
            for waiting in asked.values():
                waiting.set_exception(error)
                waiting.exception()  # who asked may have gone
            return
        for conversation_id, waiting in asked.items():
            waiting.set_result(found.get(conversation_id))

"""A desk with a sweeper; what the journal says of a case."""

from __future__ import annotations

import pytest

from conversations import messages, speaking
from conversations.models import Conversation
from conversations.presence import Presence
from handoff import journal, queue
from handoff.clocks.sweeper import Sweeper
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff
from server.auth import Staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock

GRACE = 120.0


class Scene:
    """One desk and what its tests do in one line each, every deed in a transaction of its own."""

    def __init__(
        self, database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence
    ) -> None:
        self.database = database
        self.clock = clock
        self.desk = desk
        self.presence = presence
        self.sweeper = Sweeper(database, desk, agent_grace=GRACE)
        self._said = 0

    async def asks(self) -> Chat:
        """A customer who asks for a person."""
        async with self.database.write() as db:
            chat = await Chat.begin(db, self.clock)
            await chat.needs_person(self.desk)
        return chat

    async def taken(self, agent: Staff) -> Chat:
        """A customer whose chat this agent, whose console is open, took at once."""
        chat = await self.asks()
        await self.presence.enter(agent.id)
        await self.claims(chat, agent)
        return chat

    async def claims(self, chat: Chat, agent: Staff) -> None:
        async with self.database.write() as db:
            await queue.claim(db, self.desk, chat.id, agent)

    async def says(self, chat: Chat, text: str = "are you there?") -> None:
        self._said += 1
        async with self.database.write() as db:
            await speaking.say(
                db, self.clock, self.desk, chat.id,
                client_id=f"customer-{self._said:04}", text=text, button=None, limit=2000,
            )  # fmt: skip

    async def answers(self, chat: Chat, agent: Staff) -> None:
        self._said += 1
        async with self.database.write() as db:
            await messages.post_as_agent(
                db, self.clock, chat.id, agent,
                client_id=f"agent-{self._said:04}", text="I am looking into it", limit=2000,
            )  # fmt: skip

    async def sweep(self, seconds: float = 0) -> None:
        self.clock.advance(seconds)
        await self.sweeper.step()

    async def case(self, chat: Chat) -> Handoff:
        async with self.database.read() as db:
            found = await latest(db, chat.id)
        assert found is not None
        return found

    async def conversation(self, chat: Chat) -> Conversation:
        async with self.database.read() as db:
            return await db.get_one(Conversation, chat.id)

    async def lines(self, chat: Chat, *whats: str) -> list[str]:
        """The journal's lines of these kinds, each with its clock, if it is about one."""
        case = await self.case(chat)
        async with self.database.read() as db:
            found = await journal.of(db, case.id)
        return [
            " ".join(filter(None, (one.what, one.detail.get("promise"))))
            for one in found
            if one.what in whats
        ]


@pytest.fixture
def scene(database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence) -> Scene:
    return Scene(database, clock, desk, presence)


@pytest.fixture
async def ada(hire: Hire) -> Staff:
    return await hire("ada")


@pytest.fixture
async def bob(hire: Hire) -> Staff:
    return await hire("bob")

"""A small desk for the walk: three agents, one of them a lead, two customers, and all they can do."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.desk_faults import FaultyBus
from conversations import messages, owners, speaking, visitors
from conversations.models import Conversation, Outcome
from conversations.presence import Presence
from handoff import queue
from handoff.clocks import raising
from handoff.clocks.sweeper import Sweeper
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome, Level
from handoff.priority import Priorities
from handoff.routing import offers
from handoff.teams.models import Profile, Team
from handoff.teams.setup import ensure_home
from server.auth import Role, Staff, create_staff
from server.database import Database

GRACE = 120.0
LIMIT = 2000
JUMPS = (1.0, 20.0, 60.0, GRACE + 1, 3600.0, 9 * 3600.0, 30 * 3600.0)
WORDS = ("hello?", "my parcel is lost", "this is a fire hazard", "thank you", "never mind")


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


Step = Callable[[AsyncSession, uuid.UUID, Staff], Awaitable[object]]


@dataclass
class House:
    database: Database
    bus: FaultyBus
    clock: Hand
    chance: random.Random
    staff: list[Staff] = field(default_factory=list)
    chats: list[uuid.UUID] = field(default_factory=list)
    priorities: Priorities = field(init=False)
    presence: Presence = field(init=False)
    desk: HandoffDesk = field(init=False)
    sweeper: Sweeper = field(init=False)

    def __post_init__(self) -> None:
        # The rule book is a file: reading it again with every restart would only take time.
        self.priorities = Priorities(self.clock)
        self.restart()

    def restart(self) -> None:
        """The process ends and begins anew: what was only in memory is gone."""
        self.presence = Presence(self.clock, self.bus)
        self.desk = HandoffDesk(self.clock, self.presence, priorities=self.priorities, templates=())
        self.sweeper = Sweeper(self.database, self.desk, agent_grace=GRACE)

    async def hire(self) -> None:
        async with self.database.write() as db:
            for name, role in (("ada", Role.AGENT), ("bob", Role.AGENT), ("lea", Role.SUPERVISOR)):
                self.staff.append(
                    await create_staff(
                        db, self.clock,
                        login=name, name=name.title(), password=secrets.token_hex(8), roles=[role],
                    )
                )  # fmt: skip
            # Chats are offered to one agent after the other, and some are for the lead only.
            await ensure_home(db)
            await db.execute(update(Team).values(assign="round_robin"))
            db.add(Profile(staff_id=self.lead.id, level=Level.LEAD.value))

    async def sweep(self) -> None:
        """What runs in the background, once."""
        await self.sweeper.step()
        await offers.lapse(self.database, self.desk)

    async def open_chats(self) -> None:
        """Two new customers."""
        self.chats = []
        async with self.database.write() as db:
            for _ in range(2):
                visitor, _ = await visitors.create(db, self.clock, "http://walk")
                self.chats.append((await visitors.conversation_of(db, visitor.id)).id)

    @property
    def lead(self) -> Staff:
        return self.staff[-1]

    async def comes(self, agent: Staff) -> None:
        if agent.id not in self.presence.here():
            await self.presence.enter(agent.id)

    async def goes(self, agent: Staff) -> None:
        if agent.id in self.presence.here():
            await self.presence.leave(agent.id)

    # What happens within one transaction.

    async def request(self, db: AsyncSession, chat: uuid.UUID, _: Staff) -> None:
        await speaking.request_person(db, self.clock, self.desk, chat)

    async def says(self, db: AsyncSession, chat: uuid.UUID, _: Staff) -> None:
        await speaking.say(
            db, self.clock, self.desk, chat,
            client_id=secrets.token_hex(8), text=self.chance.choice(WORDS), button=None, limit=LIMIT,
        )  # fmt: skip

    async def cancels(self, db: AsyncSession, chat: uuid.UUID, _: Staff) -> None:
        await speaking.leave_queue(db, self.clock, chat)

    async def bot_ends(self, db: AsyncSession, chat: uuid.UUID, _: Staff) -> None:
        conversation = await db.get_one(Conversation, chat)
        await owners.end(
            db, self.clock, conversation, epoch=conversation.epoch, outcome=Outcome.ASSUMED
        )

    async def claims(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.claim(db, self.desk, chat, agent)

    async def accepts(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.accept(db, self.desk, chat, agent)

    async def declines(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.decline(db, self.desk, chat, agent)

    async def asks_other(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.someone_else(db, self.desk, chat, agent)

    async def releases(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.release(db, self.desk, chat, agent)

    async def transfers(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        others = [one for one in self.staff if one.id != agent.id]
        here = [one for one in others if one.id in self.presence.online()]
        to = self.chance.choice(here or others)
        await queue.transfer(db, self.desk, chat, agent, to.id, "please go on")

    async def joins(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.join(db, self.desk, chat, agent)

    async def leaves(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.leave(db, self.desk, chat, agent)

    async def escalates(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.escalate(db, self.desk, chat, agent, "needs a lead")

    async def closes(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        outcome = self.chance.choice(list(CloseOutcome))
        await queue.close(db, self.desk, chat, agent, outcome)

    async def hands_back(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await queue.hand_back(db, self.desk, chat, agent)

    async def writes(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await messages.post_as_agent(
            db, self.clock, chat, agent,
            client_id=secrets.token_hex(8), text="I am looking into it", limit=LIMIT,
        )  # fmt: skip

    async def alarms(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await raising.raise_on(db, self.desk, chat, agent, "somebody may be hurt")

    async def owns(self, db: AsyncSession, chat: uuid.UUID, agent: Staff) -> None:
        await raising.take_on(db, self.desk, chat, agent)

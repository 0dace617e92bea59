"""A desk that promises, with mail set up; nobody is online, and it is Sunday."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from conversations import messages, owners, visitors
from conversations.desk import Reason
from conversations.models import Author, Conversation, Message, Visitor
from conversations.presence import Presence
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff, HandoffEvent
from handoff.promises.keeper import Keeper
from handoff.promises.service import Promises
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.mail.models import Mail
from server.settings import Settings
from tests.handoff.building import Chat
from tests.support import FakeClock

SUNDAY = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass
class House:
    """What the tests do and see."""

    database: Database
    clock: FakeClock
    desk: HandoffDesk
    presence: Presence
    settings: Settings
    keeper: Keeper

    async def waits(
        self,
        *,
        zone: str | None = None,
        email: str | None = None,
        reason: Reason = Reason.ASKED,
    ) -> uuid.UUID:
        """A customer who asks for a person."""
        async with self.database.write() as db:
            chat = await Chat.begin(db, self.clock, email=email)
            visitor = await db.get_one(Visitor, chat.conversation.visitor_id)
            visitor.zone = zone
            await chat.says("Where is my order?", "order_status")
            await chat.needs_person(self.desk, reason)
            return chat.id

    async def log(self, conversation_id: uuid.UUID) -> Sequence[Message]:
        async with self.database.read() as db:
            return await messages.list_after(db, conversation_id, 0)

    async def told(self, conversation_id: uuid.UUID, event: str) -> list[str]:
        """The texts of the system messages of one kind."""
        return [
            one.text
            for one in await self.log(conversation_id)
            if one.author is Author.SYSTEM and one.payload.get("event") == event
        ]

    async def handoff(self, conversation_id: uuid.UUID) -> Handoff:
        async with self.database.read() as db:
            found = await latest(db, conversation_id)
        assert found is not None
        return found

    async def noted(self, conversation_id: uuid.UUID) -> list[str]:
        async with self.database.read() as db:
            found = await db.scalars(
                select(HandoffEvent.what)
                .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
                .where(Handoff.conversation_id == conversation_id)
                .order_by(HandoffEvent.id)
            )
            return list(found)

    async def mails(self) -> list[Mail]:
        async with self.database.read() as db:
            return list(await db.scalars(select(Mail).order_by(Mail.created_at)))

    async def agent(self, name: str = "Ada") -> Staff:
        async with self.database.write() as db:
            return await create_staff(
                db, self.clock, login=name.lower(), name=name,
                password="a long password", roles=[Role.AGENT],
            )  # fmt: skip

    async def takes(self, conversation_id: uuid.UUID, agent: Staff) -> None:
        async with self.database.write() as db:
            await owners.claim(db, self.clock, conversation_id, agent)

    async def answers(self, conversation_id: uuid.UUID, agent: Staff, *texts: str) -> int:
        """Messages of the agent, ten seconds apart; the last one's number."""
        last = 0
        for text in texts:
            self.clock.advance(10)
            async with self.database.write() as db:
                conversation = await messages.lock(db, conversation_id)
                made = await messages.append(
                    db, self.clock, conversation, author=Author.AGENT, text=text, agent=agent
                )
                last = made.seq
        return last

    async def gives(self, conversation_id: uuid.UUID, email: str) -> None:
        """What the details frame does."""
        async with self.database.write() as db:
            conversation = await db.get_one(Conversation, conversation_id)
            await visitors.give_details(db, conversation.visitor_id, name=None, email=email)
            await self.desk.details_given(db, conversation_id)

    async def opens(self, agent: Staff) -> None:
        """The agent's console."""
        await self.presence.enter(agent.id)


def settings(**more: Any) -> Settings:
    return Settings(
        environment="test",
        public_url="http://help.shop.example",
        smtp_host=more.pop("smtp_host", "mail.shop.example"),
        mail_from="help@shop.example",
        _env_file=None,
        **more,
    )


def build(database: Database, clock: FakeClock, presence: Presence, wanted: Settings) -> House:
    desk = HandoffDesk(clock, presence)
    desk.promises = Promises(clock, desk, wanted)
    return House(database, clock, desk, presence, wanted, Keeper(database, desk.promises))


@pytest.fixture
def house(database: Database, clock: FakeClock, presence: Presence) -> House:
    clock.moment = SUNDAY
    return build(database, clock, presence, settings())

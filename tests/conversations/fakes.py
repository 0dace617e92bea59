"""Stand-ins for the bot and the desk; the bot passes the same contract tests as the real client."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.bot_client import BotMessage, BotReply, BotTurn
from conversations.desk import Standing
from conversations.errors import BotUnavailable
from conversations.models import Conversation, Owner, Turn
from server.auth import Role, Staff
from server.errors import Unavailable
from widget.config import DEFAULT, WidgetConfig


def echo(request: BotTurn) -> list[BotMessage]:
    return [BotMessage(text=f"re: {request.payload or request.text}")]


@dataclass
class FakeBot:
    """Answers by a script; like the real one it repeats its answer to a turn it knows."""

    script: Callable[[BotTurn], list[BotMessage]] = echo
    before: Callable[[BotTurn], Awaitable[None]] | None = None
    """Awaited while the bot "thinks"."""
    slots: dict[str, Any] = field(default_factory=dict)
    parse: dict[str, Any] = field(default_factory=dict)
    failed: str | None = None
    down: bool = False
    seen: list[BotTurn] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    answered: dict[str, BotReply] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    most_running: int = 0

    async def turn(self, request: BotTurn) -> BotReply:
        if self.down:
            raise BotUnavailable()
        self.seen.append(request)
        if request.turn_id in self.answered:
            return self.answered[request.turn_id]
        self.running[request.sender] = self.running.get(request.sender, 0) + 1
        self.most_running = max(self.most_running, self.running[request.sender])
        try:
            if self.before is not None:
                await self.before(request)
            reply = BotReply(
                turn_id=request.turn_id,
                messages=self.script(request),
                slots=self.slots,
                parse=self.parse,
                failed=self.failed,
                versions={"model": "fake"},
            )
        finally:
            self.running[request.sender] -= 1
        self.answered[request.turn_id] = reply
        return reply

    async def expect(self, text: str) -> None:
        self.expected.append(text)

    async def check(self) -> bool:
        return not self.down

    async def close(self) -> None:
        self.down = True


@dataclass
class Gate:
    """Holds the bot until the test lets it go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: BotTurn) -> None:
        self.reached.set()
        await self.released.wait()


@dataclass
class FakeDesk:
    requests: list[tuple[uuid.UUID, str, str, uuid.UUID | None]] = field(default_factory=list)
    removed: list[tuple[uuid.UUID, str, str]] = field(default_factory=list)
    reached: list[uuid.UUID] = field(default_factory=list)
    """Conversations whose customer said how to reach them."""
    ratings: list[tuple[uuid.UUID, int]] = field(default_factory=list)
    others: list[uuid.UUID] = field(default_factory=list)
    """Conversations whose customer asked for somebody else."""
    broken: bool = False
    hidden: set[uuid.UUID] = field(default_factory=set)
    """Conversations that only a supervisor may read."""
    open_matters: set[uuid.UUID] = field(default_factory=set)
    """Conversations of which something is still to be done."""

    async def request(
        self,
        db: AsyncSession,
        conversation: Conversation,
        *,
        reason: str,
        detail: str,
        turn: Turn | None,
    ) -> None:
        if self.broken:
            raise RuntimeError("no card today")
        self.requests.append((conversation.id, reason, detail, turn.id if turn else None))

    async def other_person(self, db: AsyncSession, conversation: Conversation) -> Conversation:
        self.others.append(conversation.id)
        return conversation

    async def standing(self, db: AsyncSession, conversation: Conversation) -> Standing:
        queued = conversation.owner is Owner.QUEUED
        return Standing(
            position=1 if queued else None, wait_seconds=None, online=True, opens_at=None
        )

    async def details_given(self, db: AsyncSession, conversation_id: uuid.UUID) -> None:
        self.reached.append(conversation_id)

    async def rated(self, db: AsyncSession, conversation_id: uuid.UUID, episode: int) -> None:
        self.ratings.append((conversation_id, episode))

    async def file_removed(
        self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff, name: str
    ) -> None:
        self.removed.append((conversation_id, staff.login, name))

    async def matter_open(self, db: AsyncSession, conversation: Conversation) -> bool:
        return conversation.id in self.open_matters

    async def may_read(self, db: AsyncSession, conversation_id: uuid.UUID, staff: Staff) -> bool:
        return staff.may(Role.SUPERVISOR) or conversation_id not in self.hidden


@dataclass
class FakeHouse:
    """What the house has set of its chat."""

    now: WidgetConfig = DEFAULT

    def __init__(self) -> None:
        self.answers: list[tuple[uuid.UUID, str]] = []

    async def config(self) -> WidgetConfig:
        return self.now

    async def invites(self, invitation: str, text: str) -> bool:
        return any(
            one.id == invitation and text in one.text.values() for one in self.now.invitations
        )

    async def answered(self, db: AsyncSession, visitor_id: uuid.UUID, invitation: str) -> None:
        self.answers.append((visitor_id, invitation))

    def set(self, **values: Any) -> None:
        self.now = WidgetConfig.model_validate(values)


class FakeBoard:
    """What the desk shows: who looks, and how often anybody did."""

    def __init__(self) -> None:
        self.looks = 0
        self.fails = False

    async def __call__(self, staff: Staff) -> str:
        self.looks += 1
        if self.fails:
            raise Unavailable("away")
        return json.dumps({"for": staff.name, "look": self.looks})

"""The desk with cases and customers: a house that tells its customers apart, and has its procedures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import identity
from conversations.desk import Reason
from conversations.identity import Identity
from conversations.models import Conversation
from conversations.presence import Presence
from handoff import queue
from handoff.cases import routes as case_routes
from handoff.cases import sops
from handoff.customers import routes as customer_routes
from handoff.customers.segments import HouseSegments
from handoff.desk import HandoffDesk
from handoff.models import Level
from handoff.teams.models import Profile
from handoff.teams.setup import ensure_home
from server.auth import Role, Staff, StaffSession, cookie_name, hash_token
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api
from tests.support import FakeClock

Sign = Callable[[Staff], Awaitable[httpx.AsyncClient]]
Begin = Callable[..., Awaitable[Chat]]
Person = Callable[..., Awaitable[Staff]]


@pytest.fixture
def desk(clock: FakeClock, presence: Presence) -> HandoffDesk:
    return HandoffDesk(clock, presence, segments=HouseSegments(clock))


@pytest.fixture
async def app(app: FastAPI, database: Database, clock: FakeClock) -> FastAPI:
    app.include_router(case_routes.router)
    app.include_router(customer_routes.router)
    async with database.write() as db:
        await ensure_home(db)
        await sops.ensure(db, clock)
    return app


@pytest.fixture
def person(database: Database, clock: FakeClock) -> Person:
    """Staff without a password (hashing one is slow), of a level."""

    async def person(login: str, level: Level = Level.FRONT_LINE, role: Role = Role.AGENT) -> Staff:
        async with database.write() as db:
            made = Staff(
                login=login, name=login.title(), password_hash="", roles=[role],
                created_at=clock.now(),
            )  # fmt: skip
            db.add(made)
            await db.flush()
            db.add(Profile(staff_id=made.id, level=level.value))
        return made

    return person


@pytest.fixture
def sign(api: Api, app: FastAPI, database: Database, clock: FakeClock) -> Sign:
    async def sign(staff: Staff) -> httpx.AsyncClient:
        token = f"token of {staff.login}"
        async with database.write() as db:
            db.add(
                StaffSession(
                    token_hash=hash_token(token),
                    staff_id=staff.id,
                    expires_at=clock.now() + timedelta(days=400),
                )
            )
        name = cookie_name(app.state.services.settings.secure_cookies)
        return api.client({name: token}, **{"x-handrail": "1"})

    return sign


@pytest.fixture
def begin(database: Database, clock: FakeClock, desk: HandoffDesk) -> Begin:
    """A customer at the desk, claimed by an agent."""

    async def begin(
        agent: Staff | None,
        intent: str = "refund_status",
        *,
        external_id: str | None = None,
        **signed: Any,
    ) -> Chat:
        async with database.write() as db:
            chat = await Chat.begin(db, clock, name="Marta", email="marta@example.org")
            if external_id:
                await known(db, clock, chat, external_id, **signed)
            await chat.says("where is my money", intent)
            await chat.needs_person(desk, Reason.ASKED)
        if agent is not None:
            async with database.write() as db:
                await queue.claim(db, desk, chat.id, agent, over_capacity=True)
        return chat

    return begin


async def known(
    db: AsyncSession, clock: FakeClock, chat: Chat, external_id: str, **signed: Any
) -> None:
    """The site signed who this is."""
    who = Identity(
        external_id=external_id,
        nonce=f"{chat.id}",
        expires_at=clock.now() + timedelta(hours=1),
        attributes=signed,
    )
    await identity.accept(db, clock, chat.conversation.visitor_id, who)


async def resumed(db: AsyncSession, chat: Chat) -> None:
    """Go on with a chat in another session."""
    chat.db, chat.conversation = db, await db.get_one(Conversation, chat.id)

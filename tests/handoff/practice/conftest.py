"""A desk with a finished chat, a lead, two agents and a supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from conversations import messages
from conversations.desk import Reason
from conversations.models import Author
from handoff import queue
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome, Level
from handoff.practice import routes
from handoff.practice.making import Practice
from handoff.teams.models import Profile
from handoff.teams.setup import ensure_home
from knowledge_base.asked.masking import mask
from server.auth import Role, Staff, StaffSession, cookie_name, hash_token
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api
from tests.support import FakeClock

Handled = Callable[..., Awaitable[UUID]]
Sign = Callable[[Staff], Awaitable[httpx.AsyncClient]]
Person = Callable[..., Awaitable[Staff]]
Made = Callable[[], Awaitable[str]]
SCORES = {"acknowledge": 4, "clarify": 3, "resolve": 5, "confirm": 2}
OTHERS = {"acknowledge": 3, "clarify": 5, "resolve": 5, "confirm": 1}


@pytest.fixture
def practice(database: Database, clock: FakeClock) -> Practice:
    return Practice(database, clock, mask)


@pytest.fixture
async def app(app: FastAPI, database: Database, practice: Practice) -> FastAPI:
    app.state.services.practice = practice
    app.include_router(routes.router)
    async with database.write() as db:
        await ensure_home(db)
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
async def lead(person: Person) -> Staff:
    return await person("lena", Level.LEAD)


@pytest.fixture
async def ada(person: Person) -> Staff:
    return await person("ada")


@pytest.fixture
async def bob(person: Person) -> Staff:
    return await person("bob")


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
def handled(database: Database, clock: FakeClock, desk: HandoffDesk, bob: Staff) -> Handled:
    """A chat of Marta Nowak's that Bob handled, closed unless it is to go on."""

    async def handled(
        *said: tuple[Author, str], closed: bool = True, intent: str = "order_status"
    ) -> UUID:
        talk = said or (
            (Author.AGENT, "Hello Marta, I am Bob. I see FW-204411."),
            (Author.AGENT, "Is 12 High Street still right?"),
            (Author.CUSTOMER, "yes, Marta Nowak, 0470 12 34 56"),
            (Author.AGENT, "Then it comes again. Did that solve it?"),
            (Author.CUSTOMER, "thanks Bob"),
        )
        async with database.write() as db:
            chat = await Chat.begin(db, clock, name="Marta Nowak", email="m.nowak@example.org")
            turn = await chat.says("where is order fw 204411", intent)
            await chat.answers(turn, "I pass you on, Marta.")
            await chat.needs_person(desk, Reason.ASKED)
        clock.advance(60)
        async with database.write() as db:
            conversation = await queue.claim(db, desk, chat.id, bob, over_capacity=True)
            for author, text in talk:
                await messages.append(
                    db, clock, conversation, author=author, text=text,
                    agent=bob if author is Author.AGENT else None,
                )  # fmt: skip
        clock.advance(60)
        if closed:
            async with database.write() as db:
                await queue.close(db, desk, chat.id, bob, CloseOutcome.SOLVED)
        return chat.id

    return handled


@pytest.fixture
async def lena(lead: Staff, sign: Sign) -> httpx.AsyncClient:
    """The lead, signed in."""
    return await sign(lead)


@pytest.fixture
def made(handled: Handled, lena: httpx.AsyncClient) -> Made:
    async def made() -> str:
        """A practice chat with two points, of a fresh chat; gives its id."""
        source = {"conversation": str(await handled()), "episode": 1}
        copy = (await lena.post("/api/desk/practice/preview", json=source)).json()
        wanted = source | {
            "topic": "Late", "scores": SCORES, "why": "Asked too late.", "seen": copy["mark"]
        }  # fmt: skip
        answer = await lena.post("/api/desk/practice/chats", json=wanted)
        chat: str = answer.json()["id"]
        return chat

    return made

"""Customers are told that what they reported is mended: who, once, and by mail when they are away."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from conversations.models import Author, Conversation, Message, Owner
from handoff import queue
from handoff.cases import causes, telling
from handoff.cases.inputs import CauseGiven, Closing
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome, Handoff
from handoff.promises import unseen
from server.auth import Role, Staff
from server.database import Database
from server.errors import Invalid, NotFound
from tests.handoff.cases.conftest import Begin, Person
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("app")
LABEL = "Label printed twice"
GOOD = "The labels are right again."


class House:
    def __init__(
        self, database: Database, clock: FakeClock, desk: HandoffDesk, begin: Begin, ada: Staff
    ) -> None:
        self.database, self.clock, self.desk, self.begin, self.ada = (
            database, clock, desk, begin, ada,
        )  # fmt: skip

    async def case(self, text: str = LABEL) -> UUID:
        chat = await self.begin(self.ada)
        given = Closing(cause=CauseGiven(text=text, action="New printer"))
        async with self.database.write() as db:
            await queue.close(db, self.desk, chat.id, self.ada, CloseOutcome.SOLVED, given)
        self.clock.advance(60)
        return UUID(str(chat.id))

    async def mended(self, text: str = LABEL, *, done: bool = True) -> UUID:
        async with self.database.write() as db:
            cause = await causes.find_or_make(db, self.clock, None, CauseGiven(text=text))
            await causes.change(
                db, cause.id, text=text, action="New printer", owner=None, due=None, done=done,
                clock=self.clock,
            )  # fmt: skip
        self.clock.advance(60)
        return cause.id

    async def tell(self, cause: UUID, by: Staff, text: str = GOOD) -> telling.Told:
        return await telling.tell(self.database, self.clock, cause, by, text, limit=2000)

    async def heard(self, chat: UUID) -> list[tuple[str | None, str]]:
        async with self.database.read() as db:
            found = await db.scalars(
                select(Message)
                .where(Message.conversation_id == chat, Message.author == Author.AGENT)
                .order_by(Message.seq)
            )
            return [(one.agent_name, one.text) for one in found if one.text == GOOD]

    async def untold(self) -> dict[UUID, int]:
        async with self.database.read() as db:
            return await telling.untold(db, self.clock.now())


@pytest.fixture
async def house(
    database: Database, clock: FakeClock, desk: HandoffDesk, begin: Begin, person: Person
) -> House:
    return House(database, clock, desk, begin, await person("ada"))


async def test_each_chat_is_told_once_under_the_leads_name(house: House, person: Person) -> None:
    lee = await person("lee", role=Role.SUPERVISOR)
    first, second, other = await house.case(), await house.case(), await house.case("Other")
    cause = await house.mended()
    later = await house.case()  # after the mending: it mends nothing for this one
    assert await house.untold() == {cause: 2}
    assert await house.tell(cause, lee) == telling.Told(chats=2, busy=0)
    assert await house.heard(first) == await house.heard(second) == [("Lee", GOOD)]
    assert await house.heard(other) == await house.heard(later) == []
    assert await house.tell(cause, lee) == telling.Told(chats=0, busy=0)
    assert await house.untold() == {}
    # It broke again and is mended again: whoever reported it is told again.
    await house.mended(done=False)
    again = await house.mended()
    assert again == cause
    assert (await house.tell(cause, lee)).chats == 3


async def test_who_is_with_somebody_is_told_later(house: House) -> None:
    busy, free = await house.case(), await house.case()
    cause = await house.mended()
    async with house.database.write() as db:
        await db.execute(
            update(Conversation).where(Conversation.id == busy).values(owner=Owner.QUEUED)
        )
    assert await house.tell(cause, house.ada) == telling.Told(chats=1, busy=1)
    assert (await house.heard(busy), len(await house.heard(free))) == ([], 1)
    assert await house.untold() == {cause: 1}


async def test_who_is_away_gets_it_by_mail(house: House) -> None:
    chat = await house.case()
    async with house.database.write() as db:
        await db.execute(update(Handoff).values(contact_email="eve@example.com"))
    cause = await house.mended()
    house.clock.advance(timedelta(days=10).total_seconds())
    async with house.database.read() as db:
        assert await unseen.waiting(db, house.clock) == []
    await house.tell(cause, house.ada)
    house.clock.advance(timedelta(minutes=5).total_seconds())
    async with house.database.read() as db:
        assert await unseen.waiting(db, house.clock) == [chat]


async def test_nothing_is_told_of_what_is_not_mended_or_without_words(house: House) -> None:
    await house.case()
    cause = await house.mended(done=False)
    with pytest.raises(telling.NotMended):
        await house.tell(cause, house.ada)
    await house.mended()
    for wrong in ("", " \n ", "a" * 2001):
        with pytest.raises(Invalid):
            await house.tell(cause, house.ada, wrong)
    with pytest.raises(NotFound):
        await house.tell(UUID(int=7), house.ada)
    house.clock.advance(telling.LATELY.total_seconds())
    assert await house.untold() == {}, "nobody waits for news after a quarter of a year"

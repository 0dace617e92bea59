"""A promise that is broken is owned up to; answers that nobody saw go by mail."""

from __future__ import annotations

import asyncio
import re
import uuid
from datetime import timedelta

import pytest

from conversations import messages, resume, seen, visitors
from conversations.errors import LinkOver, TokenUnknown
from conversations.models import Author, Conversation
from conversations.presence import Presence
from handoff.desk import latest
from handoff.promises import unseen
from handoff.promises.keeper import Keeper
from handoff.promises.words import answer_mail
from server.database import Database
from server.errors import Invalid
from server.mail.models import Mail
from tests.handoff.promises.conftest import SUNDAY, House, build, settings
from tests.support import FakeClock

LINK = re.compile(r"http://help\.shop\.example/help/chat/open#handrail-resume=([\w-]{43})")
MAIL = "eve@shop.example"


async def shows(house: House, chat: uuid.UUID, seq: int) -> None:
    """The customer's screen has shown everything up to here."""
    async with house.database.write() as db:
        await seen.mark(db, house.clock, chat, seen.CUSTOMER, seq)


async def answered(house: House, *texts: str) -> uuid.UUID:
    """A customer with an address whom Ada has answered, without being there."""
    chat, ada = await house.waits(email=MAIL), await house.agent()
    await house.takes(chat, ada)
    await house.answers(chat, ada, *texts)
    return chat


async def later(house: House, seconds: float = 121) -> list[Mail]:
    house.clock.advance(seconds)
    await house.keeper.step()
    return await house.mails()


async def test_a_broken_promise_raises_an_alarm_and_is_owned_up_to_once(house: House) -> None:
    chat = await house.waits(email=MAIL)
    at = (await house.handoff(chat)).promised_at
    assert at is not None
    house.clock.moment = at + timedelta(seconds=590)
    await house.keeper.step()
    assert await house.told(chat, "promise_missed") == []
    house.clock.advance(20)
    assert house.desk.promises is not None
    keepers = [house.keeper, Keeper(house.database, house.desk.promises)]
    await asyncio.gather(*(keeper.step() for keeper in keepers))
    await house.keeper.step()
    [told] = await house.told(chat, "promise_missed")
    assert "Monday, 2 March at 08:00" in told
    assert "sorry" in told
    assert (await house.noted(chat)).count("alarm_raised") == 1
    assert (await house.handoff(chat)).alarm_at is not None
    [mail] = await house.mails()
    assert (mail.to, mail.subject) == (MAIL, "Your question is still open")
    assert LINK.search(mail.text)


async def test_a_promise_that_was_kept_is_not_broken(house: House) -> None:
    chat = await answered(house, "Good morning!")
    house.clock.advance(3 * 86400)
    await house.keeper.step()
    assert await house.told(chat, "promise_missed") == []


async def test_an_unseen_burst_is_one_mail_after_two_quiet_minutes(house: House) -> None:
    chat = await answered(house, "Hello Eve", "It left <today>")
    assert await later(house, 100) == []
    [mail] = await later(house, 30)
    assert mail.to == MAIL
    assert mail.subject == "Your answer from Ada"
    assert "Hello Eve" in mail.text
    assert "It left <today>" in mail.text
    assert "It left &lt;today&gt;" in (mail.html or "")
    assert "works once" in mail.text
    assert len(await later(house, 600)) == 1
    ada = await house.agent("Bob")
    await house.answers(chat, ada, "One more thing")
    mails = await later(house)
    assert len(mails) == 2
    assert "Hello Eve" not in mails[1].text
    assert (await house.noted(chat)).count("mailed") == 2


async def test_two_processes_write_one_mail(house: House) -> None:
    await answered(house, "Hello")
    house.clock.advance(121)
    assert house.desk.promises is not None
    keepers = [Keeper(house.database, house.desk.promises) for _ in range(3)]
    await asyncio.gather(*(keeper.step() for keeper in keepers))
    assert len(await house.mails()) == 1


async def test_what_a_screen_has_shown_is_not_mailed(house: House) -> None:
    chat, ada = await house.waits(email=MAIL), await house.agent()
    await house.takes(chat, ada)
    first = await house.answers(chat, ada, "Hello")
    await shows(house, chat, first)
    assert await later(house) == []
    await house.answers(chat, ada, "Still there?")
    [mail] = await later(house)
    assert "Hello" not in mail.text


async def test_who_writes_has_seen_what_stands_above(house: House) -> None:
    chat = await answered(house, "Hello")
    async with house.database.write() as db:
        conversation = await messages.lock(db, chat)
        await messages.append(db, house.clock, conversation, author=Author.CUSTOMER, text="Thanks")
    assert await later(house) == []


async def test_without_an_address_nothing_is_mailed(house: House) -> None:
    chat, ada = await house.waits(), await house.agent()
    await house.takes(chat, ada)
    await house.answers(chat, ada, "Hello")
    assert await later(house) == []
    await house.gives(chat, MAIL)  # given while the agent is there: from now on it is used
    assert len(await later(house)) == 1


async def test_an_address_gets_twenty_mails_a_day_at_most(house: House) -> None:
    """Anybody can type a stranger's address."""
    ada = await house.agent()
    for _ in range(21):
        chat = await house.waits(email=MAIL)
        await house.takes(chat, ada)
        await house.answers(chat, ada, "Hello")
    assert len(await later(house)) == 20


async def test_without_a_mail_server_nothing_is_put_into_the_outbox(
    database: Database, clock: FakeClock, presence: Presence
) -> None:
    clock.moment = SUNDAY
    house = build(database, clock, presence, settings(smtp_host=""))
    await answered(house, "Hello")
    assert await later(house) == []


async def test_the_link_opens_the_chat_once_and_holds_no_token_of_the_visitor(
    house: House,
) -> None:
    chat = await answered(house, "Hello")
    [mail] = await later(house)
    found = LINK.search(mail.text)
    assert found is not None
    link, origin = found[1], "http://help.shop.example"
    async with house.database.read() as db:
        with pytest.raises(TokenUnknown):
            await visitors.of_token(db, house.clock, link, None)
    async with house.database.write() as db:
        conversation, token = await resume.redeem(db, house.clock, link, origin)
    assert conversation.id == chat
    async with house.database.read() as db:
        visitor = await visitors.of_token(db, house.clock, token, origin)
        assert visitor.id == (await db.get_one(Conversation, chat)).visitor_id
        with pytest.raises(TokenUnknown):
            await visitors.of_token(db, house.clock, token, "https://elsewhere.example")
    with pytest.raises(LinkOver):
        async with house.database.write() as db:
            await resume.redeem(db, house.clock, link, origin)


async def test_a_link_ends_after_three_days(house: House) -> None:
    await answered(house, "Hello")
    [mail] = await later(house)
    found = LINK.search(mail.text)
    assert found is not None
    house.clock.advance(72 * 3600)
    with pytest.raises(LinkOver):
        async with house.database.write() as db:
            await resume.redeem(db, house.clock, found[1], "http://help.shop.example")


def test_a_long_burst_is_cut_to_what_fits_a_mail() -> None:
    written = answer_mail([("Ada", f"{n}: " + "x" * 2000) for n in range(30)], "https://a", "")
    assert "(10 earlier messages are in the chat.)" in written.text
    assert len(written.text) < 100_000
    assert "nobody reads it" in written.text
    assert "replying to this mail" in answer_mail([("Ada", "Hi")], "https://a", "x@a.example").text


@pytest.mark.parametrize("odd", ["a,b@shop.example", "jörg@shop.example", '"@shop.example'])
async def test_an_address_that_no_mail_reaches_holds_up_nobody(house: House, odd: str) -> None:
    odd_one = await house.waits(email=odd)
    assert (await house.handoff(odd_one)).contact_email is None, "it could not be kept"
    with pytest.raises(Invalid, match="can't send mail"):
        await house.gives(odd_one, odd)
    chat = await answered(house, "Good morning!")
    async with house.database.write() as db:  # as an older release may have stored it
        stored = await latest(db, odd_one)
        assert stored is not None
        stored.contact_email = odd
    await house.takes(odd_one, await house.agent("Bob"))
    await house.answers(odd_one, await house.agent("Cy"), "Hello")
    mails = await later(house, 8 * 86400)
    assert [mail.to for mail in mails] == [MAIL]
    assert await house.told(chat, "promise_missed") == []


async def test_a_stranger_is_not_flooded_however_their_address_is_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen, "MAILS_A_DAY", 1)
    ada = await house.agent()
    for written in (MAIL, "Eve@shop.example"):
        chat = await house.waits(email=written)
        await house.takes(chat, ada)
        await house.answers(chat, ada, "Hello")
    assert len(await later(house)) == 1


def test_a_mail_of_many_signs_that_html_spells_out_is_not_too_long() -> None:
    written = answer_mail([("Ada", "'" * 2000) for _ in range(20)], "https://a", "")
    assert len(written.html) < 100_000
    assert "earlier messages are in the chat.)" in written.text

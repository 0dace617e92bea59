"""The chat as a file and by e-mail: what is in it, on whose clock, and what a stranger can't do with it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select, update

from conversations import messages, transcript
from conversations.models import Author, Conversation, Owner, Visitor
from conversations.transcript_words import LANGUAGES
from server.limits import Rate
from server.mail.models import Mail
from server.mail.outbox import TEXT_LIMIT
from tests.conversations.conftest import SHOP, Room

PATH = "/api/chat/transcript"


@pytest.fixture
def mailing(room: Room) -> Room:
    """With a mail server."""
    room.settings = room.settings.model_copy(
        update={"smtp_host": "mail.example", "mail_from": "help@shop.example"}
    )
    return room


async def chat(room: Room) -> tuple[uuid.UUID, dict[str, str]]:
    """A short chat and its customer's headers."""
    conversation_id, token = await room.visitor()
    ada = await room.agent("Ada")
    async with room.database.write() as db:
        conversation = await messages.lock(db, conversation_id)

        async def said(author: Author, text: str, **more: Any) -> None:
            await messages.append(db, room.clock, conversation, author=author, text=text, **more)

        await said(Author.CUSTOMER, "<b>Where</b> is it? https://mine.example/x")
        source = {"title": "Where <it> is", "url": "/help/where"}
        text = "**Look** at [My orders](https://shop.example/orders)."
        await said(Author.BOT, text, payload={"kind": "answer", "source": source})
        await said(Author.SYSTEM, "internal", payload={"kind": "event", "event": "queued"})
        await said(Author.SYSTEM, "Back Monday.", payload={"kind": "event", "event": "promised"})
        await said(Author.AGENT, "Hello, I am Ada.", agent=ada)
    return conversation_id, {"origin": SHOP, "authorization": f"Bearer {token}"}


async def mails(room: Room) -> list[Mail]:
    async with room.database.read() as db:
        return list(await db.scalars(select(Mail).order_by(Mail.created_at, Mail.key)))


async def test_the_text_holds_what_the_customer_saw(room: Room, http: httpx.AsyncClient) -> None:
    _, headers = await chat(room)
    async with room.database.write() as db:
        await db.execute(update(Visitor).values(zone="America/New_York"))
        await db.execute(update(Conversation).values(owner=Owner.CLOSED))
    answer = await http.get(PATH, headers=headers)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="chat-')
    here = room.clock.now().astimezone(ZoneInfo("America/New_York"))
    at = f"{here:%Y-%m-%d, %H:%M}"
    base = room.settings.base_url
    assert answer.text == (
        f"Your chat\nSaved {at} (America/New_York)\n\n"
        f"[{at}] You:\n<b>Where</b> is it? https://mine.example/x\n\n"
        f"[{at}] Assistant:\nLook at My orders (https://shop.example/orders).\n"
        f"Article: Where <it> is\n{base}/help/where\n\n"
        f"[{at}] Notice:\nBack Monday.\n\n"
        f"[{at}] Ada:\nHello, I am Ada.\n"
    )


async def test_the_page_runs_nothing_and_escapes_everything(
    room: Room, http: httpx.AsyncClient
) -> None:
    _, headers = await chat(room)
    answer = await http.get(PATH, headers=headers, params={"format": "html", "language": "ar"})
    page = answer.text
    assert answer.headers["content-disposition"].endswith('.html"')
    assert 'lang="ar" dir="rtl"' in page
    assert "&lt;b&gt;Where&lt;/b&gt;" in page
    assert "Where &lt;it&gt; is" in page
    assert "internal" not in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert 'href="https://shop.example/orders"' in page
    assert 'href="https://mine.example' not in page, "what customers write stays text"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example", "https://evil.example", "/help/../x", 'a"b']
)
async def test_only_our_own_articles_are_linked(room: Room, url: str) -> None:
    conversation_id, _ = await room.visitor()
    async with room.database.write() as db:
        conversation = await messages.lock(db, conversation_id)
        payload = {"source": {"title": "x", "url": url}}
        await messages.append(
            db, room.clock, conversation, author=Author.BOT, text="see", payload=payload
        )
    async with room.database.read() as db:
        read = await transcript.read(
            db, conversation_id, now=room.clock.now(), zone=None, language="xx", base="https://a.b"
        )
    assert "evil" not in transcript.as_html(read)
    assert "href" not in transcript.as_html(read)
    assert (read.language, read.answered) == ("en", True)


async def test_a_stranger_gets_nothing(room: Room, http: httpx.AsyncClient) -> None:
    await chat(room)
    for headers in ({}, {"authorization": "Bearer x"}):
        assert (await http.get(PATH, headers=headers)).status_code == 401
        assert (await http.post(PATH, headers=headers, json={"email": "a@b.example"})).is_error
    _, other = await room.visitor()
    mine = {"origin": SHOP, "authorization": f"Bearer {other}"}
    assert "Ada" not in (await http.get(PATH, headers=mine)).text


async def test_without_a_mail_server_it_is_refused_kindly(
    room: Room, http: httpx.AsyncClient
) -> None:
    _, headers = await chat(room)
    answer = await http.post(PATH, headers=headers, json={"email": "mia@example.org"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "mail_off")
    assert "download" in answer.json()["error"]["message"]


async def test_the_mail_holds_the_chat_and_no_way_into_it(
    mailing: Room, http: httpx.AsyncClient
) -> None:
    _, headers = await chat(mailing)
    for _ in range(3):
        body = {"email": " Mia@Example.org ", "language": "de"}
        assert (await http.post(PATH, headers=headers, json=body)).status_code == 204
    (mail,) = await mails(mailing)
    assert (mail.to, mail.subject) == ("Mia@Example.org", "Ihr Chat")
    assert "Hello, I am Ada." in mail.text
    assert mail.html is not None
    assert "Hello, I am Ada." in mail.html
    assert mailing.settings.base_url in mail.text
    assert "resume" not in mail.text + mail.html


@pytest.mark.parametrize(
    "email",
    [
        "a@b.example\r\nBcc: all@shop.example",
        "a@b.example, c@d.example",
        "a@b.example\nSubject: hi\n\nbuy",
        "<a@b.example>",
        "a\u202e@b.example",
        "a@b",
        "x" * 300 + "@b.example",
    ],
)
async def test_what_is_no_single_address_is_refused(
    mailing: Room, http: httpx.AsyncClient, email: str
) -> None:
    _, headers = await chat(mailing)
    answer = await http.post(PATH, headers=headers, json={"email": email})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert await mails(mailing) == []


async def test_a_visitor_gets_three_a_day(mailing: Room, http: httpx.AsyncClient) -> None:
    _, headers = await chat(mailing)
    codes = []
    for number in range(4):
        body = {"email": f"mia{number}@example.org"}
        codes.append((await http.post(PATH, headers=headers, json=body)).status_code)
    assert codes == [204, 204, 204, 429]
    mailing.clock.advance(timedelta(days=1).total_seconds() + 1)
    again = await http.post(PATH, headers=headers, json={"email": "mia9@example.org"})
    assert again.status_code == 204


async def test_the_same_chat_is_mailed_again_another_day(
    mailing: Room, http: httpx.AsyncClient
) -> None:
    _, headers = await chat(mailing)
    for days in (0, 0, 2):
        mailing.clock.advance(timedelta(days=days).total_seconds())
        answer = await http.post(PATH, headers=headers, json={"email": "mia@example.org"})
        assert answer.status_code == 204
    first, second = await mails(mailing)
    assert (first.to, first.text.splitlines()[2:]) == (second.to, second.text.splitlines()[2:])


async def test_a_mail_takes_no_second_connection_while_it_writes(
    mailing: Room, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, writing = mailing.widget.config, []

    async def asked() -> Any:
        writing.append(mailing.database._turn is not None and mailing.database._turn.locked())
        return await config()

    monkeypatch.setattr(mailing.widget, "config", asked)
    _, headers = await chat(mailing)
    await http.post(PATH, headers=headers, json={"email": "mia@example.org"})
    assert writing
    assert not any(writing)


async def test_an_address_gets_five_a_day_whoever_asks(
    mailing: Room, http: httpx.AsyncClient
) -> None:
    codes = []
    for number in range(6):
        conversation_id, token = await mailing.visitor()
        async with mailing.database.write() as db:
            conversation = await messages.lock(db, conversation_id)
            await messages.append(
                db, mailing.clock, conversation, author=Author.BOT, text=f"Hello {number}"
            )
        headers = {"origin": SHOP, "authorization": f"Bearer {token}"}
        address = "Eve@example.org" if number % 2 else "eve@example.org"
        answer = await http.post(PATH, headers=headers, json={"email": address})
        codes.append(answer.status_code)
    assert codes == [204] * 5 + [429]
    assert answer.json()["error"]["code"] == "too_many_transcripts"


async def test_from_one_place_only_so_many_are_sent(mailing: Room, http: httpx.AsyncClient) -> None:
    mailing.limits._rates["transcript_mail"] = Rate(1, 86_400)
    _, headers = await chat(mailing)
    codes = [
        (await http.post(PATH, headers=headers, json={"email": f"m{n}@example.org"})).status_code
        for n in range(2)
    ]
    assert codes == [204, 429]
    assert len(await mails(mailing)) == 1


async def test_a_chat_that_nobody_answered_is_no_way_to_mail_strangers(
    mailing: Room, http: httpx.AsyncClient
) -> None:
    conversation_id, token = await mailing.visitor()
    async with mailing.database.write() as db:
        conversation = await messages.lock(db, conversation_id)
        await messages.append(
            db, mailing.clock, conversation, author=Author.BOT, text="May we help?",
            payload={"kind": "invitation", "invitation": "cart"},
        )  # fmt: skip
    await mailing.say(conversation_id, "Buy now: https://spam.example")
    headers = {"origin": SHOP, "authorization": f"Bearer {token}"}
    answer = await http.post(PATH, headers=headers, json={"email": "victim@example.org"})
    assert answer.json()["error"]["code"] == "nothing_to_save"
    assert await mails(mailing) == []


async def test_a_house_that_wants_no_transcripts_mails_none(
    mailing: Room, http: httpx.AsyncClient
) -> None:
    mailing.widget.set(transcript=False)
    _, headers = await chat(mailing)
    answer = await http.post(PATH, headers=headers, json={"email": "mia@example.org"})
    assert answer.json()["error"]["code"] == "mail_off"


async def test_a_long_chat_is_shortened_from_its_beginning(mailing: Room) -> None:
    conversation_id, _ = await mailing.visitor()
    async with mailing.database.write() as db:
        conversation = await messages.lock(db, conversation_id)
        for number in range(80):
            await messages.append(
                db, mailing.clock, conversation, author=Author.BOT, text=f"{number} " + "<é>" * 660
            )
    async with mailing.database.read() as db:
        read = await transcript.read(
            db, conversation_id, now=mailing.clock.now(), zone=None, language="en", base="https://a"
        )
    short = transcript.shorter(read, TEXT_LIMIT - 2000)
    assert len(transcript.as_html(read)) > TEXT_LIMIT
    assert TEXT_LIMIT * 0.8 < len(transcript.as_html(short)) <= TEXT_LIMIT - 2000
    assert len(transcript.as_text(short)) <= TEXT_LIMIT - 2000
    assert short.said[-1] == read.said[-1]
    assert short.shortened
    assert "Earlier messages are left out" in transcript.as_text(short)


async def test_the_newest_of_a_very_long_chat_are_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MOST", 2)
    conversation_id, _ = await chat(room)
    async with room.database.read() as db:
        read = await transcript.read(
            db, conversation_id, now=room.clock.now(), zone=None, language="en", base="https://a"
        )
    assert [one.who for one in read.said] == ["Notice", "Ada"]
    assert read.shortened


def test_every_language_has_every_word() -> None:
    for words in LANGUAGES.values():
        assert all(vars(words).values())
        assert "{when}" in words.saved
        assert "{site}" in words.why

"""Files in chats: what comes in, how it is kept, who gets it, and what is left of it."""

from __future__ import annotations

import asyncio
import io
import os
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import delete, func, select
from starlette.requests import ClientDisconnect

from conversations import messages, owners, transcript, turn_begin, visitors
from conversations.files import kinds, posting, receiving, shelf
from conversations.files.keeping import FileSweeper
from conversations.files.models import ChatFile
from conversations.files.posting import _KEPT
from conversations.files.service import Kept
from conversations.models import Author, Conversation, Episode, Message, Owner
from server.auth import Role
from server.database import Database
from server.limits import Rate
from server.settings import Settings
from tests.conversations.conftest import SHOP, Chat, Room, signed_in
from tests.support import FakeClock

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
LIMIT = 500_000


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


class Customer:
    """One visitor's browser, as far as files go."""

    def __init__(self, room: Room, http: httpx.AsyncClient, chat: uuid.UUID, token: str) -> None:
        self.room, self.http, self.chat = room, http, chat
        self.headers = {"origin": SHOP, "authorization": f"Bearer {token}"}
        self._sent = 0

    async def sends(
        self, content: Any = PDF, name: str = "receipt.pdf", client_id: str | None = None
    ) -> httpx.Response:
        self._sent += 1
        client_id = client_id or f"client-{self._sent:04}"
        query = {"client_id": client_id, "name": name}
        return await self.http.post(
            "/api/chat/files", params=query, content=content, headers=self.headers
        )

    async def sent(self, *args: Any, **more: Any) -> dict[str, Any]:
        answer = await self.sends(*args, **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, *args: Any, **more: Any) -> tuple[int, str]:
        answer = await self.sends(*args, **more)
        return answer.status_code, answer.json()["error"]["code"]

    def on_disk(self) -> list[str]:
        return [path.name for path in self.room.settings.files_path.glob("*/*")]

    async def rows(self) -> int:
        async with self.room.database.read() as db:
            return await db.scalar(select(func.count()).select_from(ChatFile)) or 0


@pytest.fixture
async def customer(room: Room, http: httpx.AsyncClient) -> Customer:
    room.settings.file_limit = LIMIT
    return Customer(room, http, *await room.visitor())


# ---- what comes in ----


async def test_a_file_becomes_a_message_and_a_retry_doubles_nothing(customer: Customer) -> None:
    first = await customer.sent(PDF, "Rechnung März.PDF", "client-same")
    again = await customer.sent(PDF, "Rechnung März.PDF", "client-same")
    assert (again["seq"], again["file"]["id"]) == (first["seq"], first["file"]["id"])
    assert first["file"] | {"url": ""} == {
        "id": first["file"]["id"], "name": "Rechnung März.pdf", "type": "application/pdf",
        "size": len(PDF), "url": "",
    }  # fmt: skip
    log = (await customer.http.get("/api/chat/messages", headers=customer.headers)).json()
    said = [one for one in log["messages"] if one["author"] == "customer"]
    assert [(one["text"], one["payload"]["file"]) for one in said] == [
        ("Rechnung März.pdf", first["file"])
    ]
    other = await customer.refused(b"other words", "a.txt", "client-same")
    assert other == (422, "client_id_reused")
    assert (len(customer.on_disk()), await customer.rows()) == (1, 1)


async def test_of_two_attempts_at_once_one_counts(customer: Customer) -> None:
    answers = await asyncio.gather(
        *(customer.sends(picture(), "a.png", "client-same") for _ in range(3))
    )
    assert len({answer.json()["file"]["id"] for answer in answers}) == 1
    assert (len(customer.on_disk()), await customer.rows()) == (1, 1)


async def test_a_picture_keeps_what_one_sees_and_nothing_else(customer: Customer) -> None:
    exif = Image.Exif()
    exif[0x010E] = "51.05N 3.72E"
    exif[0x0112] = 6  # the phone was held upright: a quarter turn
    sent = await customer.sent(picture("JPEG", exif=exif) + b"PK\x03\x04 51.05N", "IMG 1.HEIC")
    file = sent["file"]
    assert (file["name"], file["type"]) == ("IMG 1.jpg", "image/jpeg")
    assert (file["width"], file["height"]) == (30, 40)
    shown = await customer.http.get(file["url"])
    assert shown.status_code == 200
    assert b"51.05N" not in shown.content
    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (30, 40)
        assert not image.getexif()


async def test_a_large_photo_is_made_as_large_as_a_screen_needs(customer: Customer) -> None:
    sent = await customer.sent(picture("JPEG", (9000, 3000), quality=20), "wide.jpg")
    assert (sent["file"]["width"], sent["file"]["height"]) == (kinds.SIDE, 1365)


def bomb() -> bytes:
    """A PNG of 24 kB that says it has 8,000 × 3,001 pixels."""
    out = io.BytesIO()
    Image.new("1", (8000, 3001)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.png", b"", (422, "file_damaged")),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", (422, "file_refused")),
        ("a.png", b"<!doctype html><script>alert(1)</script>", (422, "file_refused")),
        ("a.svg", b"harmless words", (422, "file_refused")),
        ("a.pdf", b"MZ\x90\x00\x03", (422, "file_refused")),
        ("a.docx", b"PK\x03\x04\x14\x00", (422, "file_refused")),
        ("a.jpg", b"\x00\x00\x00\x18ftypheic", (422, "file_refused")),
        ("a.pdf", b"%PDF-1.7\ncut off", (422, "file_damaged")),
        ("a.png", picture()[:60], (422, "file_damaged")),
        ("a.gif", b"GIF89a" + b"x" * 90, (422, "file_damaged")),
        ("a.png", bomb(), (422, "file_pixels")),
        ("a.txt", b"x" * (LIMIT + 1), (413, "too_large")),
    ],
)  # fmt: skip
async def test_everything_else_is_refused_and_leaves_nothing(
    customer: Customer, name: str, content: bytes, refusal: tuple[int, str]
) -> None:
    assert await customer.refused(content, name) == refusal
    assert (customer.on_disk(), await customer.rows()) == ([], 0)
    assert await customer.room.log(customer.chat) == []


async def test_a_body_without_a_length_ends_at_the_limit(customer: Customer) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 20_000

    assert await customer.refused(endless(), "a.txt") == (413, "too_large")
    assert read < 30
    assert customer.on_disk() == []


async def test_who_sends_a_byte_now_and_then_is_cut_off(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "IDLE", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"one"
        await asyncio.Event().wait()

    assert await customer.refused(slow(), "a.txt") == (408, "too_slow")
    assert customer.on_disk() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd.txt"),
        ("..\\..\\boot.ini", "boot.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.txt"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie- x=1.txt"),
        ('"><img src=x onerror=alert(1)>.txt', "img src-x onerror-alert(1).txt"),
        ("CON\x00.txt", "CON.txt"),
        ("", "file.txt"),
        ("é" * 500, "é" * 116 + ".txt"),
    ],
)
async def test_a_name_is_only_a_name(customer: Customer, name: str, kept: str) -> None:
    file = (await customer.sent(b"words", name))["file"]
    assert file["name"] == kept.replace("x=1", "x-1")
    assert [uuid.UUID(hex=one) for one in customer.on_disk()] == [uuid.UUID(file["id"])]
    saved = await customer.http.get(file["url"])
    assert saved.status_code == 200
    assert "set-cookie" not in saved.headers


async def test_a_chat_takes_so_many_files_a_day_and_so_many_bytes(
    customer: Customer, room: Room
) -> None:
    room.settings.files_per_day = 2
    for _ in range(2):
        await customer.sent()
    assert await customer.refused() == (429, "enough_files")
    room.clock.advance(25 * 3600)
    assert (await customer.sends(client_id="client-0001")).status_code == 200, "a retry is no file"
    await customer.sent()
    room.settings.chat_files_limit = 1024
    assert await customer.refused(b"x" * 1000, "a.txt") == (429, "enough_files")
    await customer.sent(b"x" * 500, "a.txt")


async def test_one_address_sends_only_so_many(customer: Customer, room: Room) -> None:
    room.limits._rates["file_address"] = Rate(1, 86_400)
    await customer.sent()
    other = Customer(room, customer.http, *await room.visitor())
    assert (await other.refused())[0] == 429


async def test_a_full_disk_is_left_to_the_database(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "KEPT_FREE", 1 << 62)
    assert await customer.refused() == (503, "unavailable")


async def test_a_house_without_files_and_strangers_are_refused(
    customer: Customer, room: Room
) -> None:
    customer.headers["origin"] = "https://evil.example"
    assert await customer.refused() == (403, "origin_refused")
    customer.headers |= {"origin": SHOP, "authorization": "Bearer wrong"}
    assert await customer.refused() == (401, "token_unknown")
    fresh = Customer(room, customer.http, *await room.visitor())
    room.widget.set(files=False)
    assert await fresh.refused() == (403, "files_off")
    room.widget.set(consent={"text": {"en": "We keep it."}})
    assert await fresh.refused() == (403, "consent_required")


# ---- what becomes of the chat ----


async def test_the_assistant_says_once_that_it_cannot_look_and_offers_a_person(
    customer: Customer, room: Room
) -> None:
    for _ in range(3):
        await customer.sent()
    assert await room.texts(customer.chat) == [_KEPT.text]
    told = (await room.log(customer.chat))[1]
    assert [button["title"] for button in told.payload["buttons"]] == ["Talk to a person"]
    body = {"client_id": "client-text", "text": "this is my receipt"}
    await customer.http.post("/api/chat/messages", headers=customer.headers, json=body)
    await room.settled(customer.chat)
    await customer.sent()
    assert (await room.texts(customer.chat))[1:] == ["re: this is my receipt", _KEPT.text]
    assert [one.text for one in room.bot.seen] == ["this is my receipt"], "no file was read"
    await room.turns.recover()
    assert room.turns._workers == {}, "and none waits to be"
    press = {
        "client_id": "client-press", "text": "Talk to a person", "button": {"seq": told.seq, "index": 0},
    }  # fmt: skip
    await customer.http.post("/api/chat/messages", headers=customer.headers, json=press)
    assert (await room.conversation(customer.chat)).owner is Owner.QUEUED
    await customer.sent()
    assert (await room.texts(customer.chat))[-1] == _KEPT.text
    assert len(await room.texts(customer.chat)) == 3, "in the queue it has no say"


async def test_a_file_opens_a_closed_chat_again(customer: Customer, room: Room) -> None:
    ada = await room.agent()
    await customer.http.post("/api/chat/person", headers=customer.headers)
    async with room.database.write() as db:
        await owners.claim(db, room.clock, customer.chat, ada)
        await owners.close(db, room.clock, customer.chat, ada)
    await customer.sent()
    assert (await room.conversation(customer.chat)).owner is Owner.BOT


# ---- who gets it ----


async def test_a_file_opens_by_its_address_for_a_while_and_in_no_other_way(
    customer: Customer, room: Room
) -> None:
    url = (await customer.sent())["file"]["url"]
    plain, _, query = url.partition("?")
    key = query.rpartition("=")[2]
    other = (await customer.sent(b"words", "a.txt"))["file"]["url"]
    until = query.partition("&")[0].removeprefix("until=")
    for wrong in (
        plain,
        f"{plain}?{other.partition('?')[2]}",
        f"{plain}?until={int(until) + 604800}&key={key}",
        f"{plain}?until={until}&key={key[:-1]}",
        f"{plain}?until={until}&key=%C3%A9%00",
        f"/api/chat/files/{uuid.uuid4()}/x.pdf?{query}",
    ):
        answer = await customer.http.get(wrong, headers=customer.headers)
        assert answer.status_code in (404, 422), wrong
    assert (await customer.http.get(url)).content == PDF
    assert (await customer.http.head(url)).status_code == 200
    part = await customer.http.get(url, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"%PDF")
    room.clock.advance(15 * 86_400)
    assert (await customer.http.get(url)).status_code == 404


async def test_staff_who_may_read_the_chat_need_no_address(customer: Customer, room: Room) -> None:
    plain = (await customer.sent())["file"]["url"].partition("?")[0]
    ada = signed_in(await room.session(await room.agent()))
    assert (await customer.http.get(plain, headers=ada)).status_code == 200
    room.desk.hidden.add(customer.chat)
    assert (await customer.http.get(plain, headers=ada)).status_code == 404
    sue = signed_in(await room.session(await room.agent("Sue", (Role.SUPERVISOR,))))
    assert (await customer.http.get(plain, headers=sue)).status_code == 200


async def test_what_is_served_is_nothing_but_a_file(customer: Customer) -> None:
    shown = (await customer.sent(picture(), "a.png"))["file"]["url"]
    saved = (await customer.sent(b"a < b", "naïve “x”.md"))["file"]["url"]
    one, two = await customer.http.get(shown), await customer.http.get(saved)
    for answer in (one, two):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"].startswith("private")
    assert one.headers["content-disposition"].startswith("inline;")
    assert two.headers["content-type"] == "text/plain; charset=utf-8"
    name = "attachment; filename*=UTF-8''na%C3%AFve%20-x.txt"
    assert two.headers["content-disposition"] == name
    again = await customer.http.get(shown, headers={"if-none-match": one.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


# ---- agents ----


async def test_an_agent_sends_a_file_into_a_chat_of_their_own(
    customer: Customer, room: Room
) -> None:
    ada = await room.agent()
    headers = signed_in(await room.session(ada))
    at = f"/api/conversations/{customer.chat}/files"
    query = {"client_id": "client-ada1", "name": "manual.pdf"}

    async def send() -> httpx.Response:
        return await customer.http.post(at, params=query, content=PDF, headers=headers)

    assert (await send()).json()["error"]["code"] == "not_owner"
    assert customer.on_disk() == []
    await customer.http.post("/api/chat/person", headers=customer.headers)
    async with room.database.write() as db:
        await owners.claim(db, room.clock, customer.chat, ada)
    first, again = await send(), await send()
    assert (first.status_code, again.json()) == (200, first.json())
    log = (await customer.http.get("/api/chat/messages", headers=customer.headers)).json()
    last = log["messages"][-1]
    assert (last["author"], last["name"], last["payload"]["file"]["name"]) == (
        "agent", "Ada", "manual.pdf",
    )  # fmt: skip
    room.desk.hidden.add(customer.chat)
    assert (await send()).status_code == 404


# ---- what is left of it ----


async def test_what_is_over_goes_from_disk_and_log(customer: Customer, room: Room) -> None:
    sweeper = FileSweeper(room.database, room.clock, room.settings, room.files)
    old = (await customer.sent())["file"]
    lost = room.settings.files_path / "ab" / uuid.uuid4().hex
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"of a crash")
    room.files.shelf.begin()
    room.clock.advance(1800)
    stamp = room.clock.now().timestamp()
    for path in room.settings.files_path.glob("*/*"):
        os.utime(path, (stamp, stamp))
    assert await sweeper.sweep() == 0, "all of it is fresh"
    room.clock.advance(7200)
    assert await sweeper.sweep() == 2
    assert customer.on_disk() == [uuid.UUID(old["id"]).hex]
    room.clock.advance(room.settings.file_days * 86_400)
    assert await sweeper.sweep() == 1
    assert (customer.on_disk(), await customer.rows()) == ([], 0)
    message = (await room.log(customer.chat))[0]
    assert (message.text, message.payload["file"]["gone"]) == ("receipt.pdf", True)
    assert "url" not in room.files.links.shown(message.payload["file"])


async def test_staff_take_away_what_should_not_have_been_sent(
    customer: Customer, room: Room, chat: Chat
) -> None:
    file = (await customer.sent(name="passport.pdf"))["file"]
    other, _ = await room.visitor()
    ada = await room.agent()
    headers = signed_in(await room.session(ada))

    async def remove(conversation: uuid.UUID, file_id: str) -> int:
        at = f"/api/conversations/{conversation}/files/{file_id}"
        return (await customer.http.delete(at, headers=headers)).status_code

    room.desk.hidden.add(customer.chat)
    assert await remove(customer.chat, file["id"]) == 404
    room.desk.hidden.clear()
    assert await remove(customer.chat, file["id"]) == 409, "the assistant has the chat"
    await customer.http.post("/api/chat/person", headers=customer.headers)
    async with room.database.write() as db:
        await owners.claim(db, room.clock, customer.chat, ada)
    assert await remove(customer.chat, str(uuid.uuid4())) == 404
    boss = await room.agent("Boss", (Role.SUPERVISOR,))
    of_boss = signed_in(await room.session(boss))
    elsewhere = f"/api/conversations/{other}/files/{file['id']}"
    assert (await customer.http.delete(elsewhere, headers=of_boss)).status_code == 404
    at = f"/api/conversations/{customer.chat}/files/{file['id']}"
    assert (await customer.http.delete(at, headers=customer.headers)).status_code == 401
    assert await customer.rows() == 1

    async with chat() as socket:
        token = customer.headers["authorization"].split()[1]
        await socket.send({"type": "hello", "token": token})
        await socket.until("caught_up")
        assert await remove(customer.chat, file["id"]) == 204
        told = await socket.until("again")
        assert await remove(customer.chat, file["id"]) == 204, "a repeat only tells it again"
        assert await socket.until("again") == told
    async with (
        chat() as late
    ):  # connected again with what it had, and nothing told it of the removal
        await late.send({"type": "hello", "token": token, "after": 1})
        assert await late.until("again") == told
    assert (told["seq"], told["payload"]["file"]["gone"]) == (1, True)
    assert room.desk.removed == [(customer.chat, "ada", "passport.pdf")]
    assert "url" not in told["payload"]["file"]
    assert (customer.on_disk(), await customer.rows()) == ([], 0)
    assert (await customer.http.get(file["url"])).status_code == 404


async def test_with_the_chat_its_files_go(customer: Customer, room: Room) -> None:
    await customer.sent()
    async with room.database.write() as db:
        for table in (Message, Episode, Conversation):
            await db.execute(delete(table))
    lately = room.clock.now().timestamp() - 7200
    for path in room.settings.files_path.glob("*/*"):
        os.utime(path, (lately, lately))
    assert await FileSweeper(room.database, room.clock, room.settings, room.files).sweep() == 1
    assert await customer.rows() == 0


async def test_a_saved_chat_names_the_file(customer: Customer, room: Room) -> None:
    await customer.sent()
    async with room.database.read() as db:
        read = await transcript.read(
            db, customer.chat, now=room.clock.now(), zone=None, language="de", base="https://x"
        )
    assert read.said[0].text == "Datei: receipt.pdf"


async def test_the_log_holds_no_address(customer: Customer, room: Room) -> None:
    await customer.sent()
    assert "url" not in (await room.log(customer.chat))[0].payload["file"]


async def test_who_goes_away_in_the_middle_leaves_nothing(room: Room) -> None:
    async def broken_off() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise ClientDisconnect()

    with pytest.raises(ClientDisconnect):
        await room.files.receive(broken_off(), None)
    assert list(room.settings.files_path.glob("*/*")) == []


async def test_three_files_are_on_their_way_at_most(customer: Customer) -> None:
    go, here = asyncio.Event(), asyncio.Semaphore(0)

    async def waiting() -> AsyncIterator[bytes]:
        here.release()
        await go.wait()
        yield b"words"

    under_way = [asyncio.create_task(customer.sends(waiting(), "a.txt")) for _ in range(3)]
    for _ in under_way:
        await here.acquire()
    assert (await customer.refused())[0] == 429
    go.set()
    assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {200}
    await customer.sent()


async def test_the_bot_reads_words_and_no_files_on_either_database(
    any_database: Database, clock: FakeClock, settings: Settings
) -> None:
    kept = Kept(uuid.uuid4(), "0" * 64, kinds.Checked("a.pdf", "application/pdf", PDF))
    async with any_database.write() as db:
        visitor, _ = await visitors.create(db, clock, SHOP)
        chat = (await visitors.conversation_of(db, visitor.id)).id
        await posting.post_as_customer(db, clock, settings, chat, kept, "client-0001")
    async with any_database.read() as db:
        assert not await turn_begin.owes_answer(db, chat)
        assert await turn_begin.unanswered(db, after=None) == []
    async with any_database.write() as db:
        conversation = await messages.lock(db, chat)
        await messages.append(db, clock, conversation, author=Author.CUSTOMER, text="my receipt")
        job = await turn_begin.begin(db, clock, conversation, limit=2000)
    assert job is not None
    assert job.text == "my receipt"
    async with any_database.write() as db:
        again = await turn_begin.take_over(db, clock, job.turn_id, clock.now())
    assert again is not None
    assert again.text == "my receipt"

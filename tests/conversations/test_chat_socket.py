"""The customer's socket: hello, gap, live frames, and whatever a stranger may send."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest

from conversations import messages, owners, speaking, visitors, wire
from conversations.bot_client import BotMessage
from conversations.events import BotChanged
from conversations.models import Author, Owner
from tests.conversations.conftest import SHOP, Chat, Room
from tests.conversations.fakes import Gate
from tests.conversations.wsclient import Refused, Socket


async def hello(socket: Socket, token: str, after: int = 0) -> dict[str, Any]:
    """Greet, and read until everything missed has come; returns the welcome."""
    await socket.send({"type": "hello", "token": token, "after": after})
    welcome = await socket.until("welcome")
    await socket.until("caught_up")
    return welcome


def say(text: str, client_id: str = "client-0001", **more: Any) -> dict[str, Any]:
    return {"type": "message", "client_id": client_id, "text": text, **more}


async def test_a_message_is_acknowledged_shown_and_answered(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        welcome = await hello(socket, token)
        assert welcome["conversation"] == str(conversation)
        assert welcome["state"]["owner"] == "bot"
        assert (welcome["state"]["stage"], welcome["state"]["bot"]) == ("acknowledge", "ok")
        await socket.send(say("hi <b>there</b>"))
        frames = [await socket.read() for _ in range(3)]
        ack = next(f for f in frames if f["type"] == "ack")
        assert ack == {"type": "ack", "client_id": "client-0001", "seq": 1}
        mine, answer = [f for f in frames if f["type"] == "message"]
        assert (mine["seq"], mine["author"], mine["client_id"]) == (1, "customer", "client-0001")
        assert (answer["seq"], answer["author"]) == (2, "bot")
        assert answer["text"] == "re: hi <b>there</b>"


async def test_a_retry_is_acknowledged_with_the_first_number(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        for _ in range(4):
            await socket.send(say("once"))
            assert (await socket.until("ack"))["seq"] == 1
        await socket.send(say("another"))
        error = await socket.until("error")
        assert (error["code"], error["client_id"]) == ("client_id_reused", "client-0001")
    await room.settled(conversation)
    assert await room.texts(conversation, Author.CUSTOMER) == ["once"]
    assert await room.texts(conversation) == ["re: once"]


async def test_two_sockets_of_one_visitor_see_the_same(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as one, chat() as two:
        await hello(one, token)
        await hello(two, token)
        await one.send(say("hello"))
        for socket in (one, two):
            assert [(await socket.until("message"))["seq"] for _ in range(2)] == [1, 2]


async def test_what_a_button_does_never_leaves_the_server(room: Room, chat: Chat) -> None:
    buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
    room.bot.script = lambda request: [
        BotMessage(
            text="Did it help?" if request.text else f"got {request.payload}",
            custom={"kind": "answer", "buttons": buttons, "secret": 1},
        )
    ]
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("hello"))
        question = await socket.until("message", author="bot")
        assert question["payload"] == {
            "kind": "answer",
            "buttons": [{"title": "Yes", "style": "plain"}, {"title": "No", "style": "plain"}],
        }
        await socket.send(say("No", "client-0002", button={"seq": question["seq"], "index": 1}))
        assert (await socket.until("message", author="bot"))["text"] == "got /deny"
        for n, button in enumerate(
            [{"seq": question["seq"], "index": 2}, {"seq": 1, "index": 0}, {"seq": 99, "index": 0}]
        ):
            await socket.send(say("x", f"client-100{n}", button=button))
            assert (await socket.until("error"))["code"] == "invalid"


async def test_a_typed_slash_is_only_text(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("/affirm"))
        await socket.until("message", author="bot")
    assert (room.bot.seen[0].text, room.bot.seen[0].payload) == ("/affirm", None)


async def test_yes_to_an_old_question_is_not_yes_to_a_new_one(room: Room, chat: Chat) -> None:
    room.bot.script = lambda request: [
        BotMessage(
            text=f"Shall I {request.text}?",
            custom={"kind": "ask", "buttons": [{"title": "Yes", "payload": "/affirm"}]},
        )
    ]
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("look"))
        old = await socket.until("message", author="bot")
        await socket.send(say("cancel my order", "client-0002"))
        new = await socket.until("message", author="bot")
        await socket.send(say("Yes", "client-0003", button={"seq": old["seq"], "index": 0}))
        assert (await socket.until("error"))["code"] == "button_expired"
        await socket.send(say("Yes", "client-0004", button={"seq": new["seq"], "index": 0}))
        await socket.until("message", author="bot")
    assert [request.payload for request in room.bot.seen] == [None, None, "/affirm"]


async def test_a_person_can_be_reached_while_the_bot_is_down(room: Room, chat: Chat) -> None:
    room.bot.down = True
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("hello"))
        apology = await socket.until("message", author="bot")
        press = {"seq": apology["seq"], "index": 0}
        await socket.send(say("Talk to a person", "client-0002", button=press))
        assert (await socket.until("state", owner="queued"))["position"] == 1
        await socket.send({"type": "person"})  # again: nothing happens
        await socket.send({"type": "ping"})
        await socket.until("pong")
        await socket.send({"type": "cancel"})
        assert (await socket.until("state", owner="bot"))["episode"] == 2
        await socket.send({"type": "person"})
        await socket.until("state", owner="queued")
    assert (await room.conversation(conversation)).epoch == 3
    assert [reason for _, reason, _, _ in room.desk.requests] == ["asked", "asked"]


async def test_the_bots_thinking_shows_when_it_takes_a_while(room: Room, chat: Chat) -> None:
    gate = Gate()
    room.bot.before = gate
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say("hello"))
        assert (await socket.until("typing"))["on"] is True
        gate.released.set()
        await socket.until("message", author="bot")
        await socket.until("typing", on=False)


async def test_a_closed_chat_is_rated_once(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    ada = await room.agent()
    async with chat() as socket:
        await hello(socket, token)
        async with room.database.write() as db:
            await speaking.request_person(db, room.clock, room.desk, conversation)
            await owners.claim(db, room.clock, conversation, ada)
        claimed = await socket.until("state", owner="agent")
        assert claimed["agent"] == "Ada"
        async with room.database.write() as db:
            await owners.close(db, room.clock, conversation, ada)
        assert (await socket.until("state", owner="closed"))["rateable"] == 1
        await socket.send({"type": "rate", "episode": 1, "score": 5, "comment": "thanks"})
        rated = await socket.until("state")
        assert (rated["rateable"], rated["rated"]) == (None, True)
        await socket.send({"type": "rate", "episode": 1, "score": 1})
        assert (await socket.until("error"))["code"] == "already_rated"


async def test_a_person_asked_for_again_after_a_lost_answer_opens_no_closed_chat(
    room: Room, chat: Chat
) -> None:
    conversation, token = await room.visitor()
    ada = await room.agent()
    async with chat() as socket:
        seen = (await hello(socket, token))["last_seq"]
        await socket.send({"type": "person", "seq": seen})
        await socket.until("state", owner="queued")
    async with room.database.write() as db:
        await owners.claim(db, room.clock, conversation, ada)
        await owners.close(db, room.clock, conversation, ada)
    async with chat() as socket:
        closed = (await hello(socket, token, seen))["last_seq"]
        # The same wish again, as the widget repeats it: answered with what is, and nothing else.
        await socket.send({"type": "person", "seq": seen})
        now = await socket.read()
        assert (now["type"], now["owner"], now["rateable"]) == ("state", "closed", 1)
        await socket.send({"type": "person", "seq": closed})
        await socket.until("state", owner="queued")


async def test_the_state_never_overtakes_the_message_that_led_to_it(
    room: Room, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, token = await room.visitor()
    ada = await room.agent()
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, conversation)
        await owners.claim(db, room.clock, conversation, ada)
    publish = room.bus.publish

    async def on_its_way(events: object) -> None:
        """Committed, and not heard of yet."""

    async with chat() as socket:
        await hello(socket, token)
        monkeypatch.setattr(room.bus, "publish", on_its_way)
        async with room.database.write() as db:
            await owners.close(db, room.clock, conversation, ada)
        await publish([BotChanged(ok=True)])
        assert (await socket.read())["payload"]["event"] == "closed"
        assert (await socket.read())["owner"] == "closed"


async def test_details_are_kept_as_labels(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send({"type": "details", "name": " Ann <b>", "email": "ann@example.com"})
        for bad in ({"email": "no address"}, {"name": " "}, {}):
            await socket.send({"type": "details", **bad})
            assert (await socket.until("error"))["code"] == "invalid"
    async with room.database.read() as db:
        visitor = await visitors.of_token(db, room.clock, token, SHOP)
    assert (visitor.name, visitor.email) == ("Ann <b>", "ann@example.com")


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", f"{SHOP}.evil.example", "http://shop.example", "https://xshop.example"],
)  # fmt: skip
async def test_a_foreign_origin_gets_no_handshake(chat: Chat, origin: str | None) -> None:
    with pytest.raises(Refused):
        async with chat(origin=origin):
            pass


async def test_a_token_is_bound_to_its_origin_and_time(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    _, foreign = await room.visitor(origin="http://127.0.0.1:8080")
    for bad in (foreign, "nonsense", token + "x"):
        async with chat() as socket:
            await socket.send({"type": "hello", "token": bad, "after": 0})
            error = await socket.read()
            assert (error["code"], error["fatal"]) == ("token_unknown", True)
            assert await socket.closing() == wire.REVOKED
    room.clock.advance((visitors.LIFETIME + timedelta(seconds=1)).total_seconds())
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token, "after": 0})
        assert (await socket.read())["code"] == "token_unknown"


async def test_hello_must_come_first_and_soon(
    room: Room, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat() as socket:
        await socket.send(say("hello"))
        assert (await socket.read())["fatal"] is True
        await socket.closing()
    monkeypatch.setattr("conversations.socket.HELLO_SECONDS", 0.05)
    async with chat() as socket:
        assert await socket.closing() == wire.IDLE


BAD: list[str | bytes] = [
    "", "{", "[]", "null", '"x"', b"\x00\xff\xfe", "{}", '{"type": "nonsense"}',
    '{"type": "message"}', '{"type": "message", "client_id": "short", "text": "x"}',
    '{"type": "message", "client_id": "client-0001", "text": 5}',
    '{"type": "message", "client_id": "client-0001", "text": "\\ud800"}',
    '{"type": "message", "client_id": "client-0001", "text": "x", "author": "agent"}',
    '{"type": "message", "client_id": "../../../etc", "text": "x"}',
    '{"type": "rate", "episode": 1, "score": 6}', '{"type": "typing", "on": "yes"}',
    '{"type": "ping"' + " " * 20_000 + "}", "[" * 10_000, '{"type": "hello", "token": "x"}',
]  # fmt: skip


async def test_the_connection_survives_bad_frames(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        for raw in BAD:
            await socket.send(raw)
            assert (await socket.until("error"))["code"] in ("invalid", "too_large")
            await socket.send({"type": "ping"})
            await socket.until("pong")
    assert await room.log(conversation) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_message"), ("  \n ", "empty_message"), ("\u200b", "empty_message"),
        ("x" * 2001, "too_large"), ("x" * 100_000, "too_large"), ("🎉" * 10_000, "too_large"),
    ],
)  # fmt: skip
async def test_bad_texts_get_a_coded_error(room: Room, chat: Chat, text: str, code: str) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send(say(text))
        assert (await socket.until("error"))["code"] == code
        await socket.send(say("still here", "client-0002"))
        await socket.until("ack", client_id="client-0002")
    assert await room.texts(conversation, Author.CUSTOMER) == ["still here"]


async def test_ten_malformed_frames_in_a_row_close(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        for _ in range(10):
            await socket.send("{")
        assert await socket.closing() == wire.POLICY


async def test_a_flood_is_slowed_then_cut(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        for n in range(31):
            await socket.send(say(f"m{n}", f"client-{n:04d}"))
        error = await socket.until("error")
        assert (error["code"], error["client_id"]) == ("too_many_requests", "client-0030")
        for _ in range(700):
            await socket.send({"type": "ping"})
        assert await socket.closing() == wire.POLICY
    assert len(await room.texts(conversation, Author.CUSTOMER)) == 30
    room.clock.advance(60)
    async with chat() as socket:
        await hello(socket, token)


async def test_only_so_many_sockets_for_one_visitor(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as first:
        await hello(first, token)
        room.limits._heads["chat_visitor"] = 1
        async with chat() as second:
            await second.send({"type": "hello", "token": token, "after": 0})
            assert (await second.read())["code"] == "too_many_requests"
            assert await second.closing() == wire.OVERLOAD


async def test_a_silent_socket_is_closed(room: Room, chat: Chat) -> None:
    room.settings.socket_idle = 0.05
    _, token = await room.visitor()
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token, "after": 0})
        assert await socket.closing() == wire.IDLE


async def test_a_slow_reader_is_dropped_and_resumes(
    room: Room, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SEND_SECONDS", 0.1)
    conversation, token = await room.visitor()
    for n in range(20):
        await room.say(conversation, f"m{n}")
    async with chat(room=3) as slow:
        await slow.send({"type": "hello", "token": token, "after": 0})
        await asyncio.sleep(0.3)
        seen = 0
        try:
            while True:
                frame = await slow.read(0.5)
                seen = frame["seq"] if frame["type"] == "message" else seen
        except Exception:
            assert seen < 20
    async with chat() as socket:
        await socket.send({"type": "hello", "token": token, "after": seen})
        assert [(await socket.until("message"))["seq"] for _ in range(20 - seen)] == list(
            range(seen + 1, 21)
        )


async def test_a_client_ahead_of_us_still_hears_what_comes(room: Room, chat: Chat) -> None:
    _, token = await room.visitor()
    async with chat() as socket:
        welcome = await hello(socket, token, after=500)
        assert welcome["last_seq"] == 0
        await socket.send(say("hello"))
        assert (await socket.until("message"))["seq"] == 1


async def test_nobody_hears_another_conversation(room: Room, chat: Chat) -> None:
    mine, token = await room.visitor()
    _, their_token = await room.visitor()
    async with chat() as me, chat() as them:
        await hello(me, token)
        await hello(them, their_token)
        await them.send(say("secret"))
        await them.until("message", author="bot")
        await them.send({"type": "person"})
        await them.until("state", owner="queued")
        await me.nothing("message")
    assert (await room.conversation(mine)).owner is Owner.BOT


async def test_events_that_get_lost_cost_a_moment_only(
    room: Room, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.feed.POLL", 0.05)
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)

        async def lost(events: object) -> None:
            return None

        monkeypatch.setattr(room.bus, "publish", lost)
        await room.say(conversation, "hello")
        assert (await socket.until("message"))["seq"] == 1


async def test_a_reader_far_behind_reads_the_log_instead(room: Room, chat: Chat) -> None:
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)

        async with room.database.write() as db:
            current = await messages.lock(db, conversation)
            for n in range(400):  # more events at once than a subscription holds
                await messages.append(db, room.clock, current, author=Author.BOT, text=f"m{n}")
        assert [(await socket.until("message"))["seq"] for _ in range(400)] == list(range(1, 401))
        await room.say(conversation, "and one more")
        assert (await socket.until("message"))["seq"] == 401


async def test_an_unknown_conversation_is_not_found(room: Room) -> None:
    from server.errors import NotFound

    async with room.database.write() as db:
        with pytest.raises(NotFound):
            await speaking.request_person(db, room.clock, room.desk, uuid.uuid4())

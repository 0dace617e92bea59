"""Whole conversations over the real socket, with real processes."""

from __future__ import annotations

import sqlite3

import pytest

from server.commands.client import Agent, Customer, Frame, Socket
from server.trial import Trial


async def ask(socket: Socket, text: str, **more: object) -> Frame:
    """Say something; the last bot message of the answer is the one with buttons, if it has any."""
    await socket.say(text, **more)
    return await settled(socket)


async def settled(socket: Socket) -> Frame:
    """The bot's answer up to the message that carries its buttons."""
    reply = await socket.hear("bot", "system")
    while not reply["payload"].get("buttons"):
        reply = await socket.hear("bot", "system")
    return reply


def index_of(reply: Frame, title: str) -> int:
    titles = [button["title"] for button in reply["payload"]["buttons"]]
    return next(number for number, one in enumerate(titles) if one.startswith(title))


async def press(socket: Socket, reply: Frame, title: str) -> None:
    index = index_of(reply, title)
    full = reply["payload"]["buttons"][index]["title"]
    await socket.say(full, button={"seq": reply["seq"], "index": index})


async def owned_by(socket: Socket, owner: str) -> Frame:
    return await socket.wait_for(
        lambda frame: frame["type"] == "state" and frame["owner"] == owner, seconds=20
    )


def admin(system: Trial) -> tuple[str, str]:
    return "admin", system.settings.first_password.get_secret_value()


def effects(system: Trial) -> int:
    """How many effects the demo shop has carried out."""
    with sqlite3.connect(system.folder / "handrail.db") as db:
        (count,) = db.execute("select count(*) from demo_receipts").fetchone()
    db.close()
    return int(count)


async def test_a_question_is_answered_and_confirmed(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        reply = await ask(socket, "how do I reset my password")
        answers = [f for f in socket.seen if f["type"] == "message" and f["author"] == "bot"]
        assert any(f["payload"].get("source", {}).get("title") for f in answers)
        assert any(
            {"context", "action", "outcome"} <= set(f["payload"].get("parts", {})) for f in answers
        )
        await press(socket, reply, "Yes")
        await socket.hear("bot")
        state = await socket.wait_for(
            lambda frame: frame["type"] == "state" and frame["rateable"] is not None
        )
        assert state["owner"] in ("bot", "closed")


async def test_two_failed_attempts_lead_to_a_person_who_knows_everything(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    path = f"/api/conversations/{customer.conversation}"
    async with (
        customer.connect() as visitor,
        Agent.sign_in(system.base_url, *admin(system)) as agent,
    ):
        helped = await ask(visitor, "how long do I have to send something back?")
        if helped["payload"]["kind"] == "choose":
            await press(visitor, helped, helped["payload"]["buttons"][0]["title"])
            helped = await settled(visitor)
        await press(visitor, helped, "No")
        second = await settled(visitor)
        if second["payload"]["kind"] == "choose":
            await press(visitor, second, second["payload"]["buttons"][0]["title"])
            second = await settled(visitor)
        await press(visitor, second, "No")
        await owned_by(visitor, "queued")

        waiting = (await agent.get("/api/queue"))["waiting"]
        mine = [entry for entry in waiting if entry["conversation"] == customer.conversation]
        assert [entry["reason"] for entry in mine] == ["no_answer"]
        card = await agent.get(f"{path}/card")
        shown = [
            article for article in card["evidence"]["articles"] if article["shown"] == "answer"
        ]
        assert len(shown) == 2
        assert len({article["article_id"] for article in shown}) == 2
        assert card["evidence"]["summary"]["first_ask"].startswith("how long do I have")

        await agent.post(f"{path}/claim")
        async with agent.connect() as desk:
            await desk.send(type="watch", conversation=customer.conversation, after=0)
            await desk.say("Hello, this is Ada.", conversation=customer.conversation)
            heard = await visitor.hear("agent")
            assert heard["text"] == "Hello, this is Ada."
            await visitor.say("It is about a coat.")
            await desk.wait_for(
                lambda f: f["type"] == "message" and f["text"] == "It is about a coat."
            )
        await agent.post(f"{path}/close", outcome="solved")
        ended = await visitor.wait_for(
            lambda frame: frame["type"] == "state" and frame["rateable"] is not None
        )
        await visitor.send(type="rate", episode=ended["rateable"], score=4, comment="Kind")
        await visitor.wait_for(lambda frame: frame["type"] == "state" and frame["rated"])
        # The bot never spoke while the person had the chat.
        log = (await agent.get(f"{path}/messages?after=0"))["messages"]
        claimed = next(m["seq"] for m in log if m["payload"].get("event") == "claimed")
        assert not [m for m in log if m["author"] == "bot" and m["seq"] > claimed]


async def test_two_angry_messages_lead_to_a_person(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("this is a complete joke, my parcel is late AGAIN and nobody helps me!!!")
        first = await socket.hear("bot")
        assert "sorry" in first["text"].lower()
        await socket.say(
            "are you even listening? this is absolutely useless, worst support ever!!!"
        )
        await owned_by(socket, "queued")
        async with Agent.sign_in(system.base_url, *admin(system)) as agent:
            card = await agent.get(f"/api/conversations/{customer.conversation}/card")
        assert card["reason"]["code"] in ("frustration", "no_answer")
        assert max(step["score"] for step in card["evidence"]["frustration"]) >= 0.55


async def test_a_task_is_read_back_and_done_once(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    before = effects(system)
    async with customer.connect() as socket:
        await socket.say("please cancel my order FW-204411")
        await socket.hear("bot")
        await socket.say("ann@example.com")
        confirm = await settled(socket)
        while "FW-204411" not in confirm["text"]:
            confirm = await settled(socket)
        assert effects(system) == before
        index = index_of(confirm, "Yes")
        button = {"seq": confirm["seq"], "index": index}
        client_id = await socket.say("Yes", button=button)
        # The same press again, as after a lost acknowledgement.
        await socket.send(type="message", client_id=client_id, text="Yes", button=button)
        done = await settled(socket)
        assert "FW-204411" in done["text"] or any(
            "FW-204411" in frame.get("text", "") for frame in socket.seen[-6:]
        )
        assert effects(system) == before + 1


async def test_an_article_published_now_is_answered_within_a_second(system: Trial) -> None:
    async with Agent.sign_in(system.base_url, *admin(system)) as editor:
        article = await editor.post(
            "/api/articles",
            title="Rent a Fernway garden robot",
            category="products",
            questions=["can I rent the garden robot", "robot mower for hire", "rent robot lawn"],
            context="You can rent our garden robot by the week.",
            action="Choose **Rent** on the product page and pick a week.",
            outcome="The robot arrives within 2 working days.",
            tags=[],
            intents=[],
        )
        await editor.post(f"/api/articles/{article['id']}/publish", expected=article["newest"])
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        reply = await ask(socket, "can I rent the garden robot")
        assert "garden robot" in str(
            [frame for frame in socket.seen if frame.get("author") == "bot"] + [reply]
        )


async def test_what_was_said_while_away_arrives_once_in_order(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        await socket.say("hello")
        last = (await socket.hear("bot"))["seq"]
        await socket.say("do you ship to Spain?")
    async with customer.connect(after=last) as socket:
        await settled(socket)
        seqs = [frame["seq"] for frame in socket.seen if frame["type"] == "message"]
    assert seqs == list(range(last + 1, last + 1 + len(seqs)))


@pytest.mark.parametrize(
    "text",
    ["", "   \n ", "x" * 2001, "\x00\x01\x02", "😀" * 10_000],
    ids=["empty", "blank", "long", "binary", "10,000 emoji"],
)
async def test_bad_text_is_refused_with_a_code_and_the_socket_lives(
    system: Trial, text: str
) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        client_id = await socket.say(text)
        refusal = await socket.wait_for(lambda frame: frame["type"] == "error")
        assert refusal["code"] in ("empty_message", "too_large", "invalid")
        assert refusal.get("client_id") in (client_id, None)
        await socket.say("hello")
        assert (await socket.hear("bot"))["text"]


async def test_markup_and_right_to_left_text_come_back_as_they_were(system: Trial) -> None:
    customer = await Customer.arrive(system.base_url)
    async with customer.connect() as socket:
        for text in ("<script>alert(1)</script> help", "مرحبا أين طلبي"):
            await socket.say(text)
            echoed = await socket.hear("customer")
            assert echoed["text"] == text
            assert (await socket.hear("bot", "system"))["text"]

"""``handrail demo``: a scripted conversation with both sides, against the running system."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from server.commands.chat import show
from server.commands.client import Agent, Customer, Frame, Socket


async def _ask(console: Console, socket: Socket, text: str, **more: Any) -> Frame:
    """Say something, show every answer, and return the last."""
    console.print(Text("customer: ", style="bold green"), Text(text), sep="")
    await socket.say(text, **more)
    reply = await socket.hear("bot", "system")
    show(console, reply)
    while "buttons" not in reply["payload"]:
        reply = await socket.hear("bot", "system")
        show(console, reply)
    return reply


async def _press(console: Console, socket: Socket, reply: Frame, index: int) -> Frame:
    title = reply["payload"]["buttons"][index]["title"]
    return await _ask(console, socket, title, button={"seq": reply["seq"], "index": index})


async def _wait_for_owner(socket: Socket, owner: str) -> None:
    await socket.wait_for(lambda frame: frame["type"] == "state" and frame["owner"] == owner)


async def demo(base_url: str, login: str, password: str) -> None:
    """Question → answer → two failed attempts → queue → a person → close → rating, printed as it happens."""
    console = Console(highlight=False)
    customer = await Customer.arrive(base_url)
    async with customer.connect() as visitor, Agent.sign_in(base_url, login, password) as agent:
        console.rule("A question the knowledge base answers")
        reply = await _ask(console, visitor, "how do I reset my password")
        if reply["payload"]["kind"] == "choose":
            reply = await _press(console, visitor, reply, 0)
        console.rule("It does not help, and a person takes over")
        await _press(console, visitor, reply, 1)
        console.print(Text("customer: ", style="bold green"), "I want to talk to a person", sep="")
        await visitor.say("I want to talk to a person")
        await _wait_for_owner(visitor, "queued")
        console.rule("In the agent's console")
        queue = await agent.get("/api/queue")
        console.print(f"   waiting: {len(queue['waiting'])}")
        path = f"/api/conversations/{customer.conversation}"
        card = await agent.get(f"{path}/card")
        console.print(
            f"   reason: {card['reason']['words']} · priority: {card['priority']['level']}"
        )
        console.print(f"   first ask: {card['evidence']['summary']['first_ask']}")
        await agent.post(f"{path}/claim")
        async with agent.connect() as desk:
            await desk.send(type="watch", conversation=customer.conversation, after=0)
            await desk.say(
                "Hello! I have read what you asked. Which order is it about?",
                conversation=customer.conversation,
            )
            show(console, await visitor.hear("agent"))
            console.print(Text("customer: ", style="bold green"), "FW-204411", sep="")
            await visitor.say("FW-204411")
            await desk.wait_for(
                lambda frame: frame["type"] == "message" and frame["text"] == "FW-204411"
            )
        await agent.post(f"{path}/close", outcome="solved")
        ended = await visitor.wait_for(
            lambda frame: frame["type"] == "state" and frame["rateable"] is not None
        )
        await visitor.send(
            type="rate", episode=ended["rateable"], score=5, comment="Quick and kind."
        )
        await visitor.wait_for(lambda frame: frame["type"] == "state" and frame["rated"])
        console.rule("Closed and rated 5 of 5")

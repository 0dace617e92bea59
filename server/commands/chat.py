"""``handrail chat``: be a customer in the terminal, through the real stack."""

from __future__ import annotations

import asyncio
import unicodedata

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from server.commands.client import Customer, Frame, Socket

WHO = {"bot": "assistant", "system": "—", "agent": "agent"}


def plain(text: str) -> str:
    """Without control characters: a message must not steer the terminal."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")


def show(console: Console, frame: Frame) -> None:
    """Print one frame as a customer would want to read it."""
    if frame["type"] == "message" and frame["author"] != "customer":
        name = frame.get("name") or WHO.get(frame["author"], frame["author"])
        text = plain(frame["text"])
        if frame.get("payload", {}).get("parts"):
            # Only articles hold markdown; what people write is text, whatever marks it has.
            console.print(Text(f"{name}:", style="bold cyan"))
            console.print(Padding(Markdown(text, hyperlinks=False), (0, 0, 0, 3)))
        else:
            console.print(Text(f"{name}: ", style="bold cyan"), Text(text), sep="")
        source = frame.get("payload", {}).get("source")
        if source:
            console.print(Text(f"   from: {source['title']}", style="dim"))
        for number, button in enumerate(frame.get("payload", {}).get("buttons", []), start=1):
            console.print(Text(f"   [{number}] {button['title']}", style="yellow"))
    elif frame["type"] == "error":
        console.print(Text(f"! {frame['message']}", style="red"))
    elif frame["type"] == "state" and frame["owner"] == "queued":
        console.print(Text(f"   waiting, you are number {frame['position']}", style="dim"))


async def _listen(console: Console, socket: Socket, last: list[Frame]) -> None:
    while True:
        frame = await socket.next(3600)
        show(console, frame)
        if frame["type"] == "message" and frame.get("payload", {}).get("buttons"):
            last[:] = [frame]


async def _speak(socket: Socket, last: list[Frame]) -> None:
    while True:
        try:
            line = (await asyncio.to_thread(input)).strip()
        except EOFError:
            return
        if line == "/quit":
            return
        if line == "/person":
            await socket.send(type="person")
        elif line.isdigit() and last and 0 < int(line) <= len(last[0]["payload"]["buttons"]):
            index = int(line) - 1
            title = last[0]["payload"]["buttons"][index]["title"]
            await socket.say(title, button={"seq": last[0]["seq"], "index": index})
        elif line:
            await socket.say(line)


async def chat(base_url: str) -> None:
    """Talk until the end of input or /quit; a number presses a button, /person asks for a person."""
    console = Console(highlight=False)
    console.print(f"Connected to {base_url}. A number presses a button, /person, /quit.")
    customer = await Customer.arrive(base_url)
    last: list[Frame] = []
    async with customer.connect() as socket:
        listener = asyncio.create_task(_listen(console, socket, last))
        speaker = asyncio.create_task(_speak(socket, last))
        done, pending = await asyncio.wait({listener, speaker}, return_when=asyncio.FIRST_COMPLETED)
        # At the end of piped input the last answer is still on its way.
        if speaker in done:
            await asyncio.wait({listener}, timeout=3)
        for task in pending:
            task.cancel()
        for task in done:
            task.result()

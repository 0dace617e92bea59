"""How long building a card takes when 2,000 earlier replies are searched, without the network.

    python -m benchmarks.desk_card            prints the table of docs/benchmarks/handoff.md

A file of SQLite, one process, the served encoder, the starter articles. Each card is of another chat, whose
question nobody has asked before, so nothing is remembered.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import description, pace_ms
from conversations import messages
from conversations.desk import Reason
from conversations.models import Author, Conversation
from handoff import card, queue
from handoff.library import canned
from handoff.models import CloseOutcome
from knowledge_base.importer import load_starter
from server.app import Services, build_services
from server.auth import Role, Staff, create_staff
from server.migrations import upgrade
from server.settings import Settings, load_settings
from tests.handoff.building import Chat

PAIRS, CARDS = 2000, 100
THINGS = (
    "parcel", "kettle", "lamp", "invoice", "refund", "voucher", "size", "colour", "battery", "lid", "cable",
)  # fmt: skip
ASKS = (
    "where is my {0}, I ordered it with a {1}",
    "the {0} broke after {2} days, what about the {1}",
    "can I change the {0} for a {1} within {2} days",
    "how do I clean the {0} of my {1} number {2}",
)
ANSWERS = (
    "Please send the {0} back within {2} days, the {1} may stay with you.",
    "The {0} leaves our depot in {2} days together with the {1}.",
    "Take the {1} off, rinse the {0} for {2} minutes and let it dry.",
)


def said(draw: random.Random, forms: tuple[str, ...]) -> str:
    first, second = draw.sample(THINGS, 2)
    return draw.choice(forms).format(first, second, draw.randint(2, 90))


async def fill(held: Services, agent: Staff, draw: random.Random) -> None:
    """Chats that ended well, twenty in a transaction."""
    for _ in range(PAIRS // 20):
        async with held.database.write() as db:
            for _ in range(20):
                chat = await Chat.begin(db, held.clock, name="Marta Nowak")
                await chat.says(said(draw, ASKS), "order_status")
                await chat.needs_person(held.desk)
                await queue.claim(db, held.desk, chat.id, agent, over_capacity=True)
                await messages.append(
                    db, held.clock, chat.conversation, author=Author.AGENT,
                    text=said(draw, ANSWERS), agent=agent,
                )  # fmt: skip
                await queue.close(db, held.desk, chat.id, agent, CloseOutcome.SOLVED)


async def waiting(held: Services, draw: random.Random) -> list[Chat]:
    found = []
    async with held.database.write() as db:
        for _ in range(CARDS):
            chat = await Chat.begin(db, held.clock, name="Tom Maes")
            for _ in range(4):
                turn = await chat.says(said(draw, ASKS), "order_status", frustration=0.4)
                await chat.answers(turn, "…")
            await chat.needs_person(held.desk, Reason.FRUSTRATION, detail="score 0.4")
            found.append(chat)
    return found


async def measure(held: Services) -> None:
    draw = random.Random(1)  # noqa: S311 - a draw
    async with held.database.write() as db:
        agent = await create_staff(
            db, held.clock, login="ada", name="Ada", password="a" * 14, roles=[Role.AGENT]
        )
    await fill(held, agent, draw)
    chats = await waiting(held, draw)
    await held.knowledge.start()
    began = time.perf_counter()
    await held.earlier.refresh()
    made = time.perf_counter() - began
    evidence, whole = [], []
    for chat in chats:
        began = time.perf_counter()
        async with held.database.read() as db:
            conversation = await db.get_one(Conversation, chat.id)
            one = await card.build(db, held.desk, conversation, agent.name, canned.templates)
            one.corrections = await held.corrections.made(
                db, chat.id, one.evidence.episode, agent.id, agent.login
            )
        evidence.append(time.perf_counter() - began)
        full = await card.suggest_articles(one, held.desk, held.knowledge, agent.name, held.earlier)
        whole.append(time.perf_counter() - began)
        assert any(reply.source == "earlier" for reply in full.suggested_replies)
    write = sys.stdout.write
    write(f"{description()}; pace {pace_ms():.1f} ms; {len(held.earlier)} pairs\n")
    write(f"index built in {made:.1f} s\n\n| ms | p50 | p95 | most |\n|---|---|---|---|\n")
    for name, times in (("evidence", evidence), ("whole card", whole)):
        low, high, most = 1000 * np.quantile(times, (0.5, 0.95, 1.0))
        write(f"| {name} | {low:.1f} | {high:.1f} | {most:.1f} |\n")
    await held.knowledge.stop()
    await held.database.close()


def main() -> None:
    house = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        (var / "encoders").symlink_to(house.encoder_path.parent)
        settings = Settings(
            environment="test", var=var, channel_secret="s" * 32, _env_file=None,
            database_url=f"sqlite+aiosqlite:///{var / 'bench.db'}",
        )  # fmt: skip
        upgrade(settings)

        async def run() -> None:
            await load_starter(settings)
            await measure(build_services(settings))

        asyncio.run(run())


if __name__ == "__main__":
    main()

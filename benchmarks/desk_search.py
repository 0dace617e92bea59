"""Search over all history at 100,000 messages, and what its triggers cost a message.

    python -m benchmarks.desk_search [MESSAGES]

Makes a SQLite house of its own in a temporary folder, and a PostgreSQL one where the binaries are installed;
prints a table for each. The texts are made of real shop words with the frequencies of a language (Zipf), from
a fixed seed. Half of the conversations came to the desk. "CPU" is this process's own mean, with SQLite in
it and PostgreSQL's server not: on a machine that others use, it says more than the wall clock.
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import insert, text

from conversations import messages
from conversations.models import Author, Conversation, Episode, Message, Visitor
from handoff.finding.indexer import Indexer
from handoff.finding.search import search
from handoff.models import Handoff
from server.auth import Role, Staff
from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from server.migrations import config_for
from tests.servers import postgres_server

SEED = 4
EACH = 20
QUERIES = 300
INSERTS = 1000
WORDS = [
    "the",
    "order",
    "parcel",
    "is",
    "my",
    "where",
    "to",
    "refund",
    "return",
    "i",
    "a",
    "not",
    "and",
    "please",
    "it",
    "delivery",
    "address",
    "with",
    "card",
    "help",
    "tracking",
    "damaged",
    "size",
    "wrong",
    "exchange",
    "invoice",
    "warranty",
    "password",
    "account",
    "kettle",
    "lamp",
    "hub",
    "broken",
    "late",
    "courier",
    "neighbour",
    "deposit",
    "voucher",
    "discount",
    "colour",
    "blue",
    "green",
    "shipping",
    "store",
    "open",
    "hours",
    "cancel",
    "change",
]
RARE = [
    f"{first}{second}{number}"
    for first in ("fw", "inv", "rma")
    for second in ("a", "b")
    for number in range(4000)
]


def sentence(rng: random.Random) -> str:
    weights = [1 / (place + 2) for place in range(len(WORDS))]
    said = rng.choices(WORDS, weights, k=rng.randint(4, 24))
    if rng.random() < 0.5:
        said.insert(rng.randrange(len(said)), rng.choice(RARE))
    return " ".join(said)


async def fill(database: Database, many: int, rng: random.Random) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    conversations = many // EACH
    for start in range(0, conversations, 250):
        ids = [
            uuid.UUID(int=rng.getrandbits(128), version=4)
            for _ in range(min(250, conversations - start))
        ]
        async with database.write() as db:
            await db.execute(
                insert(Visitor),
                [
                    {"id": one, "token_hash": one.hex * 2, "origin": "bench", "name": f"Ann {one.hex[:6]}",
                     "attributes": {}, "created_at": now, "expires_at": now}
                    for one in ids
                ],
            )  # fmt: skip
            await db.execute(
                insert(Conversation),
                [
                    {
                        "id": one,
                        "visitor_id": one,
                        "last_seq": EACH,
                        "created_at": now,
                        "updated_at": now,
                    }
                    for one in ids
                ],
            )
            await db.execute(
                insert(Handoff),
                [
                    {"conversation_id": one, "episode": 1, "epoch": 1, "reason": "asked", "requested_at": now,
                     "due_at": now, "topic": "order_status", "tags": []}
                    for one in ids[::2]
                ],
            )  # fmt: skip
            await db.execute(
                insert(Message),
                [
                    {"conversation_id": one, "seq": seq + 1, "episode": 1, "text": sentence(rng), "payload": {},
                     "author": Author.CUSTOMER if seq % 2 else Author.BOT,
                     "created_at": now + timedelta(seconds=start + seq)}
                    for one in ids
                    for seq in range(EACH)
                ],
            )  # fmt: skip


async def index(database: Database) -> float:
    started = time.perf_counter()
    indexer = Indexer(database)
    while await indexer.step():
        pass
    return time.perf_counter() - started


async def searches(database: Database, rng: random.Random) -> None:
    people = {
        "supervisor": Staff(id=uuid.uuid4(), login="s", name="S", roles=[Role.SUPERVISOR]),
        "agent": Staff(id=uuid.uuid4(), login="a", name="A", roles=[Role.AGENT]),
    }
    kinds: dict[str, Callable[[], str]] = {
        "one common word": lambda: rng.choice(WORDS[:12]),
        "two words, begun": lambda: f"{rng.choice(WORDS)[:3]} {rng.choice(WORDS)[:3]}",
        "a rare number": lambda: rng.choice(RARE),
        "common and rare": lambda: f"{rng.choice(WORDS)} {rng.choice(RARE)}",
        "nothing found": lambda: "zzyzx order",
    }
    print("| reader | query | p50 ms | p95 ms | CPU ms | hits |\n|---|---|---|---|---|---|")
    for who, staff in people.items():
        for kind, query in kinds.items():
            times, hits = [], 0
            busy = time.process_time()
            for _ in range(QUERIES // 3):
                q = query()
                started = time.perf_counter()
                async with database.read() as db:
                    found = await search(db, q, staff)
                times.append((time.perf_counter() - started) * 1000)
                hits += len(found.hits)
            cpu = (time.process_time() - busy) * 1000 / len(times)
            cuts = statistics.quantiles(times, n=20)
            print(
                f"| {who} | {kind} | {cuts[9]:.1f} | {cuts[18]:.1f} | {cpu:.1f} | {hits / len(times):.1f} |"
            )


async def cost_of_triggers(database: Database) -> None:
    """Messages one by one, each in a transaction of its own, with and without the trigger by turns."""
    clock = SystemClock()
    async with database.write() as db:
        visitor = Visitor(
            token_hash="t" * 64, origin="b", created_at=clock.now(), expires_at=clock.now()
        )
        db.add(visitor)
        await db.flush()
        chat = Conversation(visitor_id=visitor.id, created_at=clock.now(), updated_at=clock.now())
        db.add(chat)
        await db.flush()
        db.add(Episode(conversation_id=chat.id, number=1, started_at=clock.now()))
    times: dict[bool, list[float]] = {True: [], False: []}
    sqlite = database.is_sqlite
    on = (
        "CREATE TRIGGER history_messages_insert AFTER INSERT ON messages WHEN NEW.author <> 'system' "
        "BEGIN INSERT INTO history_pending (kind, ref) VALUES ('message', NEW.id); END"
        if sqlite
        else "ALTER TABLE messages ENABLE TRIGGER history_messages_insert"
    )
    off = (
        "DROP TRIGGER history_messages_insert"
        if sqlite
        else "ALTER TABLE messages DISABLE TRIGGER history_messages_insert"
    )
    watching = True
    for turn in range(2 * INSERTS // 50):
        wanted = turn % 2 == 1
        if wanted != watching:
            await database.execute(text(on if wanted else off), {})
            watching = wanted
        for number in range(50):
            started = time.perf_counter()
            async with database.write() as db:
                locked = await messages.lock(db, chat.id)
                await messages.append(
                    db, clock, locked, author=Author.CUSTOMER, text=f"where is my order {number}"
                )
            times[watching].append((time.perf_counter() - started) * 1000)
    plain, watched = (statistics.quantiles(times[one], n=20) for one in (False, True))
    print(f"\nmessage insert, {INSERTS} each: without p50 {plain[9]:.2f} p95 {plain[18]:.2f} ms; "
          f"with p50 {watched[9]:.2f} p95 {watched[18]:.2f} ms")  # fmt: skip


async def measure(name: str, url: str, many: int) -> None:
    rng = random.Random(SEED)  # noqa: S311 - not a secret
    database = Database(url, LocalBus())
    await fill(database, many, rng)
    seconds = await index(database)
    print(f"\n## {name}: {many:,} messages, indexed in {seconds:.0f} s\n")
    await searches(database, rng)
    await cost_of_triggers(database)
    await database.close()


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        command.upgrade(config_for(url), "head")
        asyncio.run(measure("SQLite", url, many))
        if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            url = stack.enter_context(postgres_server())
            command.upgrade(config_for(url), "head")
            asyncio.run(measure("PostgreSQL", url, many))


if __name__ == "__main__":
    main()

"""A house that has grown: the same conversation on PostgreSQL and Redis, and nothing on the side in files."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.commands.client import Agent, Customer
from server.redis_bus import CHANNEL
from server.trial import Trial
from tests.system.test_conversations import admin, ask, owned_by

HOUSE, TRACKER = "handrail_house", "handrail_rasa"


def named(url: str, database: str) -> str:
    """The same server's address of another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


async def run(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture
async def databases(postgres_url: str) -> tuple[str, str]:
    """Two empty databases of one server: the app's and Rasa's."""
    for name in (HOUSE, TRACKER):
        await run(postgres_url, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    return named(postgres_url, HOUSE), named(postgres_url, TRACKER)


@pytest.fixture
def grown(
    databases: tuple[str, str], redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trial]:
    house, tracker = databases
    settings = {
        "HANDRAIL_DATABASE_URL": house,
        "HANDRAIL_TRACKER_URL": tracker.replace("+asyncpg", ""),
        "HANDRAIL_REDIS_URL": redis_url,
    }
    with Trial(tmp_path_factory.mktemp("postgres-system"), **settings) as trial:
        yield trial


async def column(url: str, statement: str, **values: str) -> list[object]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = list((await connection.execute(text(statement), values)).scalars())
    await engine.dispose()
    return found


async def test_a_chat_with_the_bot_and_then_a_person_lives_in_postgresql_alone(
    grown: Trial, databases: tuple[str, str], redis_url: str
) -> None:
    redis = Redis.from_url(redis_url)
    heard = redis.pubsub()
    await heard.subscribe(CHANNEL)
    customer = await Customer.arrive(grown.base_url)
    path = f"/api/conversations/{customer.conversation}"
    async with (
        customer.connect() as visitor,
        Agent.sign_in(grown.base_url, *admin(grown)) as agent,
        agent.connect() as desk,
    ):
        await ask(visitor, "how do I reset my password")
        answers = [frame for frame in visitor.seen if frame.get("author") == "bot"]
        assert any(frame.get("payload", {}).get("source", {}).get("title") for frame in answers)

        await visitor.send(type="person")
        await owned_by(visitor, "queued")
        waiting = (await agent.get("/api/queue"))["waiting"]
        assert [entry["conversation"] for entry in waiting] == [customer.conversation]
        await agent.post(f"{path}/claim")
        await desk.send(type="watch", conversation=customer.conversation, after=0)
        await desk.say("Hello, this is Ada.", conversation=customer.conversation)
        assert (await visitor.hear("agent"))["text"] == "Hello, this is Ada."
        await visitor.say("The mail with the link does not come.")
        await desk.wait_for(lambda frame: "the link" in frame.get("text", ""))
        await agent.post(f"{path}/close", outcome="solved")
        await owned_by(visitor, "closed")

    house, tracker = databases
    log = "SELECT seq FROM messages WHERE conversation_id = :id ORDER BY seq"
    kept = await column(house, log, id=customer.conversation)
    assert kept == list(range(1, len(kept) + 1))
    assert {frame["seq"] for frame in visitor.seen if frame["type"] == "message"} <= set(kept)
    events = "SELECT type_name FROM events WHERE sender_id = :id"
    assert {"user", "bot"} <= set(await column(tracker, events, id=f"{customer.conversation}:1"))
    told = [await heard.get_message(timeout=1) for _ in range(1 + len(kept))]
    assert any(b"OwnerChanged" in one["data"] for one in told[1:] if one)
    await heard.aclose()
    await redis.aclose()
    # Training, where the model has to be made first, keeps a cache of its own.
    assert [one for one in grown.folder.rglob("*.db*") if one.parent.name != "rasa-cache"] == []

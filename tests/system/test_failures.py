"""What breaks, and what the customer sees: the truth within seconds, a person in reach, nothing lost or doubled.

Real processes: they are killed, stopped and locked out from outside, as on a bad day.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from server.commands.client import Customer, Frame, Socket
from server.trial import Trial
from tests.system.test_conversations import owned_by, press, settled

PROMISE = 8.0
"""Seconds within which a customer sees an answer or the truth (server/settings.py, turn_timeout)."""


def process_of(system: Trial, name: str) -> int:
    record = json.loads((system.folder / "supervisor.json").read_text("utf-8"))
    return int(record["services"][name]["pid"])


async def healthy(system: Trial, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(system.is_healthy):
        assert time.monotonic() < deadline, system.tail()
        await asyncio.sleep(0.3)


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process that hangs: it exists, holds its ports, and does nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
async def customer(system: Trial) -> AsyncIterator[Customer]:
    await healthy(system)
    yield await Customer.arrive(system.base_url)
    await healthy(system)


async def apology(socket: Socket) -> Frame:
    return await socket.wait_for(
        lambda frame: frame["type"] == "message" and frame["payload"].get("kind") == "apology",
        seconds=PROMISE + 4,
    )


async def test_a_dead_bot_is_admitted_at_once_and_a_person_is_in_reach(
    system: Trial, customer: Customer
) -> None:
    async with customer.connect() as socket:
        os.kill(process_of(system, "rasa"), signal.SIGKILL)
        started = time.monotonic()
        await socket.say("where is my parcel?")
        sorry = await apology(socket)
        assert time.monotonic() - started < PROMISE
        await press(socket, sorry, "Talk to a person")
        state = await owned_by(socket, "queued")
        assert state["position"] >= 1


async def test_the_bot_comes_back_by_itself(system: Trial, customer: Customer) -> None:
    async with customer.connect() as socket:
        os.kill(process_of(system, "rasa"), signal.SIGKILL)
        await socket.say("hello")
        await apology(socket)
        await healthy(system)
        await socket.say("hello again")
        assert (await socket.hear("bot"))["payload"].get("kind") != "apology"


async def test_a_hung_bot_is_admitted_within_the_promise(system: Trial, customer: Customer) -> None:
    async with customer.connect() as socket:
        with frozen(process_of(system, "rasa")):
            started = time.monotonic()
            await socket.say("do you ship to Portugal?")
            await apology(socket)
            assert time.monotonic() - started < PROMISE


async def test_a_slow_bot_is_shown_thinking_and_then_answers(
    system: Trial, customer: Customer
) -> None:
    async with customer.connect() as socket:
        with frozen(process_of(system, "rasa")):
            await socket.say("hello")
            typing = await socket.wait_for(lambda frame: frame["type"] == "typing" and frame["on"])
            assert typing["author"] == "bot"
            await asyncio.sleep(1.0)
        assert (await socket.hear("bot"))["payload"].get("kind") != "apology"


async def test_an_action_that_raises_is_admitted(system: Trial, customer: Customer) -> None:
    def rename(old: str, new: str) -> None:
        with contextlib.closing(sqlite3.connect(system.folder / "handrail.db", timeout=10)) as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")
            db.commit()

    async with customer.connect() as socket:
        await socket.say("where is my order FW-310982")
        await settled(socket)
        rename("demo_orders", "demo_orders_away")
        try:
            await socket.say("jonas.weber@example.com")
            reply = await settled(socket)
        finally:
            rename("demo_orders_away", "demo_orders")
        titles = [button["title"] for button in reply["payload"]["buttons"]]
        assert any("person" in title for title in titles), reply


async def test_a_refused_write_is_said_and_the_retry_is_stored_once(
    system: Trial, customer: Customer
) -> None:
    client_id = secrets.token_hex(12)
    async with customer.connect() as socket:
        blocker = sqlite3.connect(system.folder / "handrail.db", isolation_level=None, timeout=10)
        blocker.execute("BEGIN IMMEDIATE")
        try:
            await socket.send(type="message", client_id=client_id, text="is anybody there?")
            refusal = await socket.wait_for(lambda frame: frame["type"] == "error", seconds=15)
        finally:
            blocker.execute("ROLLBACK")
            blocker.close()
        assert (refusal["code"], refusal["client_id"]) == ("unavailable", client_id)
        for _ in range(3):
            await socket.send(type="message", client_id=client_id, text="is anybody there?")
        await socket.wait_for(lambda f: f["type"] == "ack" and f["client_id"] == client_id)
        await socket.hear("bot")
    async with customer.connect() as socket:
        texts = [
            f["text"] for f in socket.seen if f["type"] == "message" and f["author"] == "customer"
        ]
    assert texts == ["is anybody there?"]


async def test_nothing_is_lost_or_doubled_over_many_dropped_sockets(
    system: Trial, customer: Customer
) -> None:
    after, seen = 0, []
    for number in range(12):
        async with customer.connect(after=after) as socket:
            await socket.say(f"message {number}")
            if number % 3:  # sometimes wait until it is stored, sometimes leave at once
                await socket.wait_for(lambda frame: frame["type"] == "ack")
        fresh = [frame for frame in socket.seen if frame["type"] == "message"]
        seen += fresh
        after = max([after, *(frame["seq"] for frame in fresh)])
    await asyncio.sleep(1.5)
    async with customer.connect(after=after) as socket:
        seen += [frame for frame in socket.seen if frame["type"] == "message"]
    async with customer.connect() as socket:
        whole = [frame["seq"] for frame in socket.seen if frame["type"] == "message"]
        spoken = [f["text"] for f in socket.seen if f.get("author") == "customer"]
    assert [frame["seq"] for frame in seen] == whole == list(range(1, len(whole) + 1))
    assert spoken == sorted(set(spoken), key=spoken.index)


async def test_a_killed_app_loses_nothing_acknowledged_and_doubles_nothing(
    system: Trial, customer: Customer
) -> None:
    """The customer's client keeps what was not acknowledged and sends it again, as the widget does."""
    outbox = {secrets.token_hex(12): f"thought {number}" for number in range(20)}
    acknowledged: set[str] = set()

    async def deliver() -> None:
        async with customer.connect() as socket:
            for client_id, text in outbox.items():
                if client_id not in acknowledged:
                    await socket.send(type="message", client_id=client_id, text=text)
            while len(acknowledged) < len(outbox):
                frame: dict[str, Any] = await socket.next(5)
                if frame["type"] == "ack":
                    acknowledged.add(frame["client_id"])

    kill = asyncio.get_running_loop().call_later(
        0.15, os.kill, process_of(system, "app"), signal.SIGKILL
    )
    deadline = time.monotonic() + 60
    while len(acknowledged) < len(outbox):
        with contextlib.suppress(ConnectionClosed, OSError, TimeoutError):
            await deliver()
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    kill.cancel()
    await healthy(system)
    async with customer.connect() as socket:
        stored = [f["text"] for f in socket.seen if f.get("author") == "customer"]
    assert sorted(stored) == sorted(outbox.values())
    with contextlib.closing(sqlite3.connect(system.folder / "handrail.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_an_effect_happens_once_though_the_app_dies_while_doing_it(
    system: Trial, customer: Customer
) -> None:
    async with customer.connect() as socket:
        await socket.say("please cancel my order FW-220138")
        await socket.hear("bot")
        await socket.say("sofia.rossi@example.com")
        confirm = await settled(socket)
        while not any(b["title"].startswith("Yes") for b in confirm["payload"]["buttons"]):
            confirm = await settled(socket)
        client_id = secrets.token_hex(12)
        press_yes = {
            "type": "message",
            "client_id": client_id,
            "text": confirm["payload"]["buttons"][0]["title"],
            "button": {"seq": confirm["seq"], "index": 0},
        }
        await socket.send(**press_yes)
        await asyncio.sleep(0.03)
        os.kill(process_of(system, "app"), signal.SIGKILL)
    await healthy(system)
    async with customer.connect() as socket:
        await socket.send(**press_yes)
        await socket.wait_for(lambda f: f["type"] == "ack" and f["client_id"] == client_id)
        for _ in range(100):
            await asyncio.sleep(0.2)
            if receipts(system, "FW-220138") or was_told_of_failure(system, client_id):
                break
        await asyncio.sleep(2)
    # Killed while the action ran: Rasa has seen it fail and does not run it again. Then the customer is told.
    done = receipts(system, "FW-220138")
    assert done == 1 or (done == 0 and was_told_of_failure(system, client_id))


def receipts(system: Trial, order_number: str) -> int:
    with contextlib.closing(sqlite3.connect(system.folder / "handrail.db")) as db:
        rows = db.execute("SELECT * FROM demo_receipts").fetchall()
    return sum(order_number in str(row) for row in rows)


def was_told_of_failure(system: Trial, client_id: str) -> bool:
    """Whether the turn of this customer message failed, and the bot said something after it."""
    with contextlib.closing(sqlite3.connect(system.folder / "handrail.db")) as db:
        found = db.execute(
            "SELECT 1 FROM messages AS asked"
            " JOIN turns ON turns.conversation_id = asked.conversation_id"
            " AND asked.seq BETWEEN turns.first_seq AND turns.last_seq AND turns.state = 'failed'"
            " JOIN messages AS said ON said.conversation_id = asked.conversation_id"
            " AND said.seq > asked.seq AND said.author = 'bot'"
            " WHERE asked.client_id = ?",
            (client_id,),
        ).fetchone()
    return found is not None

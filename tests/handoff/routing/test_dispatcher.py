"""The task that looks: an agent who comes online is offered what waits."""

from __future__ import annotations

import asyncio

from conversations.presence import Presence
from handoff.desk import HandoffDesk, latest
from handoff.routing.dispatcher import Dispatcher
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent, MakeTeam
from tests.support import FakeClock


async def test_who_comes_online_is_offered_what_waits(
    database: Database, clock: FakeClock, bus: LocalBus, desk: HandoffDesk, presence: Presence,
    agent: Agent, team: MakeTeam,
) -> None:  # fmt: skip
    ada = await agent("ada")
    await team("Support", ada, assign="least_busy")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
    dispatcher = Dispatcher(database, bus, desk, seconds=3600)
    dispatcher.start()
    try:
        await asyncio.sleep(0)  # it listens now
        await presence.enter(ada.id)
        for _ in range(300):
            async with database.read() as db:
                handoff = await latest(db, chat.id)
            if handoff is not None and handoff.offered_to == ada.id:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("nothing was offered")
    finally:
        await dispatcher.stop()

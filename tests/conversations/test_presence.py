"""Who is there, known in every process: two `Presence` objects on one database are two app processes."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from conversations.presence import STALE, Presence, State
from server.database import Database
from server.events import LocalBus
from tests.support import FakeClock

ADA, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


async def pair(clock: FakeClock, bus: LocalBus, database: Database) -> tuple[Presence, Presence]:
    return Presence(clock, bus, database), Presence(clock, bus, database)


async def until(presence: Presence, online: set[uuid.UUID]) -> None:
    for _ in range(500):
        if presence.online() == online:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"online: {presence.online()}")


async def beats(clock: FakeClock, seconds: float, *processes: Presence) -> None:
    """Time passes with a heartbeat every three seconds."""
    for _ in range(int(seconds // 3)):
        clock.advance(3)
        for process in processes:
            await process.beat()


async def test_both_processes_know_who_is_there_and_who_is_away(
    any_database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    here, there = await pair(clock, bus, any_database)
    await here.enter(ADA)
    await there.enter(ADA)
    await there.enter(BOB)
    await here.beat()
    assert here.online() == there.online() == {ADA, BOB}
    assert await here.set_away(BOB, True) is State.AWAY
    await there.beat()
    assert there.state(BOB) is State.AWAY
    assert there.online() == {ADA}
    assert there.here() == {ADA, BOB}
    await here.leave(ADA)
    await there.beat()
    assert there.state(ADA) is State.ONLINE, "a second console is open in the other process"
    await there.leave(ADA)
    await here.beat()
    assert here.state(ADA) is State.OFFLINE
    await there.set_away(BOB, False)
    await here.beat()
    assert here.online() == {BOB}


async def test_a_killed_process_takes_its_agents_along_but_not_before_the_grace_is_over(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    stays, dies = await pair(clock, bus, database)
    await dies.enter(ADA)
    await beats(clock, 30, stays, dies)
    assert stays.gone_for(ADA) == 0
    await beats(clock, 9, stays)
    assert stays.gone_for(ADA) == 0, "a slow beat is no death"
    assert stays.online() == {ADA}
    await beats(clock, 21, stays)
    assert (stays.online(), stays.gone_for(ADA)) == (frozenset(), 30)


async def test_a_restart_counts_absence_from_then_on(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    before = Presence(clock, bus, database)
    await before.enter(ADA)
    clock.advance(600)
    after = Presence(clock, bus, database)
    await after.beat()
    assert (after.state(ADA), after.gone_for(ADA)) == (State.OFFLINE, 0)
    await beats(clock, 60, after)
    assert after.gone_for(ADA) == 60
    await after.enter(ADA)
    assert after.gone_for(ADA) == 0


async def test_nobody_is_gone_for_a_time_in_which_nobody_looked(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    here, there = await pair(clock, bus, database)
    await there.enter(ADA)
    await beats(clock, 6, here, there)
    clock.advance(300)  # the database was down for both
    await here.beat()
    assert here.gone_for(ADA) == 0
    await there.beat()
    await here.beat()
    assert here.online() == {ADA}


@pytest.mark.parametrize("kept", [True, False])
async def test_idleness_changes_nothing_that_a_person_chose(
    database: Database, clock: FakeClock, bus: LocalBus, kept: bool
) -> None:
    presence = Presence(clock, bus, database if kept else None)
    await presence.enter(ADA)
    await presence.set_away(ADA, True, automatic=True)
    assert (presence.state(ADA), presence.away()) == (State.AWAY, {ADA: True})
    await presence.set_away(ADA, False, automatic=True)
    assert presence.state(ADA) is State.ONLINE
    await presence.set_away(ADA, True)
    for idle in (True, False):
        await presence.set_away(ADA, idle, automatic=True)
        assert presence.away() == {ADA: False}
    await presence.set_away(ADA, False)
    assert presence.online() == {ADA}


async def test_the_other_process_hears_at_once(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    here, there = (Presence(clock, bus, database, seconds=3600) for _ in range(2))
    await here.start()
    await there.start()
    try:
        await here.enter(ADA)
        await until(there, {ADA})
        await here.stop()
        await there.beat()
        assert there.online() == frozenset(), "who stops says so"
    finally:
        await there.stop()


async def test_a_stale_row_alone_is_nobody(
    database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    killed, reader = await pair(clock, bus, database)
    await killed.enter(ADA)
    await reader.beat()
    assert reader.online() == {ADA}
    clock.advance(STALE.total_seconds())
    assert reader.online() == frozenset(), "without any further read"

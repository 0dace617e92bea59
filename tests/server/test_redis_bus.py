"""Two app processes share events over a real Redis; without it each still serves its own."""

from __future__ import annotations

import asyncio

from server.events import Event
from server.redis_bus import RedisBus


class Rang(Event):
    bell: str

    @property
    def topics(self) -> tuple[str, ...]:
        return (f"bell:{self.bell}",)


async def test_what_one_process_publishes_reaches_the_other_once(redis_url: str) -> None:
    here, there = RedisBus(redis_url), RedisBus(redis_url)
    await here.start()
    await there.start()
    try:
        async with there.subscribe("bell:door") as far, here.subscribe("bell:door") as near:
            event = None
            for _ in range(50):  # the listener subscribes in its own time
                await here.publish([Rang(bell="door")])
                try:
                    event = await asyncio.wait_for(far.next(), 0.1)
                    break
                except TimeoutError:
                    continue
            assert event == Rang(bell="door")
            while not near._queue.empty():
                assert await near.next() == Rang(bell="door")
            await here.publish([Rang(bell="door")])
            assert await asyncio.wait_for(near.next(), 1) == Rang(bell="door")
            await asyncio.sleep(0.2)
            assert near._queue.empty()
    finally:
        await here.stop()
        await there.stop()


async def test_without_redis_events_still_reach_this_process() -> None:
    bus = RedisBus("redis://127.0.0.1:1/0")
    await bus.start()
    try:
        async with bus.subscribe("bell:door") as reader:
            await bus.publish([Rang(bell="door")])
            assert await asyncio.wait_for(reader.next(), 5) == Rang(bell="door")
    finally:
        await bus.stop()

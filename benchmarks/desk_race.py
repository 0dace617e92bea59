"""Two agents reach for the same chat at the same moment, over HTTP, each at a process of the house.

Exactly one gets it, and the other is told that somebody was faster, every time.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from benchmarks.desk_doors import Doors, Dropped, Refused, Wire
from benchmarks.desk_site import PASSWORD, Site, StandIn

AGENTS = 2
JITTER = 0.004
"""Seconds at most between the two, so that now one is first and now the other."""


@dataclass
class Race:
    won: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    rounds: int = 0


async def race(site: Site, bot: StandIn, rounds: int) -> Race:
    """So many rounds on one customer's chat, which the winner closes and the customer opens again."""
    chance = random.Random(rounds)  # noqa: S311 - no secret
    found = Race()
    async with (
        bot.serving(),
        Doors(site.urls, site.origin, chance) as doors,
        AsyncExitStack() as stack,
    ):
        await site.start_all()
        admin = await doors.sign_in("admin", PASSWORD)
        cookies = []
        for number in range(AGENTS):
            login = f"racer{number}"
            person = {"login": login, "name": login, "password": PASSWORD, "roles": ["agent"]}
            await doors.call("POST", "/api/staff", person, cookie=admin)
            cookies.append(await doors.sign_in(login, PASSWORD))
            await _sit_down(doors, cookies[-1], stack)
        visitor = await doors.call("POST", "/api/chat/visitors", {})
        path = f"/api/conversations/{visitor['conversation']}"

        async def reach(number: int) -> str:
            await asyncio.sleep(chance.uniform(0, JITTER))
            url = site.urls[(found.rounds + number) % len(site.urls)]
            try:
                await doors.call("POST", f"{path}/claim", cookie=cookies[number], url=url)
            except Refused as refused:
                return f"{refused.status} {refused.code}"
            return "200"

        for _ in range(rounds):
            await doors.call("POST", "/api/chat/person", {}, token=visitor["token"])
            answers = await asyncio.gather(*(reach(number) for number in range(AGENTS)))
            found.rounds += 1
            if sorted(answers) != ["200"] + ["409 already_claimed"] * (AGENTS - 1):
                found.problems.append(f"round {found.rounds}: {answers}")
                break
            winner = answers.index("200")
            found.won[f"racer{winner}"] += 1
            await doors.call("POST", f"{path}/close", {"outcome": "solved"}, cookie=cookies[winner])
    return found


async def _sit_down(doors: Doors, cookie: str, stack: AsyncExitStack) -> None:
    """Open a console: of who has none, the sweeper would take the chat back."""
    url = doors.any()
    ticket = await doors.call("POST", "/api/staff/ticket", cookie=cookie, url=url)
    wire = await stack.enter_async_context(doors.socket("/ws/staff", url=url))
    await wire.send(type="hello", ticket=ticket["ticket"])
    reading = asyncio.create_task(_hear(wire))
    stack.callback(reading.cancel)


async def _hear(wire: Wire) -> None:
    with suppress(Dropped):
        while True:
            await wire.next()

"""No case gets stuck: random days with broken steps, and agents who race for the same chat.

``python -m benchmarks.desk_walk --sequences 5000`` walks further than a test may.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.desk_rules import RuleBroken
from benchmarks.desk_walk import walk
from conversations.errors import AlreadyClaimed
from conversations.models import Conversation, Owner
from conversations.presence import Presence
from handoff import queue
from handoff.clocks import mend, silence
from handoff.desk import HandoffDesk, latest
from handoff.models import CloseOutcome
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.support import FakeClock

SEQUENCES = 10
ROUNDS = 20


@pytest.fixture
def memory() -> Iterator[str]:
    """A database on a memory disk, where there is one: thousands of commits need no real one."""
    shared = Path("/dev/shm")  # noqa: S108 - removed at once
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'walk.db'}"


async def test_whatever_happens_in_whatever_order_every_case_comes_to_an_outcome(
    memory: str,
) -> None:
    tally = await walk(memory, sequences=SEQUENCES, seed=20260302)
    # A walk that never gets anywhere would prove nothing.
    for deed in ("request", "says", "claims", "writes", "closes", "cancels", "alarms", "sweep"):
        assert tally.done[deed], f"nobody {deed}"
    assert len(tally.done) > SEQUENCES
    assert sum(tally.broken.values()) > SEQUENCES


async def nothing(*_: object, **__: object) -> list[object]:
    return []


@pytest.mark.parametrize(("module", "name"), [(mend, "broken"), (silence, "left_by_agents")])
async def test_the_walk_would_see_it(
    memory: str, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    """Without one of the things that keep cases from getting stuck, a rule is broken within few sequences."""
    monkeypatch.setattr(module, name, nothing)
    with pytest.raises(RuleBroken):
        await walk(memory, sequences=5 * SEQUENCES, seed=7)


async def test_of_all_who_reach_for_a_chat_at_once_exactly_one_gets_it(
    any_database: Database, clock: FakeClock, bus: LocalBus
) -> None:
    presence = Presence(clock, bus)
    desk = HandoffDesk(clock, presence)
    async with any_database.write() as db:
        agents = [
            await create_staff(
                db, clock, login=name, name=name, password="a long password", roles=[Role.AGENT]
            )
            for name in ("ada", "bob", "cleo")
        ]
    for agent in agents:
        await presence.enter(agent.id)
    won: Counter[str] = Counter()

    async def reach(chat: Chat, agent: Staff) -> bool:
        try:
            async with any_database.write() as db:
                await queue.claim(db, desk, chat.id, agent)
        except AlreadyClaimed:
            return False
        won[agent.login] += 1
        return True

    for turn in range(ROUNDS):
        async with any_database.write() as db:
            chat = await Chat.begin(db, clock)
            await chat.needs_person(desk)
        order = [*agents[turn % 3 :], *agents[: turn % 3]]
        taken = await asyncio.gather(*(reach(chat, agent) for agent in order))
        assert sum(taken) == 1
        async with any_database.write() as db:
            conversation = await db.get_one(Conversation, chat.id)
            case = await latest(db, chat.id)
            winner = order[taken.index(True)]
            assert (conversation.owner, conversation.agent_id) == (Owner.AGENT, winner.id)
            assert case is not None
            assert case.agent_id == winner.id
            await queue.close(db, desk, chat.id, winner, CloseOutcome.SOLVED)
    assert sum(won.values()) == ROUNDS

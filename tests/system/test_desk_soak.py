"""The desk from outside: races, kills, and the books of every client compared with the log.

The short versions of `./handrail soak desk`; the long ones stand in docs/benchmarks/handoff-soak.md.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from benchmarks import desk_check
from benchmarks.desk_check import Stored
from benchmarks.desk_day import Plan, grown_site, soak, sqlite_site
from benchmarks.desk_log import Log, Outbox
from benchmarks.desk_race import race
from benchmarks.desk_site import Site, StandIn
from conversations.models import Author, Conversation, Message, Owner
from handoff.models import Handoff
from tests.system.test_postgres import named, run

HOUSE = "handrail_desk"
# A soak in which nothing happens would prove nothing.
LEAST = {"customer says": 11, "agent did: claim": 3}
PLAN = Plan(
    customers=12, agents=3, seconds=9, kill_every=2.5, down=0.3, pause=0.8, least=LEAST
)  # fmt: skip
ROUNDS = 100


@pytest.fixture(scope="module")
def bot() -> StandIn:
    return StandIn(random.Random(1))


@pytest.fixture(scope="module")
def small(bot: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sqlite_site(tmp_path_factory.mktemp("desk"), bot.port) as site:
        yield site


@pytest.fixture(scope="module")
def grown(
    bot: StandIn, postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    fresh = (f"DROP DATABASE IF EXISTS {HOUSE}", f"CREATE DATABASE {HOUSE}")
    asyncio.run(run(postgres_url, *fresh))
    house, folder = named(postgres_url, HOUSE), tmp_path_factory.mktemp("desks")
    with grown_site(folder, bot.port, house, redis_url) as site:
        yield site


@pytest.fixture(scope="module", params=["small", "grown"])
def house(request: pytest.FixtureRequest) -> Site:
    """One app process on SQLite, then two on PostgreSQL and Redis."""
    site: Site = request.getfixturevalue(request.param)
    return site


async def test_of_two_agents_who_reach_for_a_chat_exactly_one_gets_it(
    house: Site, bot: StandIn
) -> None:
    found = await race(house, bot, ROUNDS)
    assert found.problems == []
    assert found.won.total() == found.rounds == ROUNDS
    assert len(found.won) == 2, "a race that the same agent always wins is none"


async def test_kills_lose_double_and_orphan_nothing(house: Site, bot: StandIn) -> None:
    outcome = await soak("in short", house, bot, PLAN)
    assert outcome.problems == []
    assert outcome.tally.kills >= 2
    assert {what: outcome.tally.done[what] >= n for what, n in LEAST.items()} == dict.fromkeys(
        LEAST, True
    )
    assert outcome.cases > 0


# The checker sees what it is there for.

CHAT, AT = uuid.uuid4(), datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
AGENT = uuid.uuid4()


def line(seq: int, author: Author, words: str, event: str = "", client_id: str = "") -> Message:
    payload = {"kind": "event", "event": event} if event else {}
    return Message(
        conversation_id=CHAT, seq=seq, author=author, text=words, payload=payload,
        client_id=client_id or None,
    )  # fmt: skip


def sound() -> Stored:
    """A customer who asked for a person and got one."""
    said = [
        line(1, Author.CUSTOMER, "hello", client_id="c1"),
        line(2, Author.BOT, "yes?"),
        line(3, Author.SYSTEM, "wait", "queued"),
        line(4, Author.SYSTEM, "Ada", "claimed"),
        line(5, Author.AGENT, "here I am", client_id="a1"),
    ]
    chat = Conversation(
        id=CHAT, owner=Owner.AGENT, agent_id=AGENT, epoch=2, last_seq=5, answered_seq=1
    )
    case = Handoff(conversation_id=CHAT, epoch=1, agent_id=AGENT, closed_at=None)
    return Stored({CHAT: chat}, {CHAT: said}, {CHAT: [case]}, {})


def told(stored: Stored) -> Log:
    log = Log()
    for one in stored.messages[CHAT]:
        log.take(
            {
                "seq": one.seq,
                "author": one.author.value,
                "text": one.text,
                "client_id": one.client_id,
            }
        )
    return log


def sent() -> Outbox:
    box = Outbox()
    box.sent["c1"] = replace(box.write(str(CHAT), "hello"), client_id="c1", seq=1)
    box.sent = {"c1": box.sent["c1"]}
    return box


def everything(stored: Stored, log: Log, box: Outbox) -> list[str]:
    return [
        *desk_check.in_the_log(stored),
        *desk_check.cases(stored),
        *desk_check.unanswered(stored),
        *desk_check.seen("customer", stored, str(CHAT), log, whole=True),
        *desk_check.arrived("customer", stored, box),
        *desk_check.doubled(stored, {"hello"}),
    ]


def test_a_sound_log_has_nothing_to_complain_of() -> None:
    stored = sound()
    assert everything(stored, told(stored), sent()) == []


def bot_interrupts(stored: Stored, log: Log, box: Outbox) -> None:
    stored.messages[CHAT][4].author = Author.BOT


def lost(stored: Stored, log: Log, box: Outbox) -> None:
    del stored.messages[CHAT][0]  # type: ignore[attr-defined]


def twice(stored: Stored, log: Log, box: Outbox) -> None:
    stored.messages[CHAT][1].author = Author.CUSTOMER
    stored.messages[CHAT][1].text = "hello"


def not_told(stored: Stored, log: Log, box: Outbox) -> None:
    log.lines.pop()


def told_twice(stored: Stored, log: Log, box: Outbox) -> None:
    log.take({"seq": 5, "author": "agent", "text": "here I am"})


def told_out_of_order(stored: Stored, log: Log, box: Outbox) -> None:
    log.lines[0], log.lines[1] = log.lines[1], log.lines[0]


def orphaned(stored: Stored, log: Log, box: Outbox) -> None:
    stored.handoffs[CHAT][0].closed_at, stored.handoffs[CHAT][0].outcome = AT, "solved"


def two_cases(stored: Stored, log: Log, box: Outbox) -> None:
    stored.handoffs[CHAT].append(  # type: ignore[attr-defined]
        Handoff(conversation_id=CHAT, epoch=2, agent_id=AGENT, closed_at=None)
    )


def epoch_went_back(stored: Stored, log: Log, box: Outbox) -> None:
    stored.conversations[CHAT].epoch = 1


def never_acknowledged(stored: Stored, log: Log, box: Outbox) -> None:
    box.sent["c1"].seq = None


def refused_but_there(stored: Stored, log: Log, box: Outbox) -> None:
    box.sent["c1"].seq, box.sent["c1"].refused = None, "not_owner"


def bot_owes(stored: Stored, log: Log, box: Outbox) -> None:
    chat = stored.conversations[CHAT]
    chat.owner, chat.answered_seq = Owner.BOT, 0


Harm = Callable[[Stored, Log, Outbox], None]


@pytest.mark.parametrize(
    "harm",
    [
        bot_interrupts, lost, twice, not_told, told_twice, told_out_of_order, orphaned, two_cases,
        epoch_went_back, never_acknowledged, refused_but_there, bot_owes,
    ],
)  # fmt: skip
def test_the_checker_sees_it(harm: Harm) -> None:
    stored, box = sound(), sent()
    log = told(stored)
    harm(stored, log, box)
    assert everything(stored, log, box)

"""The wait that is told: its spread, and when nothing is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.presence import Presence
from handoff import queue
from handoff.desk import HandoffDesk
from handoff.routing.waits import Estimate, Wait, expect
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent
from tests.support import FakeClock


def ended(*seconds: float) -> list[Wait]:
    return [Wait(one, True) for one in seconds]


@pytest.mark.parametrize(
    ("waits", "waited", "expected"),
    [
        ([], 0, None),
        (ended(10, 20), 0, None),
        (ended(10, 20, 60), 0, (10, 20, 60)),
        (ended(10, 20, 60, 70, 80), 30, (30, 40, 50)),
        (ended(10, 20, 60), 30, None),
        (ended(10, 20, 30, 40), 0, (10, 20, 30)),
    ],
)
def test_the_quartiles_of_those_who_waited_as_long(
    waits: list[Wait], waited: float, expected: tuple[int, int, int] | None
) -> None:
    assert expect(waits, waited) == (Estimate(*expected) if expected else None)


def test_who_still_waits_counts_for_as_long_as_they_waited() -> None:
    lucky = ended(10, 20, 30, 40)
    unlucky = [Wait(100, False) for _ in range(12)]
    assert expect(lucky, 0) == Estimate(10, 20, 30)
    assert expect(lucky + unlucky, 0) is None, (
        "12 of 16 wait for longer than anybody was answered in"
    )
    young = [Wait(5, False) for _ in range(12)]
    assert expect(lucky + young, 0) == Estimate(10, 20, 30), "too new to say anything"


@given(
    st.lists(st.builds(Wait, st.integers(0, 3600).map(float), st.booleans())),
    st.integers(0, 3600).map(float),
)
def test_an_estimate_is_in_order_and_within_what_was_seen(waits: list[Wait], waited: float) -> None:
    found = expect(waits, waited)
    if found is not None:
        longest = max(one.seconds for one in waits if one.ended)
        assert 0 <= found.low <= found.middle <= found.high <= longest - waited


async def test_a_customer_hears_the_wait_of_their_own_team(
    database: Database, clock: FakeClock, desk: HandoffDesk, presence: Presence, agent: Agent
) -> None:
    ada = await agent("ada")
    await presence.enter(ada.id)
    async with database.write() as db:
        for wait in (60, 120, 300):
            chat = await Chat.begin(db, clock)
            await chat.needs_person(desk)
            clock.advance(wait)
            await queue.claim(db, desk, chat.id, ada)
        newest = await Chat.begin(db, clock)
        await newest.needs_person(desk)
        standing = await desk.standing(db, newest.conversation)
    assert (standing.position, standing.online) == (1, True)
    assert (standing.wait_low_seconds, standing.wait_seconds, standing.wait_high_seconds) == (
        60, 120, 300,
    )  # fmt: skip

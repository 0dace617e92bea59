"""The name given in the chat: only the customer's own, only as a label."""

from __future__ import annotations

import pytest

from handoff import card, queue
from handoff.card import Card
from handoff.desk import HandoffDesk
from server.auth import Role
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Hire
from tests.support import FakeClock


async def the_card(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire, *said: tuple[str, str]
) -> Card:
    """The card after the customer said these (text, name that spaCy found in it)."""
    ada = await hire("ada", Role.AGENT)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        for text, name in said:
            await chat.says(text, "greet", entities={"PERSON": name} if name else None)
        await chat.needs_person(desk)
    async with database.read() as db:
        return await card.build(db, desk, await queue.readable(db, chat.id, ada), ada.name)


def named(made: Card) -> list[tuple[str, str]]:
    return [(detail.label, detail.value) for detail in made.evidence.details]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'm Anna", "Anna"),
        ("im anna", "anna"),
        ("I am Jonas and I need help", "Jonas"),
        ("hi, my name is Anna Kowalski", "Anna Kowalski"),
        ("my name's Ola, hi", "Ola"),
        ("this is Peter Novak, my lamp is broken", "Peter Novak"),
        ("This is Mrs. Maes calling", "Maes"),
        ("name: Marta", "Marta"),
        ("the parcel is for Anna, but I’m Anna's… no, I'm Anna", "Anna"),
    ],
)
async def test_a_name_given_as_one_s_own_is_a_detail(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire, text: str, name: str
) -> None:
    made = await the_card(database, clock, desk, hire, (text, name))
    assert named(made) == [("Name given in chat", name)]
    assert made.customer.name is None, "a label, never an identity"


@pytest.mark.parametrize(
    "text",
    [
        "my sister Anna ordered it",
        "This is Anna's parcel",
        "I'm Anna's mother",
        "this is for Anna",
        "I'm not Anna",
        "I talked to Anna yesterday",
        "it's Anna again",
        "her name was Anna",
        "is this Anna?",
    ],
)
async def test_somebody_else_s_name_is_not_taken(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire, text: str
) -> None:
    assert named(await the_card(database, clock, desk, hire, (text, "Anna"))) == []


async def test_the_last_name_given_counts_and_words_alone_do_not(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire
) -> None:
    made = await the_card(
        database, clock, desk, hire,
        ("I'm Ann", "Ann"), ("sorry, I'm Anna", "Anna"), ("ask Bob", "Bob"), ("I'm furious", ""),
    )  # fmt: skip
    assert named(made) == [("Name given in chat", "Anna")]

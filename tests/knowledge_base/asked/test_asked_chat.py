"""A draft out of a chat that a person solved: what is taken, what is left, and that nobody is named."""

from __future__ import annotations

import time
import uuid
from datetime import datetime

import pytest

from conversations.models import Outcome
from knowledge_base import catalogue
from knowledge_base.asked import draft_from_chat
from knowledge_base.asked.chat_sentences import score, sentences
from knowledge_base.asked.draft_from_chat import ChatDraft, NotSolvedByPerson
from knowledge_base.asked.masking import mask
from server.database import Database
from server.errors import Invalid, NotFound
from tests.knowledge_base.asked.story import Chat
from tests.support import FakeClock


def solved(at: datetime) -> Chat:
    chat = Chat(at, visitor="Marta Kowalska")
    chat.slots = {"order_number": "FW-204411", "email": "marta@example.com", "postcode": "9000"}
    chat.customer("hi")
    chat.asks("my kettle does not heat since yesterday. i live in 9000", handoff="no_answer")
    chat.agent("Hi Marta, I'm sorry to hear that! I've checked your order FW-204411.")
    chat.agent(
        "You can reset it yourself. Then:\n1. Unplug the kettle for ten minutes.\n"
        "2. Hold the switch down, Marta, and plug it in again."
    )
    chat.customer("ok done, mail me at marta@example.com")
    chat.agent("The light turns green within 2 minutes. We refunded €12 to you as goodwill.")
    chat.agent("Is there anything else? Have a nice day, Tom")
    return chat.ends(Outcome.CLOSED_BY_AGENT)


async def drafted(database: Database, chat: Chat) -> ChatDraft:
    async with database.read() as db:
        return await draft_from_chat.read(db, chat.id, 1)


async def test_steps_become_the_action_and_what_follows_the_outcome(
    any_database: Database, clock: FakeClock
) -> None:
    chat = await solved(clock.now()).write(any_database)
    made = (await drafted(any_database, chat)).draft()
    assert made.title == "My kettle does not heat since yesterday"
    assert made.context == "My kettle does not heat since yesterday."
    assert made.action == (
        "You can reset it yourself.\n\n"
        "1. Unplug the kettle for ten minutes.\n2. Hold the switch down and plug it in again."
    )
    assert made.outcome == "The light turns green within 2 minutes."
    assert made.intents == ["shipping"]


async def test_nobody_and_nothing_of_the_one_case_is_named(
    database: Database, clock: FakeClock
) -> None:
    chat = await solved(clock.now()).write(database)
    found = await drafted(database, chat)
    everything = " ".join(f"{one.text} {one.source}" for one in found.sentences)
    for personal in ("Marta", "Tom", "FW-204411", "marta@example.com", "9000"):
        assert personal not in everything
    money = next(one for one in found.sentences if "€12" in one.text)
    assert money.flags == ("money",)
    assert not money.taken


async def test_the_editor_chooses_sentences(database: Database, clock: FakeClock) -> None:
    chat = await solved(clock.now()).write(database)
    found = await drafted(database, chat)
    step = next(one for one in found.sentences if one.text.startswith("Unplug"))
    assert found.draft([step.number]).action == "Unplug the kettle for ten minutes."
    assert "Unplug" in step.source
    assert step.author == "agent"
    with pytest.raises(Invalid):
        found.draft([])


async def test_each_draft_gets_an_address_of_its_own(database: Database, clock: FakeClock) -> None:
    chat = await solved(clock.now()).write(database)
    found = await drafted(database, chat)
    async with database.write() as db:
        one = await draft_from_chat.create(db, clock, found, "ada")
        other = await draft_from_chat.create(db, clock, found, "ada")
        newest = await catalogue.version(db, one.id, 1)
    assert (one.status, newest.author) == ("draft", "ada")
    assert other.slug == f"{one.slug}-2"


async def test_only_a_chat_that_a_person_solved_makes_a_draft(
    database: Database, clock: FakeClock
) -> None:
    by_bot = await Chat(clock.now()).asks("q", "answer").ends(Outcome.CONFIRMED).write(database)
    silent = await Chat(clock.now()).asks("q").ends(Outcome.CLOSED_BY_AGENT).write(database)
    for chat in (by_bot, silent):
        with pytest.raises(NotSolvedByPerson):
            await drafted(database, chat)
    async with database.read() as db:
        with pytest.raises(NotFound):
            await draft_from_chat.read(db, uuid.uuid4(), 1)


@pytest.mark.parametrize(
    ("text", "part", "taken"),
    [
        ("Open My orders and choose Return.", "action", True),
        ("You can change the address until the parcel is packed.", "action", True),
        ("Read https://example.com/warranty for the details.", "action", True),
        ("The money is back on your card within 5 working days.", "outcome", True),
        ("It takes 2 minutes.", "outcome", True),
        ("I have cancelled it for you now.", "action", False),
        ("Sorry to keep you waiting!", "action", False),
        ("Could you tell me your order number?", "action", False),
        ("Your refund of €20 arrives within 5 days.", "outcome", False),
        ("Send it to [address] within 14 days.", "action", False),
        ("Great", "action", False),
    ],
)
def test_sentences_are_weighed(text: str, part: str, taken: bool) -> None:
    found = score(text)
    assert found.taken is taken
    assert not taken or found.part == part


def test_greetings_and_list_marks_are_no_part_of_a_sentence() -> None:
    assert sentences("Hi Anna, that is odd. Do this:\n- Open it.\n2) Close it!") == [
        "that is odd.",
        "Do this:",
        "Open it.",
        "Close it!",
    ]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail ann.peeters@gmail.com", "mail [email]"),
        ("my name is marta kowalska", "my name is [name]"),
        ("i live at 12 high street, Leeds LS1 4AB", "i live at [address], Leeds [address]"),
        ("Kerkstraat 12, Gent", "[address], Gent"),
        ("order FW-204411 of €20", "order [order number] of €20"),
        ("parcel 00340434161094", "parcel [phone]"),
        ("3 place settings in 2 days or 3 weeks on the road", None),
        ("is the 40 way adapter 12 V", None),
    ],
)
def test_what_names_or_reaches_a_person_is_masked(text: str, masked: str | None) -> None:
    assert mask(text) == (masked or text)


def test_a_chat_of_a_thousand_introduced_names_is_masked_in_no_time() -> None:
    people = [f"Name{number}x" for number in range(1000)]
    before = time.process_time()
    for number in range(400):
        assert mask(f"this is for name{number}x. thanks", people) == "this is for [name]. thanks"
    assert time.process_time() - before < 5  # one pattern for each name: a minute

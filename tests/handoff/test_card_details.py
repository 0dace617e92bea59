"""From what the customer wrote to the line on the card, for each kind of detail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from conversations import episodes
from conversations.models import Author, Message
from handoff import card_details, gathering
from handoff.desk import HandoffDesk
from handoff.evidence import Detail
from server.database import Database
from tests.handoff.building import Chat
from tests.support import FakeClock
from understanding.entities import Entities

FINDER = Entities.default()
TODAY = date(2026, 11, 22)


def parsed(text: str, *by_spacy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entities of a turn's parse, as bot/components write them."""
    found = [
        {**one.more, "entity": one.entity, "value": one.value, "masked": one.masked}
        for one in FINDER.find(text, TODAY)
    ]
    return [*found, *map(dict, by_spacy)]


async def card_of(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    *said: tuple[str, list[dict[str, Any]]],
    slots: dict[str, Any] | None = None,
) -> Any:
    """The evidence that the card shows, of a chat in which this was said and these slots were filled."""
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        for text, entities in said:
            turn = await chat.says(text, "order_status")
            turn.parse = {**turn.parse, "entities": entities}
        if slots:
            await episodes.keep(db, chat.id, 1, stage=None, slots=slots)
        await chat.needs_person(desk)
    async with database.read() as db:
        return await gathering.read(db, chat.id, 1)


def lines(details: list[Detail]) -> list[tuple[str, str, bool]]:
    return [(detail.label, detail.value, detail.masked) for detail in details]


PLACE = {"entity": "GPE", "value": "Ghent", "masked": False}
OWN = {"entity": "PERSON", "value": "Anna", "masked": True, "role": "own"}


@pytest.mark.parametrize(
    ("text", "by_spacy", "line"),
    [
        ("where is fw 204411", (), ("Order number", "FW-204411", False)),
        ("inv 2026 00871", (), ("Invoice number", "INV-2026-00871", False)),
        ("ticket 50213", (), ("Ticket number", "T-50213", False)),
        ("mail Ann@example.com", (), ("E-mail", "ann@example.com", True)),
        ("call 0470 12 34 56", (), ("Phone", "0470123456", True)),
        ("you took €1.299,50", (), ("Amount", "1299.50 EUR", False)),
        ("it came yesterday", (), ("Date", "2026-11-21", False)),
        ("it came last week", (), ("Date", "2026-11-09 to 2026-11-15", False)),
        ("bought on 3/4/2026", (), ("Date", "2026-04-03 (or 2026-03-04)", False)),
        ("my ketle leaks", (), ("Product", "Fernway Kettle", False)),
        ("card 4111 1111 1111 1111", (), ("Card number", "************1111", True)),
        ("BE68 5390 0754 7034", (), ("Bank account", "BE**********7034", True)),
        ("my name is marta kowalska", (), ("Name given in chat", "marta kowalska", True)),
        ("I'm Anna", (OWN,), ("Name given in chat", "Anna", True)),
        ("I live in Ghent", (PLACE,), ("Place", "Ghent", False)),
    ],
)
async def test_each_detail_reaches_the_card(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    text: str,
    by_spacy: tuple[Mapping[str, Any], ...],
    line: tuple[str, str, bool],
) -> None:
    seen = await card_of(database, clock, desk, (text, parsed(text, *by_spacy)))
    assert lines(seen.details) == [line]


async def test_a_slot_of_an_earlier_episode_reaches_the_card_without_a_word(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    slots = {
        "order_number": "FW-204411", "invoice_number": "INV-2026-00871", "ticket_number": "T-50213",
        "amount": "5 EUR", "product": "Fernway Hub", "name": "Anna", "place": "Ghent", "stage": "resolve",
        "last_question": "where is it",
    }  # fmt: skip
    carried = episodes.carried({**slots, "date": "2026-11-21"})
    assert carried == {k: v for k, v in slots.items() if k not in ("stage", "last_question")}
    seen = await card_of(database, clock, desk, ("hello", []), slots=carried)
    assert {(d.name, d.value) for d in seen.details} == {
        ("order_number", "FW-204411"), ("invoice_number", "INV-2026-00871"), ("ticket_number", "T-50213"),
        ("amount", "5 EUR"), ("product", "Fernway Hub"), ("name_given", "Anna"), ("place", "Ghent"),
    }  # fmt: skip


async def test_a_number_with_a_wrong_check_digit_stays_until_the_right_one_comes(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    wrong = ("FW-204412", [{"entity": "order_number_unsure", "value": "FW-204412"}])
    right = ("FW-204411", [{"entity": "order_number", "value": "FW-204411"}])
    seen = await card_of(database, clock, desk, wrong)
    assert lines(seen.details) == [("Order number (check digit wrong)", "FW-204412", False)]
    seen = await card_of(database, clock, desk, wrong, right)
    assert lines(seen.details) == [("Order number", "FW-204411", False)]


async def test_no_card_number_is_kept_in_clear(
    database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    text = "You charged 4111 1111 1111 1111 twice, pay back to BE68 5390 0754 7034!!"
    seen = await card_of(database, clock, desk, (text, parsed(text)))
    kept = seen.model_dump_json() + repr(seen.said)
    assert seen.summary.first_ask.startswith("You charged ************1111 twice")
    assert "4111 1111" not in kept
    assert "5390" not in kept


def test_nothing_given_gives_nothing() -> None:
    assert card_details.given(None, []) == []


def test_files_are_named_the_first_three_of_them() -> None:
    def sent(name: str, author: Author = Author.CUSTOMER) -> Message:
        return Message(author=author, text=name, payload={"file": {"name": name}})

    log = [sent(f"{at}.png") for at in range(5)] + [sent("manual.pdf", Author.AGENT)]
    (detail,) = card_details.files(log)
    assert (detail.label, detail.value) == ("Files sent", "0.png, 1.png, 2.png and 2 more")
    assert card_details.files([Message(author=Author.CUSTOMER, text="words", payload={})]) == []

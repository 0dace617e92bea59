"""How the customer wants to be called and reached."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from conversations import visitors
from conversations.models import Visitor
from server.errors import Invalid
from tests.conversations.conftest import Room


async def kept(room: Room, email: str) -> str | None:
    async with room.database.write() as db:
        visitor, _ = await visitors.create(db, room.clock, "https://shop.example")
        await visitors.give_details(db, visitor.id, name=None, email=email)
    async with room.database.read() as db:
        found: str | None = await db.scalar(select(Visitor.email).where(Visitor.id == visitor.id))
    return found


@pytest.mark.parametrize(
    "unseen",
    [
        " ",
        "\n",
        "\u202e",
        "\u202c",
        "\u200b",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\u200f",
        "\u00a0",
        "\x00",
    ],
)
async def test_what_cannot_be_seen_stays_out_of_an_address(room: Room, unseen: str) -> None:
    assert await kept(room, f"{unseen}ann@example.com{unseen}{unseen}") == "ann@example.com"
    for inside in (f"an{unseen}n@example.com", f"ann@exa{unseen}mple.com"):
        with pytest.raises(Invalid):
            await kept(room, inside)


@pytest.mark.parametrize(
    "address", ["ann@example.com", "ann+shop@a.b.example", "用户@例子.公司", "jörg@müller.example"]
)
async def test_addresses_of_all_scripts_are_kept(room: Room, address: str) -> None:
    assert await kept(room, address) == address


@pytest.mark.parametrize(
    "address", ["", "\u202e\u202e", "ann", "@b.c", "a@b", "a b@c.de", "x" * 250 + "@b.cd"]
)
async def test_what_is_no_address_is_refused(room: Room, address: str) -> None:
    with pytest.raises(Invalid):
        await kept(room, address)

"""The customer's language as their words, else their widget, give it away; and who has it, or nobody."""

from __future__ import annotations

import uuid

import pytest

from conversations import messages
from conversations.models import Author, Visitor
from handoff.desk import HandoffDesk, latest
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.routing.staff import Agent, MakeTeam
from tests.support import FakeClock

ENGLISH = "Nobody of our team speaks your language. A person answers you in English."


async def ask(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    widget: str | None,
    sure: str | None = None,
) -> uuid.UUID:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        visitor = await db.get_one(Visitor, chat.conversation.visitor_id)
        visitor.language = widget
        turn = await chat.says("?")
        if sure:
            turn.parse = {**(turn.parse or {}), "language": {"code": sure, "sure": True}}
        await db.flush()
        await chat.needs_person(desk)
    return chat.id


async def told(database: Database, conversation_id: uuid.UUID) -> list[str]:
    async with database.read() as db:
        return [
            one.text
            for one in await messages.list_after(db, conversation_id, 0)
            if one.author is Author.SYSTEM and one.payload.get("event") == "language_unspoken"
        ]


@pytest.mark.parametrize(
    ("widget", "sure", "language"),
    [
        ("fr-CA", None, "fr"),
        ("fr", "de", "de"),  # their own words count first
        ("fr", "en", "en"),
        ("en-GB", None, None),  # the house speaks it: it says nothing of them
        (None, None, None),
    ],
)
async def test_the_widgets_language_counts_where_no_words_do(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    widget: str | None,
    sure: str | None,
    language: str | None,
) -> None:
    chat = await ask(database, clock, desk, widget, sure)
    async with database.read() as db:
        handoff = await latest(db, chat)
    assert handoff is not None
    assert handoff.language == language


@pytest.mark.parametrize(
    ("widget", "said"), [("de", [ENGLISH]), ("fr", []), ("en", []), (None, [])]
)
async def test_who_writes_a_language_that_nobody_knows_hears_so_once(
    database: Database,
    clock: FakeClock,
    desk: HandoffDesk,
    agent: Agent,
    team: MakeTeam,
    widget: str | None,
    said: list[str],
) -> None:
    ada = await agent("ada", languages=["en", "fr"])
    stranger = await agent("bob", languages=["de"])
    await team("Support", ada)
    await team("Elsewhere", stranger, position=1)
    assert await told(database, await ask(database, clock, desk, widget)) == said

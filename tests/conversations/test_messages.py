"""The log: numbered without holes, each message once."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import messages, speaking, text, visitors
from conversations.errors import ClientIdReused, EmptyMessage
from conversations.models import Message
from server.database import Database
from server.errors import TooLarge
from tests.conversations.fakes import FakeDesk
from tests.support import FakeClock

ID = "client-id-1"


async def new_conversation(database: Database, clock: FakeClock) -> uuid.UUID:
    async with database.write() as db:
        visitor, _ = await visitors.create(db, clock, "https://shop.example")
        return (await visitors.conversation_of(db, visitor.id)).id


async def post(
    database: Database, clock: FakeClock, conversation_id: uuid.UUID, words: str, client_id: str
) -> Message:
    async with database.write() as db:
        said = await speaking.say(
            db, clock, FakeDesk(), conversation_id,
            client_id=client_id, text=words, button=None, limit=2000,
        )  # fmt: skip
        return said.message


async def all_of(database: Database, conversation_id: uuid.UUID) -> list[Message]:
    async with database.read() as db:
        return await messages.list_after(db, conversation_id, 0)


async def test_a_retry_returns_the_first_row(any_database: Database, clock: FakeClock) -> None:
    chat = await new_conversation(any_database, clock)
    rows = [await post(any_database, clock, chat, "hello", ID) for _ in range(4)]
    assert {row.id for row in rows} == {rows[0].id}
    assert [m.seq for m in await all_of(any_database, chat)] == [1]


async def test_concurrent_retries_make_one_row(any_database: Database, clock: FakeClock) -> None:
    chat = await new_conversation(any_database, clock)
    rows = await asyncio.gather(*(post(any_database, clock, chat, "hi", ID) for _ in range(8)))
    assert len({row.id for row in rows}) == 1
    assert len(await all_of(any_database, chat)) == 1


async def test_the_same_id_with_another_body_is_an_error(
    database: Database, clock: FakeClock
) -> None:
    chat = await new_conversation(database, clock)
    await post(database, clock, chat, "hello", ID)
    with pytest.raises(ClientIdReused):
        await post(database, clock, chat, "goodbye", ID)
    assert len(await all_of(database, chat)) == 1


async def test_a_client_id_counts_within_its_conversation_only(
    database: Database, clock: FakeClock
) -> None:
    for chat in [await new_conversation(database, clock) for _ in range(2)]:
        await post(database, clock, chat, "hello", ID)
        assert len(await all_of(database, chat)) == 1


async def test_numbers_have_no_holes_and_no_twins(any_database: Database, clock: FakeClock) -> None:
    chat = await new_conversation(any_database, clock)

    async def one(n: int) -> None:
        with suppress(EmptyMessage):  # a refused message takes no number
            await post(any_database, clock, chat, "" if n % 3 == 0 else f"m{n}", f"client-{n:04d}")

    await asyncio.gather(*(one(n) for n in range(30)))
    assert [m.seq for m in await all_of(any_database, chat)] == list(range(1, 21))


@pytest.mark.parametrize(
    "words", ["", "  \n\t ", "\u200b\u200d", "\x00\x01\x1f", "\u202e", "\ud800"]
)
async def test_nothing_visible_is_empty(database: Database, clock: FakeClock, words: str) -> None:
    chat = await new_conversation(database, clock)
    with pytest.raises(EmptyMessage):
        await post(database, clock, chat, words, ID)


@pytest.mark.parametrize("words", ["x" * 100_000, "🎉" * 10_000, "x" * 2001])
async def test_too_long_is_refused(database: Database, clock: FakeClock, words: str) -> None:
    chat = await new_conversation(database, clock)
    with pytest.raises(TooLarge):
        await post(database, clock, chat, words, ID)


@pytest.mark.parametrize(
    "words",
    ["שלום, איפה ההזמנה שלי?", "<script>alert(1)</script>", "👩‍👩‍👧", "'; DROP TABLE messages; --"],
)
async def test_words_are_stored_as_they_are(
    database: Database, clock: FakeClock, words: str
) -> None:
    chat = await new_conversation(database, clock)
    assert (await post(database, clock, chat, words, ID)).text == words


async def test_control_characters_and_surrogates_are_dropped(
    database: Database, clock: FakeClock
) -> None:
    chat = await new_conversation(database, clock)
    row = await post(database, clock, chat, "a\x00b\ud800c\r\nd\x1b[0m\u202e", ID)
    assert row.text == "abc\nd[0m"


@given(st.text(st.characters(codec=None)))
def test_clean_text_is_safe_and_stays_as_it_is(words: str) -> None:
    cleaned = text.clean(words)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert text.clean(cleaned) == cleaned
    assert not Counter(cleaned) - Counter(words + "\n" * len(words))

"""What may be put into the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.database import Database
from server.errors import Invalid, TooLarge
from server.mail import outbox
from server.mail.models import Mail
from server.settings import Settings
from tests.support import FakeClock

GOOD: dict[str, Any] = {"key": "a", "to": "ada@shop.example", "subject": "Hello", "text": "Hi"}


async def put(database: Database, clock: FakeClock, **more: Any) -> None:
    async with database.write() as db:
        await outbox.enqueue(db, clock, **{**GOOD, **more})


async def rows(database: Database) -> list[Mail]:
    async with database.read() as db:
        return list(await db.scalars(select(Mail)))


async def test_the_same_occasion_is_mailed_once(any_database: Database, clock: FakeClock) -> None:
    await put(any_database, clock)
    await put(any_database, clock, text="Another text")
    await put(any_database, clock, key="b")
    assert sorted((mail.key, mail.text) for mail in await rows(any_database)) == [
        ("a", "Hi"),
        ("b", "Hi"),
    ]


async def test_what_is_rolled_back_is_not_mailed(database: Database, clock: FakeClock) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as db:
            await outbox.enqueue(db, clock, **GOOD)
            raise RuntimeError
    assert await rows(database) == []


HOSTILE: list[dict[str, Any]] = [
    {"subject": "Hello\r\nBcc: everybody@shop.example"},
    {"subject": "Hello\u2028Bcc: everybody@shop.example"},
    {"subject": "  "},
    {"to": "ada@shop.example\nBcc: eve@shop.example"},
    {"to": "ada@shop.example, eve@shop.example"},
    {"to": "Ada <ada@shop.example>"},
    {"to": "ada"},
    {"to": ""},
    {"to": "ada@"},
    {"to": "ada@" + "a" * 250 + ".example"},
    {"headers": {"Bcc": "eve@shop.example"}},
    {"headers": {"From": "eve@shop.example"}},
    {"headers": {"Content-Type": "text/html"}},
    {"headers": {"X-A: b\r\nBcc": "eve@shop.example"}},
    {"headers": {"X-A": "b\r\nBcc: eve@shop.example"}},
]


async def test_nothing_is_smuggled_into_the_headers(database: Database, clock: FakeClock) -> None:
    for hostile in HOSTILE:
        with pytest.raises(Invalid):
            await put(database, clock, **hostile)
    assert await rows(database) == []


LARGE: list[dict[str, Any]] = [
    {"key": "k" * 121},
    {"subject": "s" * 201},
    {"text": "t" * 100_001},
    {"html": "t" * 100_001},
    {"headers": {"X-A": "v" * 501}},
    {"headers": {f"X-{letter}": "v" for letter in "abcdefghijk"}},
]


async def test_a_mail_has_limits(database: Database, clock: FakeClock) -> None:
    for large in LARGE:
        with pytest.raises(TooLarge):
            await put(database, clock, **large)


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(ValueError, match="HANDRAIL_MAIL_FROM"):
        Settings(environment="test", smtp_host="mail.shop.example", _env_file=None)
    assert not Settings(environment="test", _env_file=None).mail_on

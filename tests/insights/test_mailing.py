"""The digest by mail: on Monday morning of the house, once to each address, whoever looks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from insights.digest.mailing import DigestMail, due
from server.database import Database
from server.mail.models import Mail
from server.settings import Settings
from tests.insights.conftest import made
from tests.insights.house import WEEK
from tests.support import FakeClock

BRUSSELS, SYDNEY, LIMA = (
    ZoneInfo("Europe/Brussels"),
    ZoneInfo("Australia/Sydney"),
    ZoneInfo("America/Lima"),
)
SEVEN = datetime(2026, 3, 9, 6, tzinfo=UTC)
"""Monday, 07:00 in Brussels."""


class House:
    def __init__(self, zone: tzinfo = BRUSSELS) -> None:
        self._zone = zone

    async def zone(self) -> tzinfo:
        return self._zone


def settings(**values: str) -> Settings:
    given = {
        "environment": "test", "smtp_host": "mail.example", "mail_from": "help@shop.example",
        "public_url": "https://help.example.com",
        "digest_to": "ada@shop.example, bob@shop.example", **values,
    }  # fmt: skip
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def mailing(database: Database, clock: FakeClock, **values: str) -> DigestMail:
    return DigestMail(database, clock, settings(**values), made(database, clock), House())


async def mails(database: Database) -> list[Mail]:
    async with database.read() as db:
        return list(await db.scalars(select(Mail).order_by(Mail.to)))


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        (BRUSSELS, SEVEN),
        (LIMA, datetime(2026, 3, 9, 12, tzinfo=UTC)),
        # Monday 07:00 in Sydney is Sunday evening in UTC: the week goes on till midnight.
        (SYDNEY, datetime(2026, 3, 9, tzinfo=UTC)),
    ],
)
def test_it_is_due_on_monday_at_seven_by_the_houses_clock(zone: tzinfo, begins: datetime) -> None:
    second = timedelta(seconds=1)
    assert due(begins - second, zone) is None
    assert due(begins, zone) == WEEK
    assert due(begins + timedelta(hours=24) - second, zone) == WEEK
    assert due(begins + timedelta(hours=24), zone) is None


async def test_each_address_gets_the_week_once(database: Database, clock: FakeClock) -> None:
    one, other = mailing(database, clock), mailing(database, clock)
    clock.moment = SEVEN - timedelta(minutes=1)
    assert not await one.step()
    clock.moment = SEVEN
    assert await one.step()
    assert not await one.step()
    await other.step()
    clock.advance(3600)
    await mailing(database, clock).step()  # after a restart
    found = await mails(database)
    assert [mail.to for mail in found] == ["ada@shop.example", "bob@shop.example"]
    for mail in found:
        assert mail.subject == "Digest, week 10, 2026: nothing to mend"
        assert "https://help.example.com/staff/insights/digest?week=2026-W10" in mail.text
        assert mail.html is not None
        assert "<h1>Digest, week 2026-W10" in mail.html
    clock.moment = SEVEN + timedelta(days=7)
    assert await other.step()
    assert len(await mails(database)) == 4


async def test_two_processes_at_the_same_moment_write_it_once(
    postgres: Database, clock: FakeClock
) -> None:
    clock.moment = SEVEN
    await asyncio.gather(*(mailing(postgres, clock).step() for _ in range(4)))
    assert len(await mails(postgres)) == 2


async def test_without_an_address_nobody_looks(database: Database, clock: FakeClock) -> None:
    clock.moment = SEVEN
    quiet = mailing(database, clock, digest_to="")
    quiet.start()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "digest-mail"]
    await quiet.stop()
    loud = mailing(database, clock)
    loud.start()
    (task,) = [task for task in asyncio.all_tasks() if task.get_name() == "digest-mail"]
    await loud.stop()
    assert task.done()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"smtp_host": ""}, "HANDRAIL_SMTP_HOST"),
        ({"digest_to": "ada@shop.example, nobody"}, "'nobody' is not"),
        ({"digest_to": "Ada <ada@shop.example>"}, "is not an e-mail address"),
    ],
)
def test_settings_that_can_not_be_mailed_with_are_refused(
    values: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**values)


def test_an_address_that_is_named_twice_is_one() -> None:
    assert settings(digest_to=" a@x.example,,b@x.example, a@x.example").digest_addresses == (
        "a@x.example",
        "b@x.example",
    )

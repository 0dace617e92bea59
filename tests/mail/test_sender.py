"""The mailer against a real SMTP server."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from server.database import Database
from server.mail import outbox, sender
from server.mail.letter import NotSent
from server.mail.models import Mail
from server.mail.sender import Mailer
from tests.mail.conftest import MailHouse
from tests.support import FakeClock


async def put(
    database: Database, clock: FakeClock, to: str = "ada@shop.example", **more: Any
) -> None:
    async with database.write() as db:
        await outbox.enqueue(
            db, clock, **{"key": to, "to": to, "subject": "Hello", "text": "Hi", **more}
        )


async def only(database: Database) -> Mail:
    async with database.read() as db:
        return (await db.scalars(select(Mail))).one()


async def test_a_mail_arrives_whole(database: Database, clock: FakeClock, house: MailHouse) -> None:
    await put(
        database, clock, "ada@bücher.example",
        subject="Grüße – your answer", text="Zoë wrote:\n.\nAll good ✓\n" + "long " * 300,
        html="<p>Zoë wrote ✓</p>", headers={"References": "<first@fernway.example>"},
    )  # fmt: skip
    mailer = Mailer(database, clock, house.settings(mail_reply_to="desk@fernway.example"))
    assert await mailer.step() == 1
    [mail] = house.mails()
    row = await only(database)
    assert mail["To"] == "ada@xn--bcher-kva.example"
    assert mail["From"] == "Fernway <help@fernway.example>"
    assert mail["Subject"] == "Grüße – your answer"
    assert mail["Reply-To"] == "desk@fernway.example"
    assert mail["References"] == "<first@fernway.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{row.id}@fernway.example>"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content().replace("\r", "").startswith("Zoë wrote:\n.\nAll good ✓\nlong long")
    assert "<p>Zoë wrote ✓</p>" in html.get_content()
    assert (row.sent_at, row.next_try_at, row.problem) == (clock.now(), None, "")
    assert await mailer.step() == 0
    assert len(house.mails()) == 1


async def test_a_server_that_is_down_is_tried_again_when_it_is_up(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    house = MailHouse(tmp_path / "in")
    mailer = Mailer(database, clock, house.settings())
    await put(database, clock)
    assert await mailer.step() == 0
    row = await only(database)
    assert row.next_try_at == clock.now() + timedelta(seconds=30)
    assert row.problem
    house.start()
    try:
        assert await mailer.step() == 0  # not yet
        clock.advance(31)
        assert await mailer.step() == 1
    finally:
        house.stop()
    assert len(house.mails()) == 1
    assert (await only(database)).attempts == 2


async def test_a_temporary_refusal_waits_longer_each_time(
    database: Database, clock: FakeClock, house: MailHouse, mailer: Mailer
) -> None:
    (house.folder / "busy").touch()
    await put(database, clock, "busy@shop.example")
    pauses = []
    for _ in range(9):
        await mailer.step()
        due = (await only(database)).next_try_at
        assert due is not None
        pauses.append((due - clock.now()).total_seconds())
        clock.moment = due
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (await only(database)).problem.startswith("451")
    (house.folder / "busy").unlink()
    assert await mailer.step() == 1
    assert len(house.mails()) == 1


async def test_an_unknown_recipient_is_given_up_at_once(
    database: Database, clock: FakeClock, house: MailHouse, mailer: Mailer
) -> None:
    await put(database, clock, "gone@shop.example")
    with capture_logs() as logs:
        await mailer.step()
    row = await only(database)
    assert (row.next_try_at, row.sent_at, row.attempts) == (None, None, 1)
    assert row.problem.startswith("550")
    [line] = [line for line in logs if line["event"] == "mail_given_up"]
    assert "gone@" not in str(line)  # addresses are no business of the log


async def test_after_the_last_attempt_it_is_given_up(
    database: Database, clock: FakeClock, house: MailHouse
) -> None:
    async def never(*_: object) -> None:
        raise NotSent("no way")

    mailer = Mailer(database, clock, house.settings(), deliver=never)
    await put(database, clock)
    for _ in range(sender.ATTEMPTS):
        await mailer.step()
        clock.advance(3600)
    row = await only(database)
    assert (row.attempts, row.next_try_at, row.problem) == (sender.ATTEMPTS, None, "no way")


async def test_a_process_killed_before_the_mark_repeats_the_mail_recognisably(
    database: Database, clock: FakeClock, house: MailHouse
) -> None:
    """The edge of at least once: the server has the mail, and nobody lived to write that down."""
    await put(database, clock, "slow@shop.example")
    killed = asyncio.create_task(Mailer(database, clock, house.settings()).step())
    async with asyncio.timeout(10):
        while not house.mails():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    sent: list[Mail] = []

    async def keep(mail: Mail, _: object) -> None:
        sent.append(mail)

    other = Mailer(database, clock, house.settings(), deliver=keep)
    assert await other.step() == 0  # the claim of the dead one still holds
    clock.advance(sender.LEASE.total_seconds() + 1)
    assert await other.step() == 1
    [first] = house.mails()
    assert first["Message-ID"] == f"<{sent[0].id}@fernway.example>"
    assert (await only(database)).sent_at == clock.now()


async def test_two_processes_never_send_one_mail_twice(
    any_database: Database, clock: FakeClock, house: MailHouse
) -> None:
    for number in range(12):
        await put(any_database, clock, f"c{number}@shop.example")
    mailers = [Mailer(any_database, clock, house.settings()) for _ in range(3)]
    sent = await asyncio.gather(*(mailer.step() for mailer in mailers))
    assert sum(sent) == 12
    assert sorted(str(mail["To"]) for mail in house.mails()) == sorted(
        f"c{number}@shop.example" for number in range(12)
    )


async def test_a_late_answer_of_a_lapsed_claim_changes_nothing(
    database: Database, clock: FakeClock, house: MailHouse, mailer: Mailer
) -> None:
    async def hang(mail: Mail, _: object) -> None:
        clock.advance(sender.LEASE.total_seconds() + 1)
        assert await mailer.step() == 1  # another process, meanwhile
        raise NotSent("timeout")

    await put(database, clock)
    assert await Mailer(database, clock, house.settings(), deliver=hang).step() == 0
    row = await only(database)
    assert row.sent_at is not None
    assert (row.next_try_at, row.problem) == (None, "")


async def test_what_waits_long_is_said_in_the_log(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    mailer = Mailer(database, clock, MailHouse(tmp_path).settings())
    await put(database, clock)
    clock.advance(900)
    with capture_logs() as logs:
        await mailer.step()
    [line] = [line for line in logs if line["event"] == "mail_waits"]
    assert (line["count"], line["oldest_seconds"]) == (1, 900)


async def test_old_mails_are_forgotten(
    database: Database, clock: FakeClock, house: MailHouse, mailer: Mailer
) -> None:
    await put(database, clock)
    await mailer.step()
    clock.advance(sender.KEPT.total_seconds() + 1)
    await mailer.step()
    async with database.read() as db:
        assert (await db.scalars(select(Mail))).all() == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("certificate")
    names = [str(folder / "house.pem"), str(folder / "house.key")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-out", names[0], "-keyout", names[1]],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return names


async def test_starttls_sends_over_an_encrypted_line_and_only_to_whom_it_trusts(
    database: Database, clock: FakeClock, tmp_path: Path, certificate: list[str]
) -> None:
    (tmp_path / "in").mkdir()
    house = MailHouse(tmp_path / "in", certificate=certificate)
    house.start()
    try:
        await put(database, clock)
        plain = Mailer(database, clock, house.settings())
        assert await plain.step() == 0  # this server wants STARTTLS first
        clock.advance(60)
        strange = Mailer(database, clock, house.settings(smtp_security="starttls"))
        assert await strange.step() == 0  # nobody vouches for its certificate
        assert house.mails() == []
        clock.advance(600)
        trusting = house.settings(smtp_security="starttls", smtp_ca_file=certificate[0])
        assert await Mailer(database, clock, trusting).step() == 1
    finally:
        house.stop()
    assert len(house.mails()) == 1
    assert (house.folder / "encrypted").exists()

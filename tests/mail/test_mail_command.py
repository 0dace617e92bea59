"""`./handrail mail test ADDRESS`."""

from __future__ import annotations

import pytest
import typer

from server.commands.mail import send_test
from server.settings import Settings
from tests.mail.conftest import MailHouse


async def test_it_sends_one_mail_and_says_so(
    house: MailHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    await send_test(house.settings(), "ada@shop.example")
    assert [mail["To"] for mail in house.mails()] == ["ada@shop.example"]
    assert f"127.0.0.1:{house.port}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "says"), [("gone@shop.example", "550 5.1.1"), ("ada", "not an e-mail address")]
)
async def test_a_refusal_is_told_in_the_servers_words(
    house: MailHouse, capsys: pytest.CaptureFixture[str], address: str, says: str
) -> None:
    with pytest.raises(typer.Exit):
        await send_test(house.settings(), address)
    assert says in capsys.readouterr().err


async def test_without_a_server_it_says_that_mail_is_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit):
        await send_test(Settings(environment="test", _env_file=None), "ada@shop.example")
    assert "HANDRAIL_SMTP_HOST" in capsys.readouterr().err

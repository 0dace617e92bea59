"""A real SMTP server in a process of its own."""

from __future__ import annotations

import email
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from server.mail.sender import Mailer
from server.settings import Settings
from server.trial import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class MailHouse:
    folder: Path
    port: int = field(default_factory=free_port)
    certificate: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.mail.smtp_house",
                str(self.port),
                str(self.folder),
                *self.certificate,
            ],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.025)
        raise TimeoutError("the mail server did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def mails(self) -> list[EmailMessage]:
        """What was taken, in no order."""
        found = []
        for path in self.folder.glob("*.eml"):
            made = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(made, EmailMessage)
            found.append(made)
        return found

    def settings(self, **more: Any) -> Settings:
        values = {
            "environment": "test",
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "smtp_security": "none",
            "mail_from": "Fernway <help@fernway.example>",
            "public_url": "https://help.fernway.example",
            "rasa_token": "r" * 32,
            "channel_secret": "c" * 32,
            "first_password": "p" * 32,
        }
        return Settings(_env_file=None, **{**values, **more})


@pytest.fixture(scope="session")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailHouse]:
    made = MailHouse(tmp_path_factory.mktemp("mails"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def house(running_house: MailHouse) -> MailHouse:
    """The one that runs already, with nothing in it."""
    for path in running_house.folder.iterdir():
        path.unlink()
    return running_house


@pytest.fixture
def mailer(house: MailHouse, database: Any, clock: Any) -> Mailer:
    return Mailer(database, clock, house.settings())

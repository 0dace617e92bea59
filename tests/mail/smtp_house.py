"""A mail server of its own, for tests: `python -m tests.mail.smtp_house PORT FOLDER [CERTIFICATE KEY]`.

Every mail it takes becomes a file in FOLDER. What it does is decided by the recipient's name: `gone` is unknown
(550), `busy` is to come back later (451) while FOLDER/busy exists, and `slow` is written down, but the answer
that it was taken comes never.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import uuid
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class House:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        name = address.partition("@")[0]
        if name == "gone":
            return f"550 5.1.1 <{address}> is unknown here"
        if name == "busy" and (self.folder / "busy").exists():
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        assert isinstance(content, bytes)
        part = self.folder / f"{uuid.uuid4().hex}.part"
        part.write_bytes(content)
        part.rename(part.with_suffix(".eml"))
        if session.ssl is not None:
            (self.folder / "encrypted").touch()
        if any(to.startswith("slow@") for to in envelope.rcpt_tos):
            await asyncio.sleep(3600)
        return "250 OK"


async def serve(port: int, folder: Path, certificate: list[str]) -> None:
    trust = None
    if certificate:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(*certificate)
    house = House(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            house,
            hostname="house",
            tls_context=trust,
            require_starttls=bool(trust),
            enable_SMTPUTF8=True,
        ),
        "127.0.0.1",
        port,
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))

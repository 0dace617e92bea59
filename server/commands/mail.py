"""``handrail mail``: whether the settings reach a mail server that takes what we send."""

from __future__ import annotations

import uuid

import typer

from server.clock import Clock, SystemClock
from server.errors import HandrailError
from server.mail import letter, outbox
from server.mail.models import Mail
from server.settings import Settings


async def send_test(settings: Settings, address: str, clock: Clock | None = None) -> None:
    """Send one mail at once, past the outbox; a refusal ends the command with the server's own words."""
    if not settings.mail_on:
        typer.echo(
            "Mail is off: HANDRAIL_SMTP_HOST is empty. Customers are promised no mail.", err=True
        )
        raise typer.Exit(1)
    where = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
    try:
        mail = Mail(
            id=uuid.uuid4(),
            key="test",
            to=outbox.address(address),
            subject="A test of Handrail's mail",
            text=f"This mail came by {where}. Customers who left their address can be answered.\n",
            headers={},
            created_at=(clock or SystemClock()).now(),
        )
        await letter.deliver(mail, settings)
    except (HandrailError, letter.NotSent) as error:
        typer.echo(f"Not sent by {where}: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Taken by {where}: look into {mail.to}. Message-ID begins with {mail.id}.")

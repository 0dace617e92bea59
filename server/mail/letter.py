"""A row of the outbox as an e-mail, and its way to the house's mail server."""

from __future__ import annotations

import asyncio
import ssl
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from server.mail.models import Mail
from server.settings import Settings

SEND_SECONDS = 60.0
CONNECT_SECONDS = 15.0


class NotSent(Exception):
    """The mail was not taken. ``final``: trying again would not help, the address itself is refused."""

    def __init__(self, problem: str, *, final: bool = False) -> None:
        super().__init__(problem)
        self.final = final


def letter(mail: Mail, settings: Settings) -> EmailMessage:
    """The e-mail; its Message-ID comes from the row's id, so a repeat can be recognised as one.

    Raises:
        ValueError: a header can't be written.
    """
    made = EmailMessage(policy=policy.SMTP)
    name, sender = parseaddr(settings.mail_from)
    made["From"] = Address(display_name=name, addr_spec=sender)
    made["To"] = Address(addr_spec=mail.to)
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(mail.created_at)
    made["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    if settings.mail_reply_to:
        made["Reply-To"] = settings.mail_reply_to
    # Holiday notices and the like are not to answer this.
    made["Auto-Submitted"] = "auto-generated"
    for header, value in mail.headers.items():
        made[header] = value
    made.set_content(mail.text, charset="utf-8")
    if mail.html:
        made.add_alternative(mail.html, subtype="html", charset="utf-8")
    return made


async def deliver(mail: Mail, settings: Settings) -> None:
    """Hand one mail to the mail server of the settings.

    Raises:
        NotSent: it was not taken; a reply that never came counts as not taken, too.
    """
    try:
        made = letter(mail, settings)
    except ValueError as error:
        raise NotSent("the mail can't be written", final=True) from error
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        tls_context=_trust(settings),
        timeout=CONNECT_SECONDS,
    )
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await client.connect()
            await client.send_message(made)
    except (SMTPException, OSError, TimeoutError) as error:
        raise _not_sent(error) from error
    finally:
        # Without a QUIT, which would wait for an answer of a server that may have none: the mail is settled.
        client.close()


def _trust(settings: Settings) -> ssl.SSLContext | None:
    """Whose certificates are believed: the system's, or the house's own authority besides."""
    if settings.smtp_security == "none":
        return None
    trust = ssl.create_default_context()
    if settings.smtp_ca_file:
        trust.load_verify_locations(settings.smtp_ca_file)
    return trust


def _not_sent(error: Exception) -> NotSent:
    """Only what is said of the recipient or the content is final: a wrong password is ours to mend."""
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, SMTPResponseException):
        about_it = isinstance(error, SMTPRecipientRefused | SMTPDataError)
        return NotSent(f"{error.code} {error.message}", final=about_it and error.code >= 500)
    final = isinstance(error, SMTPNotSupported)  # such as letters that its server can't carry
    return NotSent(f"{type(error).__name__}: {error}", final=final)

"""What is to be mailed, written in the transaction of what it is about; `server.mail.sender` sends it."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import timedelta
from email.headerregistry import Address

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Clock
from server.errors import Invalid, TooLarge
from server.mail.models import Mail

KEY_LIMIT, SUBJECT_LIMIT, HEADER_LIMIT = 120, 200, 500
TEXT_LIMIT = 100_000
"""Characters of the text, and of the HTML."""
HEADERS = 10
# The sender writes these itself; another of them would be somebody else's letter in our envelope.
_OURS = re.compile(
    r"^(?:from|to|cc|bcc|subject|date|sender|reply-to|return-path|message-id|mime-version|content-.*)$"
)
_NAME = re.compile(r"^[A-Za-z][A-Za-z-]{0,59}$")


async def enqueue(
    db: AsyncSession,
    clock: Clock,
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Have this mailed once the caller's transaction has committed; a key that is known changes nothing.

    ``key`` names the occasion, such as ``promise:<id>``. Whether mail is set up at all
    (`Settings.mail_on`) is the caller's to ask: without it the row would wait for ever.

    Raises:
        Invalid: the address is none, or a line break or control character hides in address, subject or headers.
        TooLarge: key, subject, text, HTML or headers are longer than a mail of ours ever is.
    """
    if not key or len(key) > KEY_LIMIT or len(subject) > SUBJECT_LIMIT:
        raise TooLarge("The key or the subject of a mail is too long.")
    if len(text) > TEXT_LIMIT or len(html or "") > TEXT_LIMIT:
        raise TooLarge("A mail is too long.")
    if not subject.strip() or _hidden(subject):
        raise Invalid("A subject is one line that can be seen.")
    extra = dict(headers or {})
    _check_headers(extra)
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    now = clock.now()
    statement = insert(Mail).values(
        id=uuid.uuid4(),
        key=key,
        to=address(to),
        subject=subject.strip(),
        text=text,
        html=html,
        headers=extra,
        attempts=0,
        next_try_at=now,
        problem="",
        created_at=now,
    )
    await db.execute(statement.on_conflict_do_nothing(index_elements=[Mail.key]))


def address(text: str) -> str:
    """One e-mail address, bare, its host in the letters that mail servers read.

    >>> address("ada@bücher.example")
    'ada@xn--bcher-kva.example'

    Raises:
        Invalid: it is none, or more than one.
    """
    if _hidden(text) or len(text) > 254:
        raise Invalid("This is not an e-mail address.")
    try:
        local, _, host = text.strip().rpartition("@")
        found = Address(addr_spec=f"{local}@{host.encode('idna').decode('ascii')}")
    except Exception as error:  # the parser of addresses raises many kinds
        raise Invalid("This is not an e-mail address.") from error
    if not found.username or not found.domain or len(found.addr_spec) > 254:
        raise Invalid("This is not an e-mail address.")
    return found.addr_spec


def reachable(text: str) -> bool:
    """Whether `enqueue` takes this address; not all that people type, or sites sign, can be mailed to."""
    try:
        address(text)
    except Invalid:
        return False
    return True


async def written_to(db: AsyncSession, clock: Clock, to: str, within: timedelta) -> int:
    """How many mails this address was meant to get lately: for a limit on what a stranger can cause.

    However it is written: "Eve@" and "eve@" are one person nearly everywhere.
    """
    found = await db.execute(
        select(func.count())
        .select_from(Mail)
        .where(func.lower(Mail.to) == address(to).lower(), Mail.created_at > clock.now() - within)
    )
    return found.scalar_one()


async def counted(
    db: AsyncSession, clock: Clock, begins: str, within: timedelta, *, to: str | None = None
) -> int:
    """How many mails whose key begins so were written lately, or those of them to this address."""
    asked = (
        select(func.count())
        .select_from(Mail)
        .where(Mail.key.startswith(begins, autoescape=True), Mail.created_at > clock.now() - within)
    )
    if to is not None:
        asked = asked.where(func.lower(Mail.to) == address(to).lower())
    return (await db.execute(asked)).scalar_one()


def _check_headers(headers: Mapping[str, str]) -> None:
    if len(headers) > HEADERS:
        raise TooLarge("A mail has too many headers.")
    for name, value in headers.items():
        if not _NAME.match(name) or _OURS.match(name.lower()) or _hidden(value):
            raise Invalid(f"The header {name[:60]!r} can't be set.")
        if len(value) > HEADER_LIMIT:
            raise TooLarge("A header of a mail is too long.")


def _hidden(text: str) -> bool:
    """Whether a control character, a line break above all, is in it: how headers are smuggled in."""
    return any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in text)

"""A customer's own chat by e-mail, to an address that they type: nothing is proven by it.

So the mail holds no way into the chat, few are sent, and it says why it came.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages, transcript, visitors
from conversations.errors import MailOff, NothingToSave, TooManyTranscripts
from conversations.guards import Needs
from conversations.house import ChatSettings
from conversations.models import Visitor
from server.mail.outbox import TEXT_LIMIT, counted, enqueue
from server.mail.outbox import address as read_address

A_DAY = timedelta(days=1)
A_VISITOR, AN_ADDRESS = 3, 5
"""So many a day; whoever types a stranger's address can't have them flooded, by one visitor or by many."""
_KEY = "transcript:"


async def send(
    db: AsyncSession,
    room: Needs,
    house: ChatSettings,
    visitor: Visitor,
    email: str,
    *,
    language: str,
    address: str,
) -> None:
    """Put the chat into the outbox; within a day the same chat to the same address again is one mail.

    ``address`` is where the request came from.

    Raises:
        MailOff: the house has no mail server, or wants none of these sent. Invalid: this is no e-mail address.
        NothingToSave: nobody has answered in this chat yet.
        TooManyTranscripts: this visitor, or this address, had as many as it gets in a day.
        TooMany: as many were asked for from where this request came.
    """
    if not room.settings.mail_on or not house.transcript:
        raise MailOff()
    to = read_address(visitors.email_of(email))
    found = await visitors.conversation_of(db, visitor.id)
    # Two requests at the same moment count each other.
    conversation = await messages.lock(db, found.id)
    read = await transcript.read(
        db, conversation.id, now=room.clock.now(), zone=visitor.zone, language=language,
        base=room.settings.base_url,
    )  # fmt: skip
    if not read.answered:
        # Else the chat would be a way to mail anything to anybody.
        raise NothingToSave()
    mine = f"{_KEY}{conversation.id}:"
    same = f"{mine}{read.last_seq}:{hashlib.sha256(to.lower().encode()).hexdigest()[:16]}:"
    if await counted(db, room.clock, same, A_DAY):
        return
    if (
        await counted(db, room.clock, mine, A_DAY) >= A_VISITOR
        or await counted(db, room.clock, _KEY, A_DAY, to=to) >= AN_ADDRESS
    ):
        raise TooManyTranscripts()
    room.limits.take("transcript_mail", address)
    why = read.words.why.format(site=room.settings.base_url)
    short = transcript.shorter(read, TEXT_LIMIT - 2000)
    # The outbox takes a key once in a month; whoever has deleted the mail may ask for it again tomorrow.
    key = f"{same}{room.clock.now():%Y-%m-%d}"
    await enqueue(
        db, room.clock, key=key, to=to, subject=read.words.title,
        text=transcript.as_text(short, why), html=transcript.as_html(short, why),
    )  # fmt: skip

"""Agents' answers that no screen of the customer has shown: mailed once they have been quiet for a while."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from conversations import messages, resume, seen
from conversations.models import Author, Conversation, Message, Seen
from handoff import journal
from handoff.models import Handoff
from handoff.promises import words
from server.clock import Clock
from server.mail.outbox import enqueue, written_to
from server.settings import Settings

log = structlog.get_logger(__name__)

QUIET = timedelta(minutes=2)
CLOSED_LATELY = timedelta(days=1)
"""An agent answers and closes the case: the answer is mailed all the same."""
MAILED = "mailed"
"""The side of `Seen` that says up to where a chat has been mailed."""
A_DAY = timedelta(days=1)
MAILS_A_DAY = 20
"""To one address: whoever types a stranger's can't have them flooded."""


async def waiting(db: AsyncSession, clock: Clock) -> Sequence[uuid.UUID]:
    """Chats with a burst of answers that is over, was seen on no screen, and has not been mailed."""
    now = clock.now()
    newest = (
        select(Message.conversation_id)
        .join(Handoff, Handoff.conversation_id == Message.conversation_id)
        .where(
            Handoff.contact_email.is_not(None),
            or_(
                Handoff.closed_at.is_(None),
                Handoff.closed_at > now - CLOSED_LATELY,
                Handoff.told_at > now - CLOSED_LATELY,
            ),
            _unread(),
        )
        .group_by(Message.conversation_id)
        .having(func.max(Message.created_at) <= now - QUIET)
    )
    return (await db.scalars(newest)).all()


_Own = aliased(Message)


def _unread() -> ColumnElement[bool]:
    """An agent's message that the customer has not seen, not answered, and was not mailed."""
    reached = (
        select(func.coalesce(func.max(Seen.seq), 0))
        .where(
            Seen.conversation_id == Message.conversation_id,
            Seen.side.in_((seen.CUSTOMER, MAILED)),
        )
        .correlate(Message)
        .scalar_subquery()
    )
    # Who writes has seen what stands above.
    wrote = (
        select(func.coalesce(func.max(_Own.seq), 0))
        .where(_Own.conversation_id == Message.conversation_id, _Own.author == Author.CUSTOMER)
        .correlate(Message)
        .scalar_subquery()
    )
    return and_(
        Message.author == Author.AGENT,
        Message.created_at >= Handoff.requested_at,
        Message.seq > reached,
        Message.seq > wrote,
    )


async def mail(
    db: AsyncSession, clock: Clock, settings: Settings, conversation_id: uuid.UUID
) -> bool:
    """Put one mail with the unseen answers into the outbox; returns whether it was this call.

    Under the conversation's lock the mark moves and the mail is written in one transaction, so two processes
    never write two mails of one burst.
    """
    conversation = await messages.lock(db, conversation_id)
    handoff = await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.contact_email.is_not(None))
        .order_by(Handoff.epoch.desc())
        .limit(1)
    )
    if handoff is None or handoff.contact_email is None:
        return False
    said = await _unseen(db, conversation, handoff)
    if not said or said[-1].created_at > clock.now() - QUIET:
        return False  # seen meanwhile, or the agent writes on
    last = said[-1].seq
    if not await seen.mark(db, clock, conversation_id, MAILED, last):
        return False
    if await written_to(db, clock, handoff.contact_email, A_DAY) >= MAILS_A_DAY:
        log.warning("mail_limit", handoff=str(handoff.id))
        return False
    token = await resume.issue(db, clock, conversation.visitor_id)
    written = words.answer_mail(
        [(message.agent_name or "Our team", message.text) for message in said],
        link_of(settings, token),
        settings.mail_reply_to,
    )
    await enqueue(
        db, clock, key=f"answer:{conversation_id}:{last}", to=handoff.contact_email,
        subject=written.subject, text=written.text, html=written.html,
    )  # fmt: skip
    journal.note(db, clock, handoff, "mailed", messages=len(said))
    return True


async def _unseen(
    db: AsyncSession, conversation: Conversation, handoff: Handoff
) -> Sequence[Message]:
    found = await db.scalars(
        select(Message)
        .join(Handoff, Handoff.id == handoff.id)
        .where(Message.conversation_id == conversation.id, _unread())
        .order_by(Message.seq)
    )
    return found.all()


def link_of(settings: Settings, token: str) -> str:
    """The chat on a page of ours, with the token where no server sees it."""
    return f"{settings.base_url}/help/chat/open#{resume.FRAGMENT}={token}"

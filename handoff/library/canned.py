"""Canned replies: the house's own sentences, kept as rows; replies.yml is what a new house starts with."""

from __future__ import annotations

import uuid
from functools import cache

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.library import variables
from handoff.library.inputs import ReplyChange
from handoff.library.models import CannedReply
from handoff.replies import Template, load
from handoff.teams.languages import named
from server.auth import Role, Staff
from server.clock import Clock
from server.errors import Conflict, Forbidden, NotFound

SHIPPED_BY = "handrail"
MOST = 500
HOUSE = "en"
"""Active replies of a house: what a list and a picker can show."""


class ShortcutTaken(Conflict):
    code = "shortcut_taken"


class TooManyReplies(Conflict):
    code = "too_many_replies"
    message = f"There are {MOST} replies already. Archive what nobody uses."


async def seed(db: AsyncSession, clock: Clock) -> None:
    """Put the shipped replies into an empty table, once; two processes that start together do it once."""
    if await db.scalar(select(CannedReply.id).limit(1)):
        return
    rows = [
        CannedReply(
            # The same ids everywhere: the second process meets the first one's rows.
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"handrail:reply:{one.title}"),
            title=one.title,
            text=one.text,
            reasons=sorted(one.reasons or ()),
            intents=sorted(one.intents or ()),
            minutes=one.minutes,
            by=SHIPPED_BY,
            at=clock.now(),
        )
        for one in load()
    ]
    try:
        async with db.begin_nested():
            db.add_all(rows)
            await db.flush()
    except IntegrityError:
        return


async def every(db: AsyncSession, *, q: str = "", archived: bool = False) -> list[CannedReply]:
    """The replies in the order they are offered; those whose title, text or shortcut holds every word."""
    found = await db.scalars(
        select(CannedReply).where(CannedReply.archived.is_(archived)).limit(4 * MOST)
    )
    words = q.casefold().split()
    kept = [
        reply
        for reply in found
        if all(word in f"{reply.title} {reply.shortcut or ''} {reply.text}".casefold() for word in words)
    ]  # fmt: skip
    return sorted(kept, key=_order)


async def templates(db: AsyncSession, language: str | None = None) -> tuple[Template, ...]:
    """The replies as `handoff.replies.suggest` takes them: in the customer's language (None: English), and
    behind them, marked as such, in English, which the assistant speaks and colleagues may write.

    A house that was never started has the shipped ones.
    """
    rows, own = await every(db), language or HOUSE
    if not rows and not await db.scalar(select(exists().where(CannedReply.id.is_not(None)))):
        return load()
    return tuple(
        Template(
            title=one.title,
            text=one.text,
            reasons=frozenset(one.reasons) or None,
            intents=frozenset(one.intents) or None,
            minutes=one.minutes,
            foreign=None if one.language == own else named(one.language),
        )
        for one in rows
        if one.language in (own, HOUSE)
    )


async def add(db: AsyncSession, clock: Clock, change: ReplyChange, by: Staff) -> CannedReply:
    """Raises:
    UnknownVariable: a blank that nobody can fill. ShortcutTaken. TooManyReplies.
    """
    count = await db.scalar(
        select(func.count()).select_from(CannedReply).where(CannedReply.archived.is_(False))
    )
    if (count or 0) >= MOST:
        raise TooManyReplies()
    reply = CannedReply(by=by.login, uses=0, archived=False)
    await _put(db, clock, reply, change)
    db.add(reply)
    await _flush(db, change)
    return reply


async def change(
    db: AsyncSession, clock: Clock, reply_id: uuid.UUID, change: ReplyChange, by: Staff
) -> CannedReply:
    """Raises:
    NotFound. Forbidden: it is somebody else's. Conflict: somebody was faster. And what `add` raises.
    """
    reply = await _own(db, reply_id, by)
    if change.seen is not None and change.seen != reply.at:
        raise Conflict()
    await _put(db, clock, reply, change)
    await _flush(db, change)
    return reply


async def set_archived(
    db: AsyncSession, clock: Clock, reply_id: uuid.UUID, archived: bool, by: Staff
) -> CannedReply:
    """Take a reply out of use, or back; an archived one gives its shortcut up.

    Raises:
        NotFound. Forbidden: it is somebody else's.
    """
    reply = await _own(db, reply_id, by)
    reply.archived, reply.at = archived, clock.now()
    if archived:
        reply.shortcut = None
    await db.flush()
    return reply


async def count_use(db: AsyncSession, reply_id: uuid.UUID) -> None:
    """Raises:
    NotFound.
    """
    await get(db, reply_id)
    await db.execute(
        update(CannedReply).where(CannedReply.id == reply_id).values(uses=CannedReply.uses + 1)
    )


async def get(db: AsyncSession, reply_id: uuid.UUID) -> CannedReply:
    """A reply in use.

    Raises:
        NotFound: unknown or archived.
    """
    reply = await db.get(CannedReply, reply_id)
    if reply is None or reply.archived:
        raise NotFound()
    return reply


def may_change(row_by: str, staff: Staff) -> bool:
    """Everybody changes their own; supervisors change all, and what was shipped."""
    return staff.may(Role.SUPERVISOR) or row_by == staff.login


async def _own(db: AsyncSession, reply_id: uuid.UUID, by: Staff) -> CannedReply:
    reply = await db.get(CannedReply, reply_id, with_for_update=True)
    if reply is None:
        raise NotFound()
    if not may_change(reply.by, by):
        raise Forbidden("A supervisor changes what others have written.")
    return reply


async def _put(db: AsyncSession, clock: Clock, reply: CannedReply, change: ReplyChange) -> None:
    variables.check(change.text)
    if change.shortcut is not None:
        holder = select(CannedReply.title).where(CannedReply.shortcut == change.shortcut)
        if reply.id is not None:
            holder = holder.where(CannedReply.id != reply.id)
        taken = await db.scalar(holder)
        if taken is not None:
            raise ShortcutTaken(f"/{change.shortcut} is “{taken}” already.")
    reply.title, reply.text, reply.shortcut = change.title, change.text, change.shortcut
    reply.reasons = [reason.value for reason in dict.fromkeys(change.reasons)]
    reply.intents = list(dict.fromkeys(change.intents))
    reply.language, reply.minutes, reply.at = change.language, change.minutes, clock.now()


async def _flush(db: AsyncSession, change: ReplyChange) -> None:
    try:
        async with db.begin_nested():
            await db.flush()
    except IntegrityError as error:  # somebody took the shortcut in this moment
        raise ShortcutTaken(f"/{change.shortcut} is taken already.") from error


@cache
def _shipped() -> dict[str, int]:
    return {one.title: place for place, one in enumerate(load())}


def _order(reply: CannedReply) -> tuple[int, int, str]:
    return (-reply.uses, _shipped().get(reply.title, 10_000), reply.title.casefold())

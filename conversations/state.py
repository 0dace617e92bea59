"""The `state` frame: who owns the chat now, and what the reader may do."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import participants
from conversations.desk import Desk, Standing
from conversations.episodes import RATEABLE
from conversations.frames import stamp
from conversations.models import Conversation, Episode, Owner
from server.auth import Staff
from server.errors import NotFound


async def get(db: AsyncSession, conversation_id: uuid.UUID) -> Conversation:
    """The conversation.

    Raises:
        NotFound: there is none with this id.
    """
    conversation = await db.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound()
    return conversation


async def state_of(
    db: AsyncSession, desk: Desk, conversation: Conversation, *, bot_ok: bool
) -> dict[str, Any]:
    """The state frame's content, as docs/frames.md lists it."""
    found = await db.scalars(
        select(Episode)
        .where(Episode.conversation_id == conversation.id)
        .order_by(Episode.number.desc())
        .limit(2)
    )
    latest = list(found)
    current = latest[0] if latest else None
    agent, others = None, []
    if conversation.owner is Owner.AGENT and conversation.agent_id is not None:
        others = await participants.names(db, conversation.id)
        agent = await db.scalar(select(Staff.name).where(Staff.id == conversation.agent_id))
    standing = Standing(position=None, wait_seconds=None, online=False, opens_at=None)
    if conversation.owner is not Owner.AGENT:
        standing = await desk.standing(db, conversation)
    closed = conversation.owner is Owner.CLOSED
    may_rate = (
        closed and current is not None and current.outcome in RATEABLE and current.rating is None
    )
    return {
        "type": "state",
        "owner": conversation.owner.value,
        "agent": agent,
        "others": others,
        "position": standing.position,
        "wait_seconds": standing.wait_seconds,
        "wait_low_seconds": standing.wait_low_seconds,
        "wait_high_seconds": standing.wait_high_seconds,
        "online": standing.online or conversation.owner is Owner.AGENT,
        "opens_at": stamp(standing.opens_at),
        "promised_at": stamp(standing.promised_at),
        "mail": standing.mail,
        "people": _people(standing, conversation.owner),
        "episode": conversation.episode,
        "stage": current.stage.value if current else None,
        "bot": "ok" if bot_ok else "down",
        "rateable": conversation.episode if may_rate else None,
        "rated": any(episode.rating is not None for episode in latest[: 1 if closed else 2]),
    }


def _people(standing: Standing, owner: Owner) -> dict[str, Any] | None:
    """Whether anybody is there, until or from when, and how soon they answer; None once a person has the chat."""
    if owner is Owner.AGENT:
        return None
    queued = owner is Owner.QUEUED
    return {
        "online": standing.online,
        "opens_at": stamp(standing.opens_at),
        "closes_at": stamp(standing.closes_at),
        "wait_seconds": standing.wait_seconds if queued else standing.expected_seconds,
    }

"""A stored episode as something to try again: what the customer said, masked, and which buttons were pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import speaking
from conversations.models import Author, Message, Turn
from server.errors import NotFound
from training.texts import prepare
from training.trying.walks import MESSAGES, Said


@dataclass(frozen=True)
class Stored:
    """One episode, up to the console's limit of messages."""

    said: tuple[Said, ...]
    intents: tuple[str | None, ...]
    """What each was understood as then."""
    left_out: int
    """Messages without anything readable, and those beyond the limit."""
    at: int | None
    """Place in `said` of the turn that was asked for."""


async def read_episode(db: AsyncSession, turn_id: UUID) -> Stored:
    """Return the episode of a turn.

    Raises:
        NotFound: there is no such turn.
    """
    asked = await db.get(Turn, turn_id)
    if asked is None:
        raise NotFound("There is no such message.")
    query = (
        select(Turn)
        .where(Turn.conversation_id == asked.conversation_id, Turn.episode == asked.episode)
        .order_by(Turn.first_seq, Turn.started_at)
    )
    turns = list(await db.scalars(query))
    presses = await _presses(db, asked.conversation_id, [turn.first_seq for turn in turns])
    rows = [(turn.id, turn.text, turn.parse, turn.intent) for turn in turns]
    # Masking takes a millisecond for each text: not on the event loop.
    texts = await asyncio.to_thread(_masked, [(text, parse) for _, text, parse, _ in rows])
    said: list[Said] = []
    intents: list[str | None] = []
    at = None
    for turn, text in zip(turns, texts, strict=True):
        words = presses.get(turn.first_seq) or text
        if not words or len(said) == MESSAGES:
            continue
        if turn.id == turn_id:
            at = len(said)
        said.append(Said(words))
        intents.append(turn.intent)
    return Stored(tuple(said), tuple(intents), len(turns) - len(said), at)


def _masked(texts: list[tuple[str, Mapping[str, Any]]]) -> list[str]:
    return [prepare(text, parse) for text, parse in texts]


async def _presses(db: AsyncSession, conversation_id: UUID, seqs: list[int]) -> dict[int, str]:
    """Return the payloads of the buttons among these messages."""
    query = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.author == Author.CUSTOMER,
        Message.seq.in_(seqs),
    )
    found: dict[int, str] = {}
    for message in await db.scalars(query):
        if "button" in message.payload:
            payload = await speaking.pressed(db, message)
            if payload:
                found[message.seq] = payload
    return found

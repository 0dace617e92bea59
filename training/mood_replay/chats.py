"""Past chats with their stored scores, read from the message log."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.messages import WORDS
from conversations.models import Author, Episode, Message, Turn, TurnState
from training.mood_replay.models import MoodScore
from training.mood_replay.replay import FRUSTRATION, Chat, Handed, Said
from understanding.frustration_version import scoring_version

#: So many chats at most, the newest.
HORIZON = 20_000
#: Chats read at a time, so that the event loop is free in between.
AT_ONCE = 200
ENCODER = 12

Key = tuple[uuid.UUID, int]


class Queued(NamedTuple):
    """The system's message that a chat went to the people."""

    seq: int
    reason: str


def version_of(versions: Mapping[str, Any]) -> str:
    """Return what gave a score: arithmetic, encoder and model."""
    encoder = str(versions.get("encoder") or "")[:ENCODER]
    return f"{versions.get('frustration') or ''}:{encoder}:{versions.get('model') or ''}"


async def present_version(db: AsyncSession, encoder: str) -> str:
    """Return what the model that answered last gives scores with, by this app's arithmetic and encoder."""
    query = (
        select(Turn.versions)
        .where(Turn.state == TurnState.DONE)
        .order_by(Turn.started_at.desc())
        .limit(1)
    )
    versions = await db.scalar(query) or {}
    ours = {"frustration": scoring_version(), "encoder": encoder, "model": versions.get("model")}
    return version_of(ours)


async def read(db: AsyncSession, since: datetime, version: str) -> list[Chat]:
    """Return the chats that began since then, the oldest first.

    Where a score was worked out again by `version`, and the stored one is missing or older, it counts.
    """
    query = (
        select(
            Episode.conversation_id,
            Episode.number,
            Episode.started_at,
            Episode.outcome,
            Episode.rating,
        )
        .where(Episode.started_at >= since)
        .order_by(Episode.started_at.desc())
        .limit(HORIZON)
    )
    episodes = list(reversed((await db.execute(query)).all()))
    found: list[Chat] = []
    for start in range(0, len(episodes), AT_ONCE):
        found += await _some(db, episodes[start : start + AT_ONCE], version)
        await asyncio.sleep(0)  # Rows become objects on the event loop: customers come in between.
    return found


async def _some(db: AsyncSession, episodes: Sequence[Any], version: str) -> list[Chat]:
    ids = list({episode.conversation_id for episode in episodes})
    said: dict[Key, list[Any]] = defaultdict(list)
    for row in (await db.execute(_turns(ids))).all():
        said[row.conversation_id, row.episode].append(row)
    events: dict[Key, Queued] = {}
    for row in (await db.execute(_events(ids))).all():
        payload = json.loads(row.payload or "{}") if "queued" in (row.payload or "") else {}
        if payload.get("event") == "queued":
            queued = Queued(row.seq, str(payload.get("reason") or ""))
            events.setdefault((row.conversation_id, row.episode), queued)
    typed: dict[Key, list[Any]] = defaultdict(list)
    upset = [key[0] for key, queued in events.items() if queued.reason == FRUSTRATION]
    if upset:
        for row in (await db.execute(_messages(upset))).all():
            typed[row.conversation_id, row.episode].append(row)
    again = {
        (row.conversation_id, row.first_seq): row.score
        for row in await db.execute(
            select(MoodScore.conversation_id, MoodScore.first_seq, MoodScore.score).where(
                MoodScore.version == version, MoodScore.conversation_id.in_(ids)
            )
        )
    }
    found = []
    for episode in episodes:
        key = (episode.conversation_id, episode.number)
        chat = _chat(episode, said[key], events.get(key), typed[key])
        if chat.said:  # An opened widget is no chat yet.
            found.append(_with(chat, again, version))
    return found


def _chat(episode: Any, turns: Sequence[Any], queued: Queued | None, typed: Sequence[Any]) -> Chat:
    said = [_said(row) for row in turns]
    handed = None
    if queued is not None:
        before = sum(row.last_seq < queued.seq for row in turns)
        said = said[:before]
        handed = Handed(before - 1, queued.reason)
        if handed.reason == FRUSTRATION:
            said += _while_waiting(typed, turns[before - 1].last_seq if before else 0, queued.seq)
    return Chat(
        episode.conversation_id,
        episode.number,
        episode.started_at,
        tuple(said),
        handed,
        episode.outcome,
        episode.rating,
    )


def _said(row: Any) -> Said:
    return Said(
        row.first_seq,
        row.frustration,
        counts=row.state is TurnState.DONE and not _pressed(row.payload),
        turn_id=row.id,
        version=_version_in(row.versions or "{}"),
    )


def _pressed(payload: str | None) -> bool:
    return '"button"' in (payload or "") and "button" in json.loads(payload or "{}")


@lru_cache(maxsize=256)  # A model gives thousands of turns the same.
def _version_in(versions: str) -> str:
    return version_of(json.loads(versions) or {})


def _while_waiting(typed: Sequence[Any], after: int, queued: int) -> list[Said]:
    found = []
    for row in typed:
        if row.author is Author.AGENT and row.seq > queued:
            break  # From here on the words are an answer to a person.
        if row.author is Author.CUSTOMER and row.seq > after and not _pressed(row.payload):
            found.append(Said(row.seq, None, waiting=True))
    return found


def _with(chat: Chat, again: Mapping[Key, float], version: str) -> Chat:
    said = []
    for one in chat.said:
        score = again.get((chat.conversation_id, one.first_seq))
        if score is not None and (one.score is None or one.version != version):
            one = replace(one, score=score, version=version)
        said.append(one)
    return replace(chat, said=tuple(said))


def _turns(conversations: Sequence[uuid.UUID]) -> Any:
    first = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    return (
        select(
            Turn.id,
            Turn.conversation_id,
            Turn.episode,
            Turn.first_seq,
            Turn.last_seq,
            Turn.state,
            Turn.frustration,
            cast(Turn.versions, Text).label("versions"),
            cast(Message.payload, Text).label("payload"),
        )
        .outerjoin(Message, first)
        .where(
            Turn.conversation_id.in_(conversations),
            Turn.state.in_((TurnState.DONE, TurnState.FAILED)),
        )
        .order_by(Turn.conversation_id, Turn.first_seq)
    )


def _events(conversations: Sequence[uuid.UUID]) -> Any:
    return (
        select(
            Message.conversation_id,
            Message.episode,
            Message.seq,
            cast(Message.payload, Text).label("payload"),
        )
        .where(Message.author == Author.SYSTEM, Message.conversation_id.in_(conversations))
        .order_by(Message.conversation_id, Message.seq)
    )


def _messages(conversations: Sequence[uuid.UUID]) -> Any:
    return (
        select(
            Message.conversation_id,
            Message.episode,
            Message.seq,
            Message.author,
            cast(Message.payload, Text).label("payload"),
        )
        .where(
            Message.conversation_id.in_(conversations),
            Message.author.in_((Author.CUSTOMER, Author.AGENT)),
            WORDS,
        )
        .order_by(Message.conversation_id, Message.seq)
    )

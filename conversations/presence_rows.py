"""The rows by which the app processes tell each other who is there (conversations.presence)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import StaffConnection, StaffState
from server.database import Base, table_of

# Rows of killed processes: long unread when they are cleared away.
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Picture:
    """What the database says: of the other processes' consoles, and of everybody's state."""

    connected: Mapping[uuid.UUID, datetime] = field(default_factory=dict)
    """When a process last said that it holds a console of this person."""
    last_seen: Mapping[uuid.UUID, datetime] = field(default_factory=dict)
    away: Mapping[uuid.UUID, bool] = field(default_factory=dict)
    """Who takes no new chats; true: by idleness."""


async def read(db: AsyncSession, process: str) -> Picture:
    """The picture as the processes other than this one, and all consoles, have left it."""
    connected: dict[uuid.UUID, datetime] = {}
    rows = await db.execute(
        select(StaffConnection.staff_id, StaffConnection.seen_at).where(
            StaffConnection.process != process
        )
    )
    for staff_id, seen_at in rows:
        connected[staff_id] = max(seen_at, connected.get(staff_id, seen_at))
    states = (
        await db.execute(
            select(
                StaffState.staff_id,
                StaffState.last_seen_at,
                StaffState.away,
                StaffState.automatic,
            )
        )
    ).all()
    return Picture(
        connected=connected,
        last_seen={staff_id: seen for staff_id, seen, _, _ in states},
        away={staff_id: automatic for staff_id, _, away, automatic in states if away},
    )


async def refresh(
    db: AsyncSession,
    process: str,
    sockets: Mapping[uuid.UUID, int],
    seen: Mapping[uuid.UUID, datetime],
    now: datetime,
) -> None:
    """Write what this process holds now, and the signs of life since it last did."""
    moments = {**seen, **dict.fromkeys(sockets, now)}  # an open console is a sign of life
    # In one order everywhere: two processes that lock the same rows never wait for each other.
    states = [
        _first(staff_id, now) | {"last_seen_at": moments[staff_id]} for staff_id in sorted(moments)
    ]
    await _upsert(db, StaffState, ["staff_id"], states, "last_seen_at")
    held = [
        {"staff_id": one, "process": process, "sockets": sockets[one], "seen_at": now}
        for one in sorted(sockets)
    ]
    await _upsert(db, StaffConnection, ["staff_id", "process"], held, "sockets", "seen_at")
    mine = StaffConnection.process == process
    await db.execute(delete(StaffConnection).where(mine, StaffConnection.staff_id.not_in(sockets)))
    await db.execute(delete(StaffConnection).where(StaffConnection.seen_at < now - KEPT))


async def set_away(
    db: AsyncSession, staff_id: uuid.UUID, away: bool, *, automatic: bool, now: datetime
) -> bool | None:
    """Note that this person takes no new chats, or does again; what they chose, idleness never changes.

    Returns None when they take chats; otherwise whether idleness made them away.
    """
    await _upsert(db, StaffState, ["staff_id"], [_first(staff_id, now)], "last_seen_at")
    state = await db.get_one(StaffState, staff_id, with_for_update=True, populate_existing=True)
    chosen = state.away and not state.automatic
    if not (automatic and chosen) and (state.away, state.automatic) != (away, away and automatic):
        state.away, state.automatic, state.since = away, away and automatic, now
    return state.automatic if state.away else None


async def forget(db: AsyncSession, process: str) -> None:
    """This process holds no console any more."""
    await db.execute(delete(StaffConnection).where(StaffConnection.process == process))


def _first(staff_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """The state of somebody who was never seen before."""
    return {
        "staff_id": staff_id,
        "away": False,
        "automatic": False,
        "since": now,
        "last_seen_at": now,
    }


async def _upsert(
    db: AsyncSession,
    model: type[Base],
    key: list[str],
    rows: Sequence[dict[str, Any]],
    *changes: str,
) -> None:
    """All rows in one statement: everybody who writes a message waits for this one on SQLite."""
    if not rows:
        return
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table_of(model))
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=key, set_={name: statement.excluded[name] for name in changes}
        ),
        rows,
    )

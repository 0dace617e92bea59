"""What the log of a running system says about the turns since a moment: failed, doubled, missing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass
class Books:
    """Turns and messages of customers since a moment."""

    turns: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """By the reason."""
    doubled: int = 0
    """Messages in two turns, replies said twice in one turn, and actions that ran twice for one."""
    without_turn: int = 0
    """Customer messages that the bot owed an answer, and that no turn took up."""
    by_model: Counter[str] = field(default_factory=Counter)
    """How many turns each model understood, by Rasa's id of it."""

    @property
    def problems(self) -> list[str]:
        """Return what is wrong, in words; empty when nothing is."""
        found = [f"{count} turns failed: {reason}" for reason, count in self.failed.items()]
        if self.doubled:
            found.append(f"{self.doubled} things were done or said twice")
        if self.without_turn:
            found.append(f"{self.without_turn} messages were never taken up")
        return found


def books(database: Path, since: datetime) -> Books:
    """Read the SQLite file of a system; `since` is UTC."""
    moment = since.strftime("%Y-%m-%d %H:%M:%S.%f")
    found = Books()
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        covered: dict[str, list[tuple[int, int]]] = {}
        models = "json_extract(versions, '$.model')"
        for chat, first, last, state, error, model in db.execute(
            f"SELECT conversation_id, first_seq, last_seq, state, error, {models} "  # noqa: S608 - ours
            "FROM turns WHERE started_at >= ?",
            (moment,),
        ):
            found.turns += 1
            covered.setdefault(chat, []).append((first, last))
            if state != "done" and not (state == "dropped" and error == "owner_changed"):
                found.failed[f"{state}, {error}"] += 1
            if model:
                found.by_model[model] += 1
        for chat, seq, owner, answered in db.execute(
            "SELECT m.conversation_id, m.seq, c.owner, c.answered_seq FROM messages m "
            "JOIN conversations c ON c.id = m.conversation_id "
            "WHERE m.author = 'customer' AND m.created_at >= ?",
            (moment,),
        ):
            times = sum(first <= seq <= last for first, last in covered.get(chat, ()))
            found.doubled += max(0, times - 1)
            found.without_turn += times == 0 and owner == "bot" and seq > answered
        found.doubled += _twice(
            db, "messages", "text", "author = 'bot' AND created_at >= ?", moment
        )
        found.doubled += _twice(
            db, "turn_steps", "action",
            # A form asks its slots' validation again after each of its actions.
            "failed IS NULL AND action NOT LIKE 'validate%' "
            "AND turn_id IN (SELECT id FROM turns WHERE started_at >= ?)", moment,
        )  # fmt: skip
    return found


def _twice(db: sqlite3.Connection, table: str, what: str, where: str, moment: str) -> int:
    query = (
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE turn_id IS NOT NULL AND {where} "  # noqa: S608
        f"GROUP BY turn_id, {what} HAVING count(*) > 1)"
    )
    return int(db.execute(query, (moment,)).fetchone()[0])

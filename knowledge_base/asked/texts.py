"""The words of recorded questions, masked, read for as many turns as are looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from conversations.models import Turn
from knowledge_base.asked.masking import key_of, question
from server.database import Database

#: 200 bytes each.
KEPT = 20_000
_BATCH = 500


@dataclass(frozen=True)
class Words:
    text: str
    """Masked, one line."""
    key: str
    intent: str | None


class Texts:
    """Masking costs a tenth of a millisecond, so what was masked is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[UUID, Words] = {}

    async def of(self, turns: Sequence[UUID]) -> dict[UUID, Words]:
        """The words of these turns; a turn that is gone is left out."""
        unknown = [turn for turn in turns if turn not in self._known]
        async with self._database.read() as db:
            for part in _batches(unknown):
                rows = await db.execute(
                    select(
                        Turn.id,
                        Turn.decision["question"].as_string(),
                        Turn.text,
                        Turn.parse["entities"].as_json(),
                        Turn.intent,
                    ).where(Turn.id.in_(part))
                )
                self._known |= await asyncio.to_thread(_masked, rows.all())
        found = {turn: self._known[turn] for turn in turns if turn in self._known}
        for old in list(self._known)[: max(0, len(self._known) - KEPT)]:
            del self._known[old]
        return found


def _masked(rows: Iterable[Any]) -> dict[UUID, Words]:
    found = {}
    for turn, asked, text, entities, intent in rows:
        # The question is what was searched for: with the earlier one, where the words lean on it.
        line = question(asked or text, {"entities": entities})
        found[turn] = Words(line, key_of(line), intent)
    return found


def _batches(turns: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (turns[at : at + _BATCH] for at in range(0, len(turns), _BATCH))

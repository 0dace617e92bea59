"""Keeps the earlier replies searchable: reads what was closed since, off the way of every card."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handoff.similar import blanks, pairs
from handoff.similar.index import Index, Match, Vector
from handoff.similar.pairs import Pair
from server.database import Database
from server.errors import HandrailError

log = structlog.get_logger(__name__)

LIMIT = 5000
"""Pairs, the newest; older ones speak of products and rules that have changed."""
PAUSE = 60.0
LONG = 80
"""Characters from which a question's sentences are looked for, too: the first three that tell something."""
TELLING, SENTENCES = 4, 3
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")


class Vectors(Protocol):
    """Vectors of texts, kept beside the encoder's small cache (knowledge_base.review.vectors)."""

    def of(self, texts: Sequence[str]) -> Vector:
        """A row for each text, of length 1."""
        ...

    def save(self) -> None: ...


class EarlierReplies:
    """One per process; made of the log alone, so each process makes the same."""

    def __init__(
        self,
        database: Database,
        vectors: Vectors,
        encode: Callable[[str], Vector],
        *,
        limit: int = LIMIT,
        pause: float = PAUSE,
    ) -> None:
        self._database, self._vectors, self._encode = database, vectors, encode
        self._limit, self._pause = limit, pause
        self._of: dict[UUID, list[Pair]] = {}
        self._index = Index()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow the log; the first look comes at once, in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def __len__(self) -> int:
        return len(self._index)

    async def refresh(self) -> bool:
        """Read what ended well since the last look, forget what is gone; whether anything changed."""
        async with self._database.read() as db:
            wanted = await pairs.newest(db, self._limit)
        keep = {one: self._of[one] for one in wanted if one in self._of}
        fresh = [one for one in wanted if one not in self._of]
        count = 0
        for handoff_id in wanted:
            if count >= self._limit:
                break
            if handoff_id not in keep:
                await self._read(fresh, handoff_id, keep)
            count += len(keep[handoff_id])
        if keep.keys() == self._of.keys():
            return False
        self._of = keep
        chosen = [pair for one in wanted for pair in keep.get(one, ())][: self._limit]
        self._index = await asyncio.to_thread(self._built, chosen)
        log.info("earlier_replies_read", pairs=len(self._index), replies=self._index.replies)
        return True

    async def rebuild(self) -> None:
        """Make it all anew from the log."""
        self._of = {}
        await self.refresh()

    async def suggest(
        self,
        questions: Sequence[str],
        *,
        limit: int,
        language: str | None,
        details: Mapping[str, str],
    ) -> list[Match]:
        """Earlier replies to questions like any of these, best first. `details`: value → blank of this
        customer.

        Called outside of any transaction: the questions are encoded.
        """
        if not len(self._index):
            return []
        masked = [blanks.mask(question, details) for question in dict.fromkeys(questions)]
        return await asyncio.to_thread(self._search, masked, limit, language)

    def _search(self, questions: Sequence[str], limit: int, language: str | None) -> list[Match]:
        best: dict[str, Match] = {}
        for question in (part for one in questions for part in parts(one)):
            vector = self._encode(blanks.without(question))
            for match in self._index.search(question, vector, limit=limit, language=language):
                if match.reply not in best or best[match.reply].score < match.score:
                    best[match.reply] = match
        ranked = sorted(best.values(), key=lambda match: (-round(match.score, 2), -match.used))
        return ranked[:limit]

    async def _read(
        self, fresh: list[UUID], handoff_id: UUID, into: dict[UUID, list[Pair]]
    ) -> None:
        """Read this request and the ones after it."""
        at = fresh.index(handoff_id)
        some = fresh[at : at + pairs.AT_ONCE]
        async with self._database.read() as db:
            found = await pairs.read(db, some)
        into.update({one: [] for one in some})
        for pair in found:
            into[pair.handoff_id].append(pair)

    def _built(self, chosen: list[Pair]) -> Index:
        vectors = self._vectors.of([blanks.without(pair.question) for pair in chosen])
        self._vectors.save()
        return Index(chosen, vectors)

    async def _run(self) -> None:
        while True:
            try:
                await self.refresh()
            except (SQLAlchemyError, HandrailError, OSError, ValueError) as error:
                # The next round reads the same again.
                log.warning("earlier_replies_not_read", reason=type(error).__name__)
            await asyncio.sleep(self._pause)


def parts(question: str) -> list[str]:
    """The question, and the sentences of a long one: its story would hide what it asks."""
    if len(question) <= LONG:
        return [question]
    sentences = [one.strip() for one in _SENTENCE.split(question)]
    return [question, *(one for one in sentences if len(one.split()) >= TELLING)][: 1 + SENTENCES]

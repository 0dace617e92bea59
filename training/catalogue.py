"""What the review page reads beside the queue: intents with some examples, today's labels, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from training import words
from training.models import IGNORED, Label
from training.nlu_files import Example
from training.opinions.models import CaseState, OpinionCase

SAMPLES = 3
#: Longer ones say less at a glance.
SHORT = 60


@dataclass(frozen=True)
class KnownIntent:
    name: str
    words: str
    examples: int
    samples: tuple[str, ...]


def known_intents(names: Iterable[str], examples: Iterable[Example]) -> list[KnownIntent]:
    """Return each intent with its number of examples and a few that lie far apart in its file."""
    texts: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        texts[example.intent].append(example.text)
    return [
        KnownIntent(name, words.intent(name), len(texts[name]), samples(texts[name]))
        for name in names
    ]


def samples(texts: Sequence[str]) -> tuple[str, ...]:
    """Return short ones from the beginning, the middle and the end.

    >>> samples(["a", "b", "c", "d", "e"])
    ('a', 'c', 'e')
    """
    short = [text for text in texts if len(text) <= SHORT] or [text[:SHORT] for text in texts]
    if len(short) <= SAMPLES:
        return tuple(short)
    return tuple(short[round(n * (len(short) - 1) / (SAMPLES - 1))] for n in range(SAMPLES))


async def labelled_since(db: AsyncSession, by: Staff, since: datetime) -> int:
    """How many messages this person has labelled; what was ignored taught nothing and does not count."""
    counted = select(func.count()).where(
        Label.by == by.id, Label.at >= since, Label.intent != IGNORED
    )
    return int(await db.scalar(counted) or 0)


async def waiting_case(db: AsyncSession, turn_id: UUID) -> UUID | None:
    """The open case of a message that waits for a second opinion."""
    wanted = select(OpinionCase.id).where(
        OpinionCase.turn_id == turn_id, OpinionCase.state == CaseState.WAITING
    )
    found: UUID | None = await db.scalar(wanted)
    return found

"""Which past questions would change hands if a draft were published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from knowledge_base.review.bench import Bench
from knowledge_base.review.past import Question
from knowledge_base.search.records import Record

EXAMPLES = 5


@dataclass
class Moved:
    """Questions that go from one article to another; None stands for no article."""

    giver: UUID | None
    taker: UUID | None
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Takes:
    """What the draft would change among the past questions; the greatest move first."""

    moves: tuple[Moved, ...]
    asked: int
    """How many questions there are."""
    tried: int
    """How many could be affected, and were decided anew."""


def takes(
    bench: Bench, record: Record, questions: Sequence[Question], affected: NDArray[np.int64]
) -> Takes:
    """Decide the affected questions with the draft laid over the present articles."""
    after = bench.with_record(record)
    moves: dict[tuple[UUID | None, UUID | None], Moved] = {}
    for at in affected:
        question = questions[at]
        was, now = bench.before(question).first, bench.on(after, question).first
        if was == now:
            continue
        moved = moves.setdefault((was, now), Moved(was, now))
        moved.count += 1
        if len(moved.examples) < EXAMPLES:
            moved.examples.append(question.text)
    order = sorted(moves.values(), key=lambda one: (-one.count, str(one.giver), str(one.taker)))
    return Takes(tuple(order), len(questions), len(affected))

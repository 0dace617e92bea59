"""What the examples beside a message say of it, and what past labels teach about reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from training.models import IGNORED
from training.review import wrongness
from training.review.cases import Case
from training.review.items import Second
from training.review.reasons import DECIDED_ELSEWHERE
from training.review.taught import Near
from training.review.view import Inputs, Shadowed
from understanding.frustration import FRUSTRATED

VOTE, NEAR_ENOUGH = 0.6, 0.5
"""The second model speaks when its examples are this near and agree so far: on banking77 and clinc150 with 5 and
10 examples an intent, of 2.0 % of the messages; of those 42 % were misread, of the others 14 %
(docs/benchmarks/wrongness.md)."""


def second_opinion(
    case: Case, near: Near | None, shadowed: Mapping[UUID, Shadowed]
) -> Second | None:
    """What speaks for another intent: a model that reads along, or else the nearest examples, clearly."""
    return _read_along(case, shadowed) or _vote(case, near)


def _read_along(case: Case, shadowed: Mapping[UUID, Shadowed]) -> Second | None:
    """What a model that reads along said the last time; it knows nothing of how fed up the customer was before."""
    heard = [shadowed[turn] for turn in case.reasons_of if turn in shadowed]
    last = max(heard, key=lambda one: one.at, default=None)
    if (
        last is None
        or last.intent == case.said.intent
        or FRUSTRATED in (last.intent, case.said.intent)
    ):
        return None
    return Second(last.intent, last.model)


def _vote(case: Case, near: Near | None) -> Second | None:
    vote = near.vote if near else None
    if near is None or vote is None or near.cosines[0] < NEAR_ENOUGH or vote[1] < VOTE:
        return None
    predicted = case.said.intent
    return None if predicted in (vote[0], None, *DECIDED_ELSEWHERE) else Second(vote[0])


def lessons(cases: Iterable[Case], inputs: Inputs) -> list[tuple[wrongness.Numbers, bool]]:
    """What past labels say: of the very turn that was labelled, as the model read it then.

    Without the second model's word: by now it has read the label.
    """
    by_key = {case.key: case for case in cases}
    turns = {one.turn_id: one for one in inputs.turns}
    found = []
    for key, label in inputs.labels.items():
        if label.intent == IGNORED or label.turn_id is None or label.predicted is None:
            continue
        said, case = turns.get(label.turn_id), by_key.get(key)
        if said is not None and case is not None and label.turn_id in case.reasons_of:
            row = wrongness.features(case.reasons_of[label.turn_id], said.confidence, said.margin)
            found.append((row, label.intent != label.predicted))
    return found

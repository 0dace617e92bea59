"""What the examples beside a message say of it, and what past labels teach about reasons."""

from __future__ import annotations

from collections.abc import Iterable

from training.models import IGNORED
from training.review import wrongness
from training.review.cases import Case
from training.review.reasons import DECIDED_ELSEWHERE
from training.review.taught import Near
from training.review.view import Inputs

VOTE, NEAR_ENOUGH = 0.6, 0.5
"""The second model speaks when its examples are this near and agree so far: on banking77 and clinc150 with 5 and
10 examples an intent, of 2.5 % of the messages; of those 43 % were misread, of the others 14 %."""


def second_opinion(case: Case, near: Near | None) -> str | None:
    """What the nearest examples say, where they say another intent clearly."""
    vote = near.vote if near else None
    if near is None or vote is None or near.cosines[0] < NEAR_ENOUGH or vote[1] < VOTE:
        return None
    predicted = case.said.intent
    return None if predicted in (vote[0], None, *DECIDED_ELSEWHERE) else vote[0]


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

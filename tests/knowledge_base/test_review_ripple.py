"""A golden question that a change has no part in does not hold up publishing."""

from __future__ import annotations

from uuid import UUID

import pytest

from knowledge_base.review.bench import Outcome
from knowledge_base.review.past import Question
from knowledge_base.review.publish_diff import Change, Judged, compare
from knowledge_base.search.decision import Kind
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.records import Record
from tests.knowledge_base.support import FakeEncoder, record

RIGHT, OTHER, NEW = UUID(int=1), UUID(int=2), UUID(int=3)
GOLDEN = Question("lamp dark", True, RIGHT, True)


def snapshot(*records: Record) -> Snapshot:
    encoder = FakeEncoder()
    held = list(records)
    base = build_base(held, encode_records(held, encoder.dimension, encoder.encode))
    return Snapshot.overlay(1, base, {one.id: one for one in held}, encoder.encode)


class Decided:
    """A bench that has its outcomes beforehand."""

    def __init__(self, present: Snapshot, before: Outcome, after: Outcome) -> None:
        self.present = present
        self._outcomes = {id(present): before}
        self._after = after

    def before(self, question: Question) -> Outcome:
        return self._outcomes[id(self.present)]

    def on(self, snapshot: Snapshot, question: Question) -> Outcome:
        return self._after


@pytest.mark.parametrize(
    ("shown", "regresses"), [((OTHER,), False), ((NEW, OTHER), True), ((), False)]
)
def test_only_what_the_change_has_part_in_regresses(
    shown: tuple[UUID, ...], regresses: bool
) -> None:
    before = Outcome(Kind.CHOOSE, (RIGHT, OTHER), 0.5)
    after = Outcome(Kind.CHOOSE if shown else Kind.NOTHING, shown, 0.4)
    part = bool({NEW} & {*before.shown, *after.shown, RIGHT})
    change = Change(GOLDEN, before, after, Judged.WORSE, by_it=part)
    assert change.regresses is regresses


def test_a_new_article_far_away_is_no_part_of_a_ripple() -> None:
    old = [record(1, "Lamp stays dark"), record(2, "Return an item")]
    present, later = snapshot(*old), snapshot(*old, record(3, "Borrow a telescope"))
    before = Outcome(Kind.CHOOSE, (RIGHT, OTHER), 0.5)
    bench = Decided(present, before, Outcome(Kind.NOTHING, (), 0.4))
    diff = compare(bench, later, [GOLDEN])  # type: ignore[arg-type]
    assert diff.counts["worse"] == 1
    assert diff.regressions == ()
    bench = Decided(present, before, Outcome(Kind.ANSWER, (NEW,), 0.9))
    assert len(compare(bench, later, [GOLDEN]).regressions) == 1  # type: ignore[arg-type]

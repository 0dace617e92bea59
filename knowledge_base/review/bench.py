"""Questions decided on the articles as they are, and as they would be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from knowledge_base.review.past import Question
from knowledge_base.search.decision import Kind, Verdict
from knowledge_base.search.find import Query, mend
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Record, Vector
from understanding.language import ENGLISH

Judge = Callable[[Snapshot, Query, Vector], Verdict]
Encode = Callable[[str], Vector]


@dataclass(frozen=True)
class Outcome:
    """What a customer gets: a kind, and the articles shown, the first one first."""

    kind: str
    shown: tuple[UUID, ...]
    probability: float

    @property
    def first(self) -> UUID | None:
        """The article that answers or heads the options; None when nothing is said."""
        return self.shown[0] if self.shown else None

    def same(self, other: Outcome) -> bool:
        """Whether a customer would see the same articles in the same way."""
        return (
            self.kind == other.kind
            and set(self.shown) == set(other.shown)
            and (self.kind == Kind.NOTHING or self.first == other.first)
        )

    @classmethod
    def of(cls, verdict: Verdict) -> Outcome:
        shown = {Kind.ANSWER: verdict.shown[:1], Kind.CHOOSE: verdict.shown}.get(verdict.kind, ())
        return cls(
            verdict.kind.value,
            tuple(one.found.record.id for one in shown),
            round(float(verdict.probability), 4),
        )


class Bench:
    """Decides questions by the same search and the same policy as the bot, on any snapshot.

    What a question got on the present snapshot is remembered until the snapshot, or what judges it, changes.
    """

    def __init__(self, judge: Judge, encode: Encode, is_word: Callable[[str], bool]) -> None:
        self._judge = judge
        self._encode = encode
        self._is_word = is_word
        self._present: Snapshot | None = None
        self._stamp: object = None
        self._asked: dict[Question, tuple[Query, Vector]] = {}
        self._before: dict[Question, Outcome] = {}

    def begin(self, present: Snapshot, stamp: object) -> None:
        """Take this snapshot as the present one; `stamp` names the calibration and threshold that judge."""
        if self._present is not present:
            self._asked.clear()
        if self._present is not present or self._stamp != stamp:
            self._before.clear()
        self._present, self._stamp = present, stamp

    def before(self, question: Question) -> Outcome:
        """What a customer gets now."""
        if question not in self._before:
            self._before[question] = self.on(self.present, question)
        return self._before[question]

    def on(self, snapshot: Snapshot, question: Question) -> Outcome:
        """What a customer would get on this snapshot."""
        if question not in self._asked:
            stated = Query(
                question.text,
                intent=question.intent,
                confidence=question.confidence,
                language=ENGLISH,
            )
            # By the present articles' words on both sides, so that only the articles make a difference.
            query = mend(self.present, stated, self._is_word)
            self._asked[question] = (query, self._encode(query.text))
        return Outcome.of(self._judge(snapshot, *self._asked[question]))

    @property
    def present(self) -> Snapshot:
        if self._present is None:
            raise RuntimeError("begin() was not called")
        return self._present

    def with_record(self, record: Record) -> Snapshot:
        """The present articles with this one published as it stands."""
        return self.changed([record])

    def changed(
        self,
        records: Iterable[Record],
        gone: Collection[UUID] = (),
        encode: Encode | None = None,
    ) -> Snapshot:
        """The present articles with these published as they stand, and those archived."""
        now = self.present
        alive = {**now.alive, **{record.id: record for record in records}}
        alive = {at: record for at, record in alive.items() if at not in gone}
        return Snapshot.overlay(now.revision, now.base, alive, encode or self._encode, now.delta)

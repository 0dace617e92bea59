"""Every question whose decision a change of the articles changes, and whether it is better or worse for it."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from knowledge_base.review.bench import Bench, Outcome
from knowledge_base.review.past import Question
from knowledge_base.search.decision import Kind
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Record


class Judged(enum.StrEnum):
    WORSE = "worse"
    BETTER = "better"
    DIFFERENT = "different"
    """It changes, and nobody has said which article is right, or both are as good."""


@dataclass(frozen=True)
class Change:
    """One question, and what a customer gets for it before and after."""

    question: Question
    before: Outcome
    after: Outcome
    judged: Judged
    by_it: bool = True
    """Whether a changed article has part in it: it is shown now, or was shown, or is the right one. What else
    changes is a ripple: every article shifts how rare words are, and tips questions that stood on the edge."""

    @property
    def regresses(self) -> bool:
        """Whether a golden question that got its right article loses it by the change.

        An article that was the answer and becomes one of the options is worse, but is not lost.
        """
        question = self.question
        return (
            question.golden
            and self.by_it
            and is_right(question, self.before)
            and not is_right(question, self.after)
        )


@dataclass(frozen=True)
class Diff:
    """What a change does. The changes stand worst first, of each kind the golden ones first."""

    changes: tuple[Change, ...]
    asked: int
    articles: Mapping[UUID, Record] = field(default_factory=dict)
    """The articles that the changes name, as they answer now; a new one as it would."""
    changed: Mapping[UUID, Record] = field(default_factory=dict)
    """Those of them that would answer otherwise, as they would."""

    @property
    def regressions(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.regresses)

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys((*map(str, Judged), "unchanged"), 0)
        for change in self.changes:
            found[change.judged] += 1
        found["unchanged"] = self.asked - len(self.changes)
        return found


def compare(bench: Bench, after: Snapshot, questions: Sequence[Question]) -> Diff:
    """Decide every question on the present articles and on those after the change."""
    touched = _touched(bench.present, after)
    changes = []
    for question in questions:
        was, now = bench.before(question), bench.on(after, question)
        if not was.same(now):
            part = touched.intersection((*was.shown, *now.shown, question.right))
            judged = judge_change(question, was, now)
            changes.append(Change(question, was, now, judged, by_it=bool(part)))
    order = list(Judged)
    changes.sort(
        key=lambda one: (not one.regresses, order.index(one.judged), not one.question.golden)
    )
    shown = {at for one in changes for at in (*one.before.shown, *one.after.shown)}
    named = shown | {one.question.right for one in changes if one.question.right}
    present, then = bench.present.alive, after.alive
    known = {at: present.get(at) or then.get(at) for at in named}
    articles = {at: record for at, record in known.items() if record is not None}
    changed = {at: then[at] for at in articles if at in then and then[at] != articles[at]}
    return Diff(tuple(changes), len(questions), articles, changed)


def _touched(present: Snapshot, after: Snapshot) -> set[UUID | None]:
    """The articles that are new, gone, or not the same."""
    ids = present.alive.keys() | after.alive.keys()
    return {at for at in ids if present.alive.get(at) != after.alive.get(at)}


def judge_change(question: Question, before: Outcome, after: Outcome) -> Judged:
    """Better or worse by the article that is right, where somebody has said which."""
    if not question.labelled:
        return Judged.DIFFERENT
    was, now = worth(question, before), worth(question, after)
    if was == now:
        return Judged.DIFFERENT
    return Judged.BETTER if now > was else Judged.WORSE


def is_right(question: Question, outcome: Outcome) -> bool:
    """Whether the customer gets the right article, as the answer or among the options, or is rightly told
    that there is none."""
    if question.right is None:
        return outcome.kind == Kind.NOTHING
    return question.right in outcome.shown


def worth(question: Question, outcome: Outcome) -> int:
    """How good an outcome is for a labelled question: the right answer 4, offered 3, nothing said 2,
    wrong options 1, a wrong answer 0; nothing is 4 where no article is right."""
    if is_right(question, outcome):
        return 3 if outcome.kind == Kind.CHOOSE else 4
    return {Kind.NOTHING: 2, Kind.CHOOSE: 1, Kind.ANSWER: 0}[Kind(outcome.kind)]

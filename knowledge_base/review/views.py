"""What the review API takes and gives; the routes that publish and archive take the override."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from knowledge_base.review.bench import Outcome
from knowledge_base.review.contradictions import Contradiction, Side
from knowledge_base.review.desk import Impact
from knowledge_base.review.duplicates import Duplicate
from knowledge_base.review.gate import REASON_LIMIT
from knowledge_base.review.publish_diff import Change, Diff
from knowledge_base.review.takes import Takes
from knowledge_base.search.records import Record
from knowledge_base.views import (
    ArticleBody,
    ArticleView,
    Body,
    NoteBody,
    NotedAtVersion,
    SaveBody,
    ScheduleBody,
)

#: Changes in one answer; the counts are of all.
CHANGES_LIMIT = 500

Reason = Annotated[str, Field(max_length=REASON_LIMIT)]


class PublishBody(NotedAtVersion):
    override_reason: Reason = ""
    """A lead's, for publishing although golden questions lose their right answer."""


class PlanBody(ScheduleBody):
    override_reason: Reason = ""


class ArchiveBody(NoteBody):
    override_reason: Reason = ""


class SaveGatedBody(SaveBody):
    override_reason: Reason = ""
    """A lead's, for a change of filing that costs golden questions their right answer at once."""


class ImpactBody(Body):
    draft: ArticleBody
    article_id: UUID | None = None
    """The article that the draft changes; null for a new one."""


class ExpirySetView(ArticleView):
    warning: str = ""
    """What golden questions lose when it expires; the clock will not ask."""


class ArticleName(BaseModel):
    id: UUID
    slug: str
    title: str

    @classmethod
    def of(cls, record: Record | None) -> ArticleName | None:
        return cls(id=record.id, slug=record.slug, title=record.title) if record else None


class PairView(BaseModel):
    draft: str
    other: str
    near: float


class DuplicateView(BaseModel):
    article: ArticleName | None
    near: float
    questions: float
    sentences: float
    words: float
    pairs: list[PairView]

    @classmethod
    def of(cls, found: Duplicate) -> DuplicateView:
        return cls(
            article=ArticleName.of(found.article),
            near=round(found.near, 3),
            questions=round(found.questions, 3),
            sentences=round(found.sentences, 3),
            words=round(found.words, 3),
            pairs=[
                PairView(draft=one.draft.text, other=one.other.text, near=round(one.near, 3))
                for one in found.pairs
            ],
        )


class SideView(BaseModel):
    article: ArticleName | None
    """Null: the draft itself."""
    part: str
    text: str
    marks: list[tuple[int, int]]
    """The characters (start, end) that differ."""

    @classmethod
    def of(cls, side: Side) -> SideView:
        return cls(
            article=ArticleName.of(side.article),
            part=side.sentence.part,
            text=side.sentence.text,
            marks=list(side.marks),
        )


class ContradictionView(BaseModel):
    about: str
    near: float
    draft: SideView
    other: SideView

    @classmethod
    def of(cls, found: Contradiction) -> ContradictionView:
        return cls(
            about=found.about,
            near=round(found.near, 3),
            draft=SideView.of(found.draft),
            other=SideView.of(found.other),
        )


class MoveView(BaseModel):
    """Questions that go from `giver` to `taker`; null stands for no article."""

    giver: ArticleName | None
    taker: ArticleName | None
    count: int
    examples: list[str]


class TakesView(BaseModel):
    asked: int
    tried: int
    moves: list[MoveView]

    @classmethod
    def of(cls, takes: Takes, articles: dict[UUID, Record]) -> TakesView:
        def name(at: UUID | None) -> ArticleName | None:
            return ArticleName.of(articles.get(at)) if at else None

        moves = [
            MoveView(
                giver=name(one.giver), taker=name(one.taker), count=one.count, examples=one.examples
            )
            for one in takes.moves
        ]
        return cls(asked=takes.asked, tried=takes.tried, moves=moves)


class ImpactView(BaseModel):
    duplicates: list[DuplicateView]
    contradictions: list[ContradictionView]
    takes: TakesView

    @classmethod
    def of(cls, impact: Impact) -> ImpactView:
        return cls(
            duplicates=[DuplicateView.of(one) for one in impact.duplicates],
            contradictions=[ContradictionView.of(one) for one in impact.contradictions],
            takes=TakesView.of(impact.takes, impact.articles),
        )


class OutcomeView(BaseModel):
    kind: str
    probability: float
    shown: list[ArticleName]


class ChangeView(BaseModel):
    question: str
    judged: str
    golden: bool
    labelled: bool
    regresses: bool
    right: ArticleName | None
    before: OutcomeView
    after: OutcomeView

    @classmethod
    def of(cls, change: Change, diff: Diff) -> ChangeView:
        def outcome(of: Outcome, articles: Mapping[UUID, Record]) -> OutcomeView:
            named = [ArticleName.of(articles.get(at)) for at in of.shown]
            shown = [one for one in named if one is not None]
            return OutcomeView(kind=of.kind, probability=of.probability, shown=shown)

        question = change.question
        return cls(
            question=question.text,
            judged=change.judged.value,
            golden=question.golden,
            labelled=question.labelled,
            regresses=change.regresses,
            right=ArticleName.of(diff.articles.get(question.right)) if question.right else None,
            before=outcome(change.before, diff.articles),
            after=outcome(change.after, {**diff.articles, **diff.changed}),
        )


class PublishDiffView(BaseModel):
    asked: int
    counts: dict[str, int]
    regressions: int
    """Golden questions that would lose their right answer; with any, publishing needs a lead's reason."""
    changes: list[ChangeView]

    @classmethod
    def of(cls, diff: Diff) -> PublishDiffView:
        return cls(
            asked=diff.asked,
            counts=diff.counts,
            regressions=len(diff.regressions),
            changes=[ChangeView.of(one, diff) for one in diff.changes[:CHANGES_LIMIT]],
        )

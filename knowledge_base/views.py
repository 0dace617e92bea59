"""What the article API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from knowledge_base.catalogue import Listed
from knowledge_base.drafts import BODY_LIMIT, QUESTION_LIMIT, TITLE_LIMIT
from knowledge_base.editor.compare import Kind, PartChange
from knowledge_base.editor.linter import Hint
from knowledge_base.history import NOTE_LIMIT
from knowledge_base.lifecycle import FURTHEST
from knowledge_base.listing.filters import Filters, Need, Sort
from knowledge_base.models import Article, ArticleVersion, Audience, Status
from knowledge_base.search.decision import Decision
from knowledge_base.variants import Family

VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ArticleBody(Body):
    """An article as written; `drafts.Draft` checks the words themselves."""

    title: Annotated[str, Field(max_length=TITLE_LIMIT)]
    slug: Annotated[str, Field(max_length=80)] = ""
    category: Annotated[str, Field(max_length=40)] = "general"
    tags: Annotated[list[str], Field(max_length=20)] = []
    intents: Annotated[list[str], Field(max_length=20)] = []
    audience: Literal["public", "staff"] = "public"
    language: Annotated[str, Field(max_length=12)] = "en"
    owner: Annotated[str, Field(max_length=80)] = ""
    review_by: date | None = None
    """This and expires_at stay as they are where the body does not name them."""
    expires_at: AwareDatetime | None = None
    questions: Annotated[list[str], Field(max_length=QUESTION_LIMIT)] = []
    context: Annotated[str, Field(max_length=BODY_LIMIT)] = ""
    action: Annotated[str, Field(max_length=BODY_LIMIT)] = ""
    outcome: Annotated[str, Field(max_length=BODY_LIMIT)] = ""


class SaveBody(ArticleBody):
    expected: VersionNumber
    """The version this one was made from."""


class AtVersion(Body):
    expected: VersionNumber


class NoteBody(Body):
    note: Note = ""


class NotedAtVersion(AtVersion):
    note: Note = ""


class ScheduleBody(NotedAtVersion):
    at: AwareDatetime


class ExpiryBody(Body):
    at: AwareDatetime | None
    """Null: it does not expire."""


class ReviewedBody(NoteBody):
    days: Annotated[int, Field(ge=1, le=FURTHEST.days)]
    """In so many days it is to be read again."""


class RestoreBody(AtVersion):
    version: VersionNumber


class LanguageBody(Body):
    language: Annotated[str, Field(min_length=2, max_length=12)]


class ListQuery(Body):
    """Filters of the list, all of them optional; see `browse.Filters`."""

    words: Annotated[str, Field(max_length=200)] = ""
    status: Status | None = None
    category: Annotated[str, Field(max_length=40)] = ""
    tag: Annotated[str, Field(max_length=40)] = ""
    audience: Audience | None = None
    language: Annotated[str, Field(max_length=12)] = ""
    owner: Annotated[str, Field(max_length=80)] = ""
    need: Need | None = None
    sort: Sort = Sort.CATEGORY
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    limit: Annotated[int, Field(ge=1, le=500)] = 500

    def filters(self) -> Filters:
        stated = self.model_dump(exclude={"limit"}, exclude_none=True, mode="json")
        return Filters(**stated)


class TrialBody(Body):
    question: Annotated[str, Field(min_length=1, max_length=2000)]
    intent: Annotated[str, Field(max_length=40)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    excluded: Annotated[list[UUID], Field(max_length=50)] = []


class ArticleLine(BaseModel):
    """One article in the list."""

    id: UUID
    slug: str
    title: str
    category: str
    status: str
    audience: str
    language: str
    owner: str | None
    newest: int
    published: int | None
    updated_at: datetime
    review_by: date | None
    scheduled: int | None
    publish_at: datetime | None
    expires_at: datetime | None
    family: UUID | None

    @classmethod
    def of(cls, listed: Listed) -> ArticleLine:
        return cls(**_filed(listed.article), title=listed.version.title)


class HintView(BaseModel):
    part: str
    start: int
    end: int
    words: str
    advice: str

    @classmethod
    def of(cls, hint: Hint) -> HintView:
        return cls(**vars(hint))


class ArticleView(ArticleLine):
    """One article with a version's words and the hints for them."""

    tags: list[str]
    intents: list[str]
    questions: list[str]
    context: str
    action: str
    outcome: str
    author: str
    hints: list[HintView] = []

    @classmethod
    def whole(cls, article: Article, version: ArticleVersion, hints: list[Hint]) -> ArticleView:
        return cls(
            **_filed(article),
            tags=article.tags,
            intents=article.intents,
            title=version.title,
            questions=version.questions,
            context=version.context,
            action=version.action,
            outcome=version.outcome,
            author=version.author,
            hints=[HintView.of(hint) for hint in hints],
        )


class VersionView(BaseModel):
    number: int
    title: str
    questions: list[str]
    context: str
    action: str
    outcome: str
    author: str
    created_at: datetime

    @classmethod
    def of(cls, version: ArticleVersion) -> VersionView:
        return cls.model_validate(version, from_attributes=True)


class RunView(BaseModel):
    kind: Kind
    text: str


class PartChangeView(BaseModel):
    part: str
    runs: list[RunView]

    @classmethod
    def of(cls, change: PartChange) -> PartChangeView:
        return cls.model_validate(change, from_attributes=True)


class DiffView(BaseModel):
    """What is different between two versions, word by word; parts that are the same are left out."""

    old: int
    new: int
    parts: list[PartChangeView]


class StepView(BaseModel):
    """One step of an article's life; `by` is a login, or ``clock`` for what a set time did."""

    what: str
    version: int | None
    by: str
    note: str
    at: datetime


class VariantView(BaseModel):
    id: UUID
    slug: str
    language: str
    status: str


class FamilyView(BaseModel):
    """An article's variants, itself among them, and the house's languages it lacks."""

    members: list[VariantView]
    missing: list[str]

    @classmethod
    def of(cls, family: Family) -> FamilyView:
        return cls.model_validate(family, from_attributes=True)


class CandidateView(BaseModel):
    article_id: UUID
    version: int
    slug: str
    title: str
    score: float
    probability: float
    signals: dict[str, float]


class DecisionView(BaseModel):
    kind: str
    probability: float
    candidates: list[CandidateView]
    versions: dict[str, Any]
    milliseconds: float

    @classmethod
    def of(cls, decision: Decision) -> DecisionView:
        return cls.model_validate(decision, from_attributes=True)


def _filed(article: Article) -> dict[str, Any]:
    names = (
        "id slug category status audience language owner newest published updated_at "
        "review_by scheduled publish_at expires_at family"
    )
    return {name: getattr(article, name) for name in names.split()}

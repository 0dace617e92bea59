"""What the article API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from knowledge_base.catalogue import Listed
from knowledge_base.decision import Decision
from knowledge_base.drafts import BODY_LIMIT, QUESTION_LIMIT, TITLE_LIMIT
from knowledge_base.importer import Report
from knowledge_base.linter import Hint
from knowledge_base.models import Article, ArticleVersion

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


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
    questions: Annotated[list[str], Field(max_length=QUESTION_LIMIT)] = []
    context: Annotated[str, Field(max_length=BODY_LIMIT)] = ""
    action: Annotated[str, Field(max_length=BODY_LIMIT)] = ""
    outcome: Annotated[str, Field(max_length=BODY_LIMIT)] = ""


class SaveBody(ArticleBody):
    expected: Version
    """The version this one was made from."""


class AtVersion(Body):
    expected: Version


class TrialBody(Body):
    question: Annotated[str, Field(min_length=1, max_length=2000)]
    intent: Annotated[str, Field(max_length=40)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    excluded: Annotated[list[UUID], Field(max_length=50)] = []


class ImportBody(Body):
    kind: Literal["json", "csv", "markdown"]
    text: str
    publish: bool = False


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


class RowView(BaseModel):
    row: str
    outcome: str
    slug: str
    code: str
    message: str


class ReportView(BaseModel):
    counts: dict[str, int]
    rows: list[RowView]

    @classmethod
    def of(cls, report: Report) -> ReportView:
        return cls(counts=report.counts, rows=[RowView(**vars(row)) for row in report.rows])


def _filed(article: Article) -> dict[str, Any]:
    names = "id slug category status audience language owner newest published updated_at"
    return {name: getattr(article, name) for name in names.split()}

"""The article table, its versions, and the counter that says the published articles have changed."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime
from server.events import Event


class Status(enum.StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Audience(enum.StrEnum):
    PUBLIC = "public"
    STAFF = "staff"
    """For agents only: the bot and the help centre never show it."""


class Article(Base):
    """What an article is filed under; its words are in versions.

    Wording waits for publishing; a change of category, tags, intents, audience or language holds at once.
    """

    __tablename__ = "articles"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    category: Mapped[str] = mapped_column(String(40), index=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    intents: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[str] = mapped_column(String(12), default=Audience.PUBLIC.value)
    language: Mapped[str] = mapped_column(String(12), default="en")
    status: Mapped[str] = mapped_column(String(12), default=Status.DRAFT.value, index=True)
    owner: Mapped[str | None] = mapped_column(String(80))
    """Login of the person who keeps it up to date."""
    newest: Mapped[int] = mapped_column(Integer, default=1)
    """Number of the newest version; a save states which one it was made from."""
    published: Mapped[int | None] = mapped_column(Integer)
    """Number of the version that answers; null when none does."""
    revision: Mapped[int] = mapped_column(Integer, default=0, index=True)
    """The content revision that last changed what this article answers."""
    review_by: Mapped[date | None] = mapped_column(Date)
    """The day by which its owner reads it again."""
    scheduled: Mapped[int | None] = mapped_column(Integer)
    """Number of the version that will answer from ``publish_at`` on."""
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """From then on it is archived."""
    family: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Shared by the variants of one article in several languages; null for an article alone."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ArticleVersion(Base):
    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    article_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    questions: Mapped[list[str]] = mapped_column(JSON, default=list)
    context: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(80))
    """Login of who saved it, or ``import`` or ``starter``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnowledgeState(Base):
    """One row (id 1): ``content_revision`` grows by one with everything that changes what is answered."""

    __tablename__ = "knowledge_state"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1, autoincrement=False)
    content_revision: Mapped[int] = mapped_column(Integer, default=0)
    answer_precision: Mapped[float | None] = mapped_column(Float)
    """The target precision of direct answers; null: the setting's."""
    calibration: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Fitted on the house's own labelled questions; null: the shipped file's."""


class StoredQuestion(Base):
    """A question whose right article is known: for fitting, evaluation and the publish diff."""

    __tablename__ = "stored_questions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of the normalised text: one row for questions that read the same."""
    text: Mapped[str] = mapped_column(String(500))
    """Personal data masked."""
    article_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    """Null: no article answers it, and saying so is right."""
    golden: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether publishing stops when this question would lose its right answer."""
    source: Mapped[str] = mapped_column(String(12))
    """starter, editor, confirmed (the customer said that it helped) or refused (that it did not)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SetAside(Base):
    """An unanswered question that an editor does not want to see again, by its key."""

    __tablename__ = "questions_set_aside"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ArticleEvent(Base):
    """What happened to an article, by whom and why; never changed."""

    __tablename__ = "article_events"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    what: Mapped[str] = mapped_column(String(20))
    """submitted, returned, published, scheduled, unscheduled, archived, expired, overridden or reviewed."""
    version: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(80))
    """Login, or ``clock`` for what a set time did."""
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ArticleDay(Base):
    """What readers of the help centre did with an article on one day (UTC)."""

    __tablename__ = "article_days"
    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    views: Mapped[int] = mapped_column(Integer, default=0)
    helped: Mapped[int] = mapped_column(Integer, default=0)
    not_helped: Mapped[int] = mapped_column(Integer, default=0)


class ArticleFile(Base):
    """An image or attachment; articles name it by its id, so it outlives a version."""

    __tablename__ = "article_files"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(Integer)
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PolicyChange(Base):
    """Who changed how answers are decided, from what to what, and why; never changed."""

    __tablename__ = "policy_changes"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    what: Mapped[str] = mapped_column(String(20))
    """precision, calibration, golden_removed or golden_deleted."""
    before: Mapped[str] = mapped_column(String(500), default="")
    after: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HelpSearch(Base):
    """What a reader of the help centre searched for, and what the search decided."""

    __tablename__ = "help_searches"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    text: Mapped[str] = mapped_column(String(400))
    """Personal data masked."""
    kind: Mapped[str] = mapped_column(String(10))
    """answer, choose or nothing (search.decision.Kind)."""
    probability: Mapped[float] = mapped_column(Float)
    first: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The best article found; no foreign key: the record outlives it."""
    opened: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the reader opened a result."""
    reader: Mapped[str] = mapped_column(String(64))
    """Digest of address and day, so that one reader counts once; tells nobody apart a day later."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ArticleReport(Base):
    """What an agent said on the handoff card: this article is wrong, or none exists. An editor decides."""

    __tablename__ = "article_reports"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    what: Mapped[str] = mapped_column(String(12))
    """wrong or missing."""
    article_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True
    )
    question: Mapped[str] = mapped_column(String(500))
    """Personal data masked."""
    conversation_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(String(80))


class ArticlesChanged(Event):
    """What the bot may answer has changed; the index reads the table up to this revision."""

    revision: int

    @property
    def topics(self) -> tuple[str, ...]:
        return ("articles",)

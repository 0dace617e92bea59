"""The article table, its versions, and the counter that says the published articles have changed."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint
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


class ArticlesChanged(Event):
    """What the bot may answer has changed; the index reads the table up to this revision."""

    revision: int

    @property
    def topics(self) -> tuple[str, ...]:
        return ("articles",)

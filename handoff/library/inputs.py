"""What people give the library: canned replies, macros, views, tags; each with its limits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from conversations import text as texts
from conversations.desk import Reason
from handoff.models import Priority

TEXT_LIMIT = 2000
"""As long as a message may be."""
TAG_LIMIT, TAGS = 40, 12
TOPIC_LIMIT = 80
WEEK_MINUTES = 7 * 24 * 60


def _line(value: object) -> object:
    return " ".join(texts.clean(value).split()) if isinstance(value, str) else value


def _block(value: object) -> object:
    return texts.clean(value) if isinstance(value, str) else value


def _tag(value: object) -> object:
    return " ".join(texts.clean(value).lower().split()) if isinstance(value, str) else value


Title = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=80)]
Body = Annotated[
    str, BeforeValidator(_block), StringConstraints(min_length=1, max_length=TEXT_LIMIT)
]
Why = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=300)]
Tag = Annotated[str, BeforeValidator(_tag), StringConstraints(min_length=1, max_length=TAG_LIMIT)]
Topic = Annotated[
    str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=TOPIC_LIMIT)
]
Shortcut = Annotated[
    str, BeforeValidator(_tag), StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,23}$")
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplyChange(_Strict):
    title: Title
    text: Body
    shortcut: Shortcut | None = None
    reasons: Annotated[list[Reason], Field(max_length=20)] = []
    intents: Annotated[list[Topic], Field(max_length=30)] = []
    language: Language = "en"
    minutes: Annotated[int, Field(ge=1, le=WEEK_MINUTES)] | None = None
    seen: datetime | None = None
    """The ``at`` of the reply that was changed: another one is a conflict. Null: change it anyway."""


class CheckRequest(_Strict):
    text: Annotated[str, Field(max_length=8000)]


class TagsChange(_Strict):
    tags: Annotated[list[Tag], Field(max_length=TAGS)]


class TopicChange(_Strict):
    topic: Topic | None


class ViewFilters(_Strict):
    """What a view of the queue shows; everything given must hold."""

    text: Annotated[str, BeforeValidator(_line), StringConstraints(max_length=100)] | None = None
    team: UUID | None = None
    topic: Topic | None = None
    language: Language | None = None
    priority: Annotated[list[Priority], Field(max_length=4)] = []
    tag: Tag | None = None
    state: Literal["waiting", "mine", "with_colleagues"] | None = None
    mine: bool = False
    overdue: bool = False
    alarm: bool = False


class NewView(_Strict):
    name: Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=60)]
    filters: ViewFilters
    shared: bool = False

"""An article as it travels between houses: what an editor writes, where it stands, and its files."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from knowledge_base.drafts import Draft, clean_line, read_draft
from knowledge_base.file_kinds import check
from knowledge_base.files import FILES_LIMIT
from knowledge_base.models import Status
from server.errors import HandrailError, Invalid

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of one file of an article."""
#: An answering version's words; it is filed under what its article is.
WORDS = ("title", "questions", "context", "action", "outcome")


class CarriedFile(BaseModel):
    """An image or attachment; the article's text names it by its id, so it keeps that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    name: Annotated[str, Field(min_length=1, max_length=120)]
    media_type: Annotated[str, Field(max_length=80, pattern=r"^[a-z]+/[a-z0-9.+-]+$")]
    content: Annotated[bytes, Field(max_length=FILE_LIMIT)]

    @field_validator("content", mode="before")
    @classmethod
    def _decode(cls, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ValueError("is not base64") from error
        return value

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return clean_line(value)

    @field_serializer("content", when_used="json")
    def _encode(self, value: bytes) -> str:
        return base64.b64encode(value).decode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Standing(BaseModel):
    """What is not in a draft. None says nothing: what a house has stays, or is the usual for a new article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status | None = None
    answers: Literal["newest", "nothing"] | dict[str, Any] | None = None
    """What answers, where the status does not tell: an older version has its words here."""
    publish_at: AwareDatetime | None = None
    """When the newest version begins to answer by itself."""
    files: Annotated[tuple[CarriedFile, ...], Field(max_length=FILES_LIMIT)] = ()

    @model_validator(mode="after")
    def _only_words(self) -> Self:
        if isinstance(self.answers, dict) and not set(self.answers) <= set(WORDS):
            raise ValueError(
                "“answers” may hold title, questions, context, action and outcome only"
            )
        if len({file.id for file in self.files}) < len(self.files):
            raise ValueError("two files have the same id")
        return self


STANDING = frozenset(Standing.model_fields)


class Portable(BaseModel):
    """One article to be taken in."""

    model_config = ConfigDict(frozen=True)

    draft: Draft
    standing: Standing = Standing()
    older: Draft | None = None
    """The words that answer, when they are not the newest."""

    @property
    def slug(self) -> str:
        return self.draft.slug

    def fields(self, *, files: bool = True) -> dict[str, Any]:
        """What `read_portable` reads again to an equal article; files' content as base64."""
        said = self.draft.model_dump(mode="json", exclude_defaults=True)
        stands = self.standing.model_dump(
            mode="json",
            exclude_none=True,
            exclude_defaults=True,
            exclude=None if files else {"files"},
        )
        return {**said, **stands}


#: One row, file or page: its name in the report, and the article or what is wrong with it.
Source = tuple[str, "Portable | HandrailError"]
Sources = Iterator[Source]


def read_portable(fields: dict[str, Any]) -> Portable:
    """Check one article from a file.

    Raises:
        Invalid: naming the field and what is wrong with it; the text itself is not repeated.
        FileRefused, TooLarge: an attachment that an editor could not have added either.
    """
    draft = read_draft({name: value for name, value in fields.items() if name not in STANDING})
    try:
        standing = Standing.model_validate(
            {name: fields[name] for name in STANDING & fields.keys() if fields[name] is not None}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        at = ".".join(map(str, first["loc"])) or "article"
        raise Invalid(f"{at}: {first['msg']}") from error
    older = None
    if isinstance(standing.answers, dict):
        try:
            older = read_draft({**standing.answers, "slug": draft.slug})
        except Invalid as error:
            raise Invalid(f"answers.{error}") from error
    kept = tuple(_checked(file) for file in standing.files)
    if kept:
        standing = standing.model_copy(update={"files": kept})
    return Portable(draft=draft, standing=standing, older=older)


def _checked(file: CarriedFile) -> CarriedFile:
    """Looked at as an upload is, but kept to the byte: what comes from an export was cleaned there."""
    found = check(file.name, file.content)
    if found.media_type != file.media_type:
        raise Invalid(f"files: “{file.name[:60]}” is not what it says it is")
    return file.model_copy(update={"name": found.name})

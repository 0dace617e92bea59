"""What an editor may write: limits, forbidden characters, and the form that every way in shares."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge_base.models import Audience
from server.errors import Invalid

TITLE_LIMIT = 120
BODY_LIMIT = 20_000
"""Bytes of context, action and outcome together."""
QUESTION_LIMIT = 40
QUESTION_LENGTH = 200

# Controls; the marks that reorder what a reader sees (Trojan Source); and the invisible tag letters.
# Joiners stay: emoji and several scripts need them. Right-to-left letters carry their own direction.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Pages of the editor's room have these addresses already.
RESERVED = frozenset({"new", "unanswered", "import", "questions", "digest", "quality"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")


def clean_text(text: str) -> str:
    """Normalise line ends, composed characters and outer spaces.

    Raises:
        ValueError: the text holds a control, direction-changing or unpaired character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _FORBIDDEN.search(text) or _SURROGATE.search(text)
    if found:
        raise ValueError(f"the character U+{ord(found.group()):04X} is not allowed")
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str) -> str:
    """As `clean_text`, on one line with single spaces."""
    return " ".join(clean_text(text).split())


def slug_of(title: str) -> str:
    """A readable address for a title; titles without Latin letters get a stable short code."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-")
    if slug in RESERVED:
        slug = f"{slug}-article"
    return slug or f"article-{hashlib.sha256(title.encode()).hexdigest()[:10]}"


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise ValueError(f"is no {what}")
        return value

    return check


def _in_utc(moment: datetime) -> datetime:
    """A time without a zone, as people write it into files, is meant in UTC."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:  # the first hours of the year 1, further east
        raise ValueError("is no time") from error


Line = Annotated[str, AfterValidator(clean_line)]
Name = Annotated[str, Field(max_length=40), AfterValidator(clean_line)]
Part = Annotated[str, Field(max_length=BODY_LIMIT), AfterValidator(clean_text)]


class Draft(BaseModel):
    """Everything an editor writes about one article.

    >>> Draft(title="Return an item", category="returns", action="Open **My orders**.").slug
    'return-an-item'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT), AfterValidator(clean_line)]
    slug: Annotated[
        str, Field(max_length=80), AfterValidator(_matching(_SLUG, "slug (a-z, 0-9 and dashes)"))
    ] = ""
    """Empty: made from the title. Fixed once the article exists."""
    category: Annotated[Name, Field(min_length=1)] = "general"
    tags: Annotated[list[Name], Field(max_length=20)] = []
    intents: Annotated[list[Name], Field(max_length=20)] = []
    audience: Audience = Audience.PUBLIC
    language: Annotated[
        str, Field(max_length=12), AfterValidator(_matching(_LANGUAGE, "language code"))
    ] = "en"
    owner: Annotated[str, Field(max_length=80), AfterValidator(clean_line)] = ""
    review_by: date | None = None
    """This and the next two change the article only where they are stated, see `stated`."""
    expires_at: Annotated[datetime, AfterValidator(_in_utc)] | None = None
    family: UUID | None = None
    questions: Annotated[list[Line], Field(max_length=QUESTION_LIMIT)] = []
    context: Part = ""
    action: Part = ""
    outcome: Part = ""

    @model_validator(mode="before")
    @classmethod
    def _fill_slug(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("slug") and isinstance(data.get("title"), str):
            title = data["title"].encode("utf-8", "replace").decode()
            return {**data, "slug": slug_of(title)}
        return data

    @model_validator(mode="after")
    def _check_whole(self) -> Draft:
        if self.slug in RESERVED:
            raise ValueError(f"the address “{self.slug}” belongs to a page of the editors' room")
        if not self.title:
            raise ValueError("the title is empty")
        body = self.context + self.action + self.outcome
        if not body:
            raise ValueError("the article has no text")
        if len(body.encode()) > BODY_LIMIT:
            raise ValueError(f"the text is longer than {BODY_LIMIT} bytes")
        if any(len(question) > QUESTION_LENGTH for question in self.questions):
            raise ValueError(f"a question is longer than {QUESTION_LENGTH} characters")
        return self

    @property
    def unique_questions(self) -> list[str]:
        """The questions in their order, without empty ones and repeats in other capitals."""
        return list(
            {question.casefold(): question for question in self.questions if question}.values()
        )

    @property
    def stated(self) -> dict[str, object]:
        """Those of review_by, expires_at and family that were written down; the others stay as they are."""
        names = ("review_by", "expires_at", "family")
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}

    @property
    def unique_tags(self) -> list[str]:
        return sorted({tag for tag in self.tags if tag})

    @property
    def unique_intents(self) -> list[str]:
        return sorted({intent for intent in self.intents if intent})


def read_draft(fields: dict[str, Any]) -> Draft:
    """Check what somebody wrote.

    Raises:
        Invalid: with a list of ``{at, problem}``; the text itself is not repeated.
    """
    try:
        return Draft.model_validate(fields)
    except ValidationError as error:
        problems = [
            {"at": ".".join(map(str, item["loc"])) or "article", "problem": item["msg"]}
            for item in error.errors(include_input=False, include_url=False)[:20]
        ]
        first = problems[0]
        raise Invalid(f"{first['at']}: {first['problem']}", details=problems) from error

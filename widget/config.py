"""What a house may set of its widget: one value, checked in full, of which each version is kept.

The default, without anything set, is the widget as it is embedded by its script tag alone.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from widget.colours import colours_of

Language = Literal["en", "es", "de", "fr", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "de", "fr", "ar")
STARTERS = 5
FIELDS = 6
CHOICES = 12
INVITATIONS = 8
# All of it travels inside the entry module, before the first click (7.5 kB gzip at the most, of 20).
WORDING_LIMIT = 12_000
INVITATIONS_LIMIT = 6_000
# A path is matched by going back at each star: with three that stays quick on any address.
STARS = 3

# What a line may not hold: line breaks and other control characters.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("line breaks and control characters have no place here")
    return text


def _https(url: str) -> str:
    if not re.fullmatch(r"https://[^\s/?#@]+([/?#]\S*)?", url):
        raise ValueError("a link begins with https:// and has no spaces")
    return _one_line(url)


Line = Annotated[str, AfterValidator(_one_line)]
Label = Annotated[Line, StringConstraints(min_length=1, max_length=80)]
Starter = Annotated[Line, StringConstraints(min_length=1, max_length=120)]
Sentence = Annotated[Line, StringConstraints(min_length=1, max_length=300)]
Colour = Annotated[str, StringConstraints(to_lower=True, pattern=r"^#[0-9a-fA-F]{6}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]{0,59}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Event = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.:-]{0,59}$")]


class _Part(BaseModel):
    """Texts are trimmed; what is not declared here is refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        alias_generator=to_camel,
        populate_by_name=True,
    )


class Consent(_Part):
    """What a customer agrees to before the first message."""

    text: dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=1000)]] = Field(
        min_length=1
    )
    """Plain text per language; the widget shows its own language's, else English, else the first."""
    link: Annotated[str, StringConstraints(max_length=300), AfterValidator(_https)] | None = None
    """The full terms."""
    version: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1
    """Who agreed to a lower one is asked again."""


class FormField(_Part):
    """One question of the form before the chat. `name` and `email` are the customer's own details; others
    are kept with the conversation under their name."""

    name: Name
    label: dict[Language, Label] = Field(default_factory=dict)
    """May be empty for `name` and `email`, which the catalogue has words for."""
    kind: Literal["text", "email", "choice"] = "text"
    choices: tuple[Label, ...] = Field((), max_length=CHOICES)
    required: StrictBool = False

    @model_validator(mode="after")
    def agrees_with_itself(self) -> Self:
        if (self.name == "email") != (self.kind == "email"):
            raise ValueError(
                "the field for the e-mail address is called email, and is its only kind"
            )
        if self.name == "name" and self.kind != "text":
            raise ValueError("the field called name is a text")
        if self.name not in ("name", "email") and not self.label:
            raise ValueError(f"the field {self.name} needs a label")
        if self.kind == "choice":
            if len(self.choices) < 2 or len(set(self.choices)) != len(self.choices):
                raise ValueError(f"the field {self.name} needs two or more different choices")
        elif self.choices:
            raise ValueError(f"the field {self.name} is no choice, but has choices")
        return self


class Surveys(_Part):
    """What is asked after a chat, each once and skippable."""

    csat: StrictBool = True
    """One to five stars: how was your chat?"""
    ces: StrictBool = False
    """How easy was it to get help?"""
    nps: StrictBool = False
    """Would you recommend us?"""


class Invitation(_Part):
    """A message that the widget shows beside the closed bubble, once to a visitor, when all of this holds."""

    id: Name
    """What it is counted and remembered by; another text under the same id is not shown again."""
    name: Annotated[Line, StringConstraints(max_length=60)] = ""
    """What supervisors call it; never told to a page."""
    on: StrictBool = True
    page: Annotated[Line, StringConstraints(max_length=200)] = ""
    """The path in the address, with * for anything: ``/checkout*``. Empty: every page."""
    seconds: Annotated[StrictInt, Field(ge=0, le=3600)] = 10
    """On the page, or after the event."""
    event: Event | None = None
    """What the site must have told: ``Handrail.track("cart_left")``."""
    segment: Name | None = None
    """Of the customer; decided by the server and never told to a page."""
    visitor: Literal["any", "new", "returning"] = "any"
    online: StrictBool = False
    """Only while somebody of the team is there."""
    text: dict[Language, Annotated[Line, StringConstraints(min_length=1, max_length=200)]] = Field(
        min_length=1
    )
    """A language without one gets English, else the first."""
    starters: tuple[Starter, ...] = Field((), max_length=3)

    @model_validator(mode="after")
    def has_a_path(self) -> Self:
        if self.page and self.page[0] not in "/*":
            raise ValueError("a path begins with / or *")
        if self.page.count("*") > STARS:
            raise ValueError(f"a path has at most {STARS} stars")
        return self

    def public(self) -> dict[str, Any]:
        """What a page needs; whether the server must be asked stands for what is asked there."""
        told = self.model_dump(
            mode="json", include={"id", "page", "seconds", "event", "visitor", "text", "starters"}
        )
        return {**told, "ask": self.online or self.segment is not None}


class WidgetConfig(_Part):
    """In the browser these names are camelCase."""

    house: Annotated[Line, StringConstraints(max_length=60)] = ""
    starters: tuple[Starter, ...] = Field((), max_length=STARTERS)
    side: Literal["end", "start"] = "end"
    theme: Literal["auto", "light", "dark"] = "auto"
    accent: Colour | None = None
    """Text on it and its shade in the dark follow from it (widget/colours.py)."""

    language: Literal["auto", "en", "es", "de", "fr", "ar"] = "en"
    """`auto`: the page's language, else the browser's, else English."""
    wording: dict[Language, dict[Key, Sentence]] = Field(default_factory=dict)
    """Changed sentences, by the keys of words.<language>.js."""

    first: Literal["bot", "choose"] = "bot"
    """`choose`: the welcome offers the assistant and a person."""
    help: StrictBool = True
    """Article search, and suggestions while typing."""
    files: StrictBool = True
    """Customers may send pictures and files."""
    transcript: StrictBool = True
    sound: StrictBool = False
    """A quiet sound for what comes while the panel is closed or the tab hidden; each customer may switch it."""
    consent: Consent | None = None
    form: tuple[FormField, ...] = Field((), max_length=FIELDS)
    thumbs: StrictBool = True
    surveys: Surveys = Surveys()
    invitations: tuple[Invitation, ...] = Field((), max_length=INVITATIONS)
    """In their order: of two that could be shown the first is."""

    @model_validator(mode="after")
    def fits(self) -> Self:
        names = [field.name for field in self.form]
        if len(set(names)) != len(names):
            raise ValueError("two fields of the form have the same name")
        changed = sum(
            len(key) + len(text) for texts in self.wording.values() for key, text in texts.items()
        )
        if changed > WORDING_LIMIT:
            raise ValueError(f"the changed sentences have {changed} characters of {WORDING_LIMIT}")
        invitations = [one.id for one in self.invitations]
        if len(set(invitations)) != len(invitations):
            raise ValueError("two invitations have the same id")
        said = sum(
            len(text) for one in self.invitations for text in (*one.text.values(), *one.starters)
        )
        if said > INVITATIONS_LIMIT:
            raise ValueError(f"the invitations have {said} characters of {INVITATIONS_LIMIT}")
        return self

    def public(self) -> dict[str, Any]:
        """As the browser gets it: everything, camelCase, and the colours that follow from the accent."""
        told = self.model_dump(mode="json", by_alias=True)
        told["accent"] = colours_of(self.accent)._asdict() if self.accent else None
        told["invitations"] = [one.public() for one in self.invitations if one.on]
        return told

    @classmethod
    def stored(cls, kept: dict[str, Any]) -> WidgetConfig:
        """From the database, where a newer release may have left a field that this one does not know.

        Raises:
            pydantic.ValidationError: a known field does not have its form.
        """
        return cls.model_validate({key: kept[key] for key in kept if key in cls.model_fields})


DEFAULT = WidgetConfig()

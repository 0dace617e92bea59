"""What may be stored about teams, people and rules; each refusal says what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from handoff.models import Level
from handoff.teams.languages import LANGUAGES
from handoff.teams.ruling import RouteWhen
from server.errors import Invalid

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPANS_AT_MOST, HOLIDAYS_AT_MOST, NAMES_AT_MOST = 6, 400, 60
HOUR = 3600
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_LABEL = re.compile(r"[a-z0-9][a-z0-9 _/-]*")
ASSIGN = {
    "claim": "Agents claim from the queue",
    "round_robin": "Offered in turn (round robin)",
    "least_busy": "Offered to the least busy",
}
ModelT = TypeVar("ModelT", bound=BaseModel)


def checked(model: type[ModelT], **values: Any) -> ModelT:
    """The model of these values.

    Raises:
        Invalid: with the sentences that say what is wrong.
    """
    try:
        return model(**values)
    except ValidationError as error:
        raise Invalid(said(error)) from error


def said(error: ValidationError) -> str:
    """The problems as sentences for a page."""
    problems = []
    for item in error.errors()[:5]:
        text = item["msg"].removeprefix("Value error, ")
        # Our own sentences say what they are about.
        place = "" if item["type"] == "value_error" else _place(item["loc"])
        problems.append(f"{place}{text[:1].upper()}{text[1:]}".rstrip(".") + ".")
    return " ".join(dict.fromkeys(problems))


def _place(loc: Iterable[int | str]) -> str:
    named = [
        part.replace("_", " ") for part in loc if isinstance(part, str) and part.isidentifier()
    ]
    return f"{named[-1].capitalize()}: " if named else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _known_zone(zone: str) -> str:
    if zone not in zones():
        raise ValueError(f"“{zone}” is no time zone; an example is Europe/Brussels")
    return zone


def _known_languages(codes: list[str]) -> list[str]:
    for code in codes:
        if code not in LANGUAGES:
            raise ValueError(f"“{code}” is no language code of ISO 639-1; an example is fr")
    return sorted(set(codes))


def _labels(given: list[str]) -> list[str]:
    cleaned = {" ".join(label.lower().split()) for label in given}
    for label in cleaned:
        if _LABEL.fullmatch(label) is None:
            raise ValueError(f"“{label}”: a skill is named by plain letters and digits")
    return sorted(cleaned)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every time zone by place, in order."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


Name = Annotated[
    str, BeforeValidator(lambda text: _one_line(str(text))), Field(min_length=1, max_length=80)
]
Label = Annotated[str, Field(min_length=1, max_length=40)]
Skills = Annotated[list[Label], Field(max_length=NAMES_AT_MOST), AfterValidator(_labels)]
Codes = Annotated[list[str], Field(max_length=NAMES_AT_MOST), AfterValidator(_known_languages)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
DayNumber = Literal["0", "1", "2", "3", "4", "5", "6"]
Seconds = Annotated[int, Field(ge=5, le=24 * HOUR)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Holiday(_Input):
    day: str
    name: Name

    @field_validator("day")
    @classmethod
    def _is_a_date(cls, day: str) -> str:
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            raise ValueError(f"“{day}” is no date; an example is 2026-12-25") from None


class TeamChange(_Input):
    """Everything about a team but its people and its place."""

    name: Name
    zone: Zone = "Europe/Brussels"
    week: dict[DayNumber, Annotated[list[tuple[str, str]], Field(max_length=SPANS_AT_MOST)]]
    holidays: Annotated[list[Holiday], Field(max_length=HOLIDAYS_AT_MOST)] = []
    assign: Literal["claim", "round_robin", "least_busy"] = "claim"
    offer_seconds: Annotated[int, Field(ge=5, le=600)] = 20
    overflow_team_id: UUID | None = None
    overflow_seconds: Seconds = 120
    escalates_to_id: UUID | None = None
    backup_id: UUID | None = None

    @field_validator("week")
    @classmethod
    def _in_order(cls, week: dict[str, list[tuple[str, str]]]) -> dict[str, list[tuple[str, str]]]:
        for day in sorted(week):
            _check_day(DAYS[int(day)], week[day])
        return {day: week[day] for day in sorted(week) if week[day]}

    @field_validator("holidays")
    @classmethod
    def _once_each(cls, given: list[Holiday]) -> list[Holiday]:
        days = [one.day for one in given]
        if twice := next((day for day in days if days.count(day) > 1), None):
            raise ValueError(f"{twice} is a holiday twice")
        return sorted(given, key=lambda one: one.day)

    def columns(self) -> dict[str, Any]:
        """As the table `teams` holds them."""
        plain = self.model_dump(exclude={"week", "holidays"})
        week = {day: [list(span) for span in spans] for day, spans in self.week.items()}
        return {**plain, "week": week, "holidays": [one.model_dump() for one in self.holidays]}


def _check_day(day: str, spans: list[tuple[str, str]]) -> None:
    for opens, closes in spans:
        for at in (opens, closes):
            if _TIME.fullmatch(at) is None:
                raise ValueError(f"{day}: “{at}” is no time; an example is 08:30")
        if opens >= closes:
            raise ValueError(f"{day}: {opens} to {closes} ends before it begins")
    for (_, closes), (opens, _) in pairwise(spans):
        if opens < closes:
            raise ValueError(
                f"{day}: the hours from {opens} begin before those until {closes} have ended"
            )


class PersonChange(_Input):
    """What a member of staff can take, and in which teams."""

    level: Level = Level.FRONT_LINE
    skills: Skills = []
    languages: Codes = []
    capacity: Annotated[int, Field(ge=1, le=50)] = 4
    teams: Annotated[frozenset[UUID], Field(max_length=200)] = frozenset()


class RuleWhen(RouteWhen):
    """The conditions of a rule as they may be written."""

    @field_validator("languages")
    @classmethod
    def _languages(cls, codes: frozenset[str]) -> frozenset[str]:
        return frozenset(_known_languages(list(codes)))

    @field_validator("intents", "segments", "reasons")
    @classmethod
    def _short(cls, names: frozenset[str]) -> frozenset[str]:
        if len(names) > NAMES_AT_MOST or any(not 1 <= len(name) <= 60 for name in names):
            raise ValueError(f"at most {NAMES_AT_MOST} names of up to 60 characters")
        return names


class RuleChange(_Input):
    name: Name
    when: RuleWhen = RuleWhen()
    team_id: UUID
    skill: Annotated[str, Field(max_length=40)] | None = None
    level: Level = Level.FRONT_LINE

    @field_validator("skill")
    @classmethod
    def _label(cls, skill: str | None) -> str | None:
        return _labels([skill])[0] if skill and skill.strip() else None

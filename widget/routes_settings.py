"""The widget's settings over HTTP: `/api/widget/settings`, for supervisors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from server.auth import Role, Staff, allow, services
from server.errors import Invalid
from widget.colours import LIGHT_SURFACES, colours_of, contrast
from widget.config import DEFAULT, WidgetConfig
from widget.settings import NOTE_LIMIT, Change, Published, WidgetSettings

WRONG_SHOWN = 20
PERIOD = 30

router = APIRouter(prefix="/api/widget/settings", tags=["widget"])


def _settings(request: Request) -> WidgetSettings:
    held: WidgetSettings = services(request).widget
    return held


CurrentLead = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]
Desk = Annotated[WidgetSettings, Depends(_settings)]
Version = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class WrongSettings(Invalid):
    """`wrong`: [{"at": ["form", 0, "label"], "message"}]."""

    def __init__(self, wrong: list[dict[str, Any]]) -> None:
        super().__init__("Something in these settings is not right.", details=wrong)
        self.wrong = wrong


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=NOTE_LIMIT)]
    seen: Version
    """The version that the page showed."""


class Publish(_Body):
    config: dict[str, Any]


class Restore(_Body):
    version: Version


class Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")
    config: dict[str, Any]


class ColoursView(BaseModel):
    """What an accent leads to, with contrasts as WCAG 2.2 counts them (1 to 21)."""

    fill: str
    ink: str
    ink_contrast: float
    light_contrast: float
    """The accent on the light panel."""
    mark: str
    dark: str


class CheckView(BaseModel):
    config: dict[str, Any] | None
    """As the browser would get it; null while something is wrong."""
    wrong: list[dict[str, Any]]
    colours: ColoursView | None


class SettingsView(BaseModel):
    """`config` as WidgetConfig, with its own names."""

    version: int
    config: dict[str, Any]
    default: dict[str, Any] = Field(default_factory=lambda: DEFAULT.model_dump(mode="json"))

    @classmethod
    def of(cls, published: Published) -> SettingsView:
        return cls(version=published.version, config=published.config.model_dump(mode="json"))


class CountView(BaseModel):
    """What became of one invitation; strangers' numbers are as their browsers told them."""

    shown: int
    opened: int
    dismissed: int
    answered: int


class CountsView(BaseModel):
    days: int
    invitations: dict[str, CountView]


class ChangeView(BaseModel):
    version: int
    note: str
    restores: int | None
    by: str
    at: datetime
    config: dict[str, Any]

    @classmethod
    def of(cls, change: Change) -> ChangeView:
        return cls(
            version=change.version,
            note=change.note,
            restores=change.restores,
            by=change.by,
            at=change.at,
            config=change.config.model_dump(mode="json"),
        )


@router.get("")
async def read_settings(_: CurrentLead, desk: Desk) -> SettingsView:
    """What holds at this moment, whatever this process remembers."""
    return SettingsView.of(await desk.now())


@router.put("")
async def publish_settings(lead: CurrentLead, desk: Desk, body: Publish) -> SettingsView:
    """Publish, unless somebody was faster (409 `conflict`); 422 `invalid` says in `details` which field is
    wrong and why."""
    return SettingsView.of(
        await desk.publish(_checked(body.config), body.note, lead, seen=body.seen)
    )


@router.get("/history")
async def read_history(_: CurrentLead, desk: Desk) -> list[ChangeView]:
    return [ChangeView.of(change) for change in await desk.history()]


@router.get("/invitations")
async def read_invitations(
    _: CurrentLead, desk: Desk, days: Annotated[int, Query(ge=1, le=365)] = PERIOD
) -> CountsView:
    """What became of the invitations, by id; today is one of the days."""
    found = await desk.invitation_counts(days)
    return CountsView(
        days=days, invitations={name: CountView(**vars(one)) for name, one in found.items()}
    )


@router.post("/restore")
async def restore_settings(lead: CurrentLead, desk: Desk, body: Restore) -> SettingsView:
    """Publish what an earlier version said; 0 is the default."""
    return SettingsView.of(await desk.restore(body.version, body.note, lead, seen=body.seen))


@router.post("/check")
async def check_settings(_: CurrentLead, body: Draft) -> CheckView:
    """What a draft would give: nothing is kept."""
    try:
        config = _checked(body.config)
    except WrongSettings as error:
        return CheckView(config=None, wrong=error.wrong, colours=None)
    return CheckView(config=config.public(), wrong=[], colours=_colours(config.accent))


def _colours(accent: str | None) -> ColoursView | None:
    if accent is None:
        return None
    found = colours_of(accent)
    return ColoursView(
        fill=accent,
        ink=found.ink,
        ink_contrast=contrast(found.ink, accent),
        light_contrast=min(contrast(accent, surface) for surface in LIGHT_SURFACES),
        mark=found.mark,
        dark=found.dark,
    )


def _checked(config: dict[str, Any]) -> WidgetConfig:
    """
    Raises:
        WrongSettings: something in it does not have its form.
    """
    try:
        return WidgetConfig.model_validate(config)
    except ValidationError as error:
        wrong = [
            {"at": list(one["loc"]), "message": _said(one)}
            for one in error.errors(include_url=False)[:WRONG_SHOWN]
        ]
        raise WrongSettings(wrong) from error


def _said(wrong: ErrorDetails) -> str:
    """One objection in the words of the page."""
    context = wrong.get("ctx", {})
    match wrong["type"]:
        case "string_too_short" | "too_short" | "missing":
            return "Something is missing here."
        case "string_too_long" | "too_long":
            kind = "characters" if isinstance(wrong["input"], str) else "of these"
            return f"At most {context['max_length']} {kind} fit here."
        case "value_error":
            said = wrong["msg"].removeprefix("Value error, ")
            return f"{said[:1].upper()}{said[1:]}."
    return "This does not have the right form."

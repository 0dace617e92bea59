"""Suggested replies: the house's own sentences (replies.yml), filled with what is known and nothing else."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from handoff.hours import OpeningHours

REPLIES_FILE = Path(__file__).parent / "replies.yml"


class Template(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    text: str
    reasons: frozenset[str] | None = None
    minutes: int | None = None
    """How far in the future the promised time lies."""


class Reply(BaseModel):
    title: str
    text: str


def load(path: Path = REPLIES_FILE) -> tuple[Template, ...]:
    """Raises:
    pydantic.ValidationError: the file does not have the expected form.
    """
    found = TypeAdapter(list[Template]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    return tuple(found)


def suggest(
    templates: tuple[Template, ...],
    known: Mapping[str, str],
    *,
    reason: str,
    now: datetime,
    hours: OpeningHours,
) -> list[Reply]:
    """The replies whose every blank can be filled from ``known``, in the file's order."""
    first_name = known.get("name", "").split(" ")[0]
    replies = []
    for template in templates:
        if template.reasons is not None and reason not in template.reasons:
            continue
        values = {**known, "to_name": f" {first_name}" if first_name else ""}
        if template.minutes is not None:
            values["by"] = _clock_time(now + timedelta(minutes=template.minutes), hours)
        blanks = {name for _, name, _, _ in string.Formatter().parse(template.text) if name}
        if blanks <= values.keys():
            replies.append(Reply(title=template.title, text=template.text.format(**values)))
    return replies


def _clock_time(at: datetime, hours: OpeningHours) -> str:
    """The local time, rounded up to five minutes: ``14:40``."""
    local = hours.local(at)
    up = (-local.minute) % 5
    return (local.replace(second=0, microsecond=0) + timedelta(minutes=up)).strftime("%H:%M")

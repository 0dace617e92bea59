"""Suggested replies: the house's own sentences (replies.yml), filled with what is known and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from handoff.hours import OpeningHours

REPLIES_FILE = Path(__file__).parent / "replies.yml"
_BLANK = re.compile(r"\{([a-z_]{1,30})\}")


class Template(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    text: str
    reasons: frozenset[str] | None = None
    intents: frozenset[str] | None = None
    """What the customer's question is about; None: anything."""
    minutes: int | None = None
    """How far in the future the promised time lies."""
    foreign: str | None = None
    """The language's name, where it is not the customer's."""


class Reply(BaseModel):
    title: str
    text: str
    source: Literal["house", "earlier"] = "house"
    """The house's own sentence, or what an agent answered to a similar question."""
    used: int | None = None
    """In how many chats an earlier reply was given."""
    missing: list[str] = []
    """What an earlier reply still lacks; it stands in the text as ``[order number]``."""
    asked: str | None = None
    """The question that an earlier reply was given to, masked."""
    score: float | None = None
    foreign: str | None = None
    """The language's name, where it is not the customer's; the title has it, too."""


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
    intents: Sequence[str] = (),
) -> list[Reply]:
    """The replies whose every blank can be filled from ``known``: those in the customer's language first, of
    these those for one of these intents, in the intents' order, else in the order given."""
    first_name = known.get("name", "").split(" ")[0]
    replies: list[tuple[tuple[bool, int], Reply]] = []
    for template in templates:
        place = _place(template, intents)
        if place is None:
            continue
        if template.reasons is not None and reason not in template.reasons:
            continue
        values = {**known, "to_name": f" {first_name}" if first_name else ""}
        if template.minutes is not None:
            values["by"] = _clock_time(now + timedelta(minutes=template.minutes), hours)
        if set(_BLANK.findall(template.text)) <= values.keys():
            text = _filled(template.text, values)
            foreign = template.foreign
            title = f"{template.title} ({foreign})" if foreign else template.title
            reply = Reply(title=title, text=text, foreign=foreign)
            replies.append(((foreign is not None, place), reply))
    return [reply for _, reply in sorted(replies, key=lambda one: one[0])]


def _place(template: Template, intents: Sequence[str]) -> int | None:
    """0 and on for the first intents, behind them what fits any; None when it is for others."""
    if template.intents is None:
        return len(intents)
    return next((at for at, intent in enumerate(intents) if intent in template.intents), None)


def _clock_time(at: datetime, hours: OpeningHours) -> str:
    """The local time, rounded up to five minutes: ``14:40``."""
    local = hours.local(at)
    up = (-local.minute) % 5
    return (local.replace(second=0, microsecond=0) + timedelta(minutes=up)).strftime("%H:%M")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda match: values[match[1]], text)

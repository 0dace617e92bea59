"""A marked entity as it travels over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from server.errors import Invalid
from training.spans import AT_MOST, Span

Place = Annotated[int, Field(ge=0, le=500)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class SpanView(BaseModel):
    """Characters `start` up to `end` (exclusive) of the masked text."""

    model_config = ConfigDict(from_attributes=True)

    start: Place
    end: Place
    entity: Name
    value: Name | None = None
    """What the words stand for, where that is not the words themselves."""
    role: Name | None = None

    def span(self) -> Span:
        return Span(self.start, self.end, self.entity, self.value, self.role)


Spans = Annotated[list[SpanView], Field(max_length=AT_MOST)]


def of_one(turn_ids: Sequence[UUID], spans: Sequence[SpanView]) -> Mapping[UUID, Sequence[Span]]:
    """Return the marks by message; only one message can bring any, for places differ from text to text.

    Raises:
        Invalid: there are marks, and several messages.
    """
    if spans and len(turn_ids) != 1:
        raise Invalid("Entities can be marked in one message at a time.")
    return {turn_ids[0]: [one.span() for one in spans]} if spans else {}

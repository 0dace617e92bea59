"""A turn's entities, found again in its masked text, where numbers are zeros and people have another name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.texts import PERSON, clean, mask

PERSON_ENTITY = "PERSON"
MOST = 20
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True)
class Entity:
    """One entity in the masked text: characters `start` to `end` (exclusive)."""

    entity: str
    value: str
    """As it stands in the masked text."""
    start: int
    end: int


def in_masked(raw: str, parse: Mapping[str, Any], masked: str) -> tuple[Entity, ...]:
    """Return the parse's entities in the order of the text; one that masking took away is left out.

    >>> parse = {"entities": [{"entity": "order_number", "start": 9, "end": 18, "value": "FW-204411"}]}
    >>> in_masked("where is FW-204411", parse, "where is FW-000000")
    (Entity(entity='order_number', value='FW-000000', start=9, end=18),)
    """
    listed = parse.get("entities")
    spans = [
        (one["start"], one["end"], str(one.get("entity") or ""))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping)
        and isinstance(one.get("start"), int)
        and isinstance(one.get("end"), int)
        and 0 <= one["start"] < one["end"] <= len(raw)
    ]
    found: list[Entity] = []
    at = 0
    for start, end, entity in sorted(spans)[:MOST]:
        for form in _forms(raw[start:end], entity):
            place = masked.find(form, at)
            if form and place >= 0:
                at = place + len(form)
                found.append(Entity(entity, form, place, at))
                break
    return tuple(found)


def _forms(words: str, entity: str) -> list[str]:
    """How these words may stand in the masked text."""
    forms = [clean(mask(words)), _DIGIT.sub("0", clean(words)), clean(words)]
    return [PERSON, *forms] if entity == PERSON_ENTITY else forms

"""Entities marked in an example, as Rasa's training files write them: `[kettle](product)`.

A mark with a value or a role is written `[kettle]{"entity": "product", "value": "Fernway Kettle"}`. Customers' own
brackets became parentheses before anybody marks anything (training.texts), so no text marks itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from training.texts import mask

AT_MOST = 20
# Rasa's own expression is wider (lists of marks, "group"); what is not of this form stays text.
_MARK = re.compile(
    r"\[(?P<text>[^\]]+?)\](?:\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|\{(?P<more>[^}]+?)\})"
)
# Nothing that needs escaping in JSON: Rasa decodes backslashes in some files.
_VALUE = re.compile(r"[^\W_](?:[\w .,&'’+/-]{0,78}[\w.+])?\Z")


@dataclass(frozen=True, order=True)
class Span:
    """Characters `start` up to `end` (exclusive) name an entity."""

    start: int
    end: int
    entity: str
    value: str | None = None
    """What the words stand for, where that is not the words themselves."""
    role: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return ``{"start", "end", "entity"}``, and value and role where it has them."""
        more = {"value": self.value, "role": self.role}
        found = {"start": self.start, "end": self.end, "entity": self.entity}
        return found | {name: one for name, one in more.items() if one is not None}

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Span:
        """Read what ``as_dict`` wrote, or somebody sent.

        Raises:
            Invalid: it has another form.
        """
        start, end, entity = found.get("start"), found.get("end"), found.get("entity")
        value, role = found.get("value"), found.get("role")
        whole = type(start) is int and type(end) is int
        words = isinstance(entity, str) and all(
            one is None or isinstance(one, str) for one in (value, role)
        )
        if not whole or not words:
            raise Invalid("A marked entity needs start, end and entity.")
        return cls(start, end, entity, value or None, role or None)  # type: ignore[arg-type]


def check(
    text: str, spans: Iterable[Span], entities: Mapping[str, Sequence[str]]
) -> tuple[Span, ...]:
    """Return the marks in the order of the text; `entities` maps the known ones to their roles.

    Raises:
        Invalid: marks that overlap, lie outside the text or end in a space, an entity or role that the
            domain doesn't know, a value that can't be written or names a person.
    """
    found = sorted(spans)
    if len(found) > AT_MOST:
        raise Invalid(f"At most {AT_MOST} entities can be marked in one message.")
    before = 0
    for span in found:
        words = text[max(0, span.start) : max(0, span.end)]
        if not 0 <= span.start < span.end <= len(text) or words != words.strip():
            raise Invalid("Mark whole words inside the message.")
        if span.start < before:
            raise Invalid(f"“{words}” is marked twice; entities can't overlap.")
        before = span.end
        if span.entity not in entities:
            raise Invalid(f"There is no entity “{span.entity[:80]}” in domain.yml.")
        if span.role is not None and span.role not in entities[span.entity]:
            raise Invalid(f"The entity “{span.entity}” has no role “{span.role[:80]}”.")
        if span.value is not None and (
            not _VALUE.match(span.value) or mask(span.value) != span.value
        ):
            raise Invalid(
                "An entity's value is up to 80 letters, digits and spaces, without numbers of anybody."
            )
    return tuple(found)


def write(text: str, spans: Iterable[Span]) -> str:
    """Return the example with its marks.

    >>> write("my kettle leaks", [Span(3, 9, "product")])
    'my [kettle](product) leaks'
    """
    for span in sorted(spans, reverse=True):
        words, more = text[span.start : span.end], f"({span.entity})"
        if span.value is not None or span.role is not None:
            named = {"entity": span.entity, "role": span.role, "value": span.value}
            kept = {name: one for name, one in named.items() if one is not None}
            more = json.dumps(kept, ensure_ascii=False)
        text = f"{text[: span.start]}[{words}]{more}{text[span.end :]}"
    return text


def read(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Return an example's text without marks, and the marks.

    >>> read("my [kettle](product) leaks")[0]
    'my kettle leaks'
    """
    if "[" not in marked:
        return marked, ()
    text, spans, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        at = match.end()
        named = _named(match)
        if named is None:
            text += match.group()
            continue
        start = len(text)
        text += match["text"]
        spans.append(Span(start, len(text), *named))
    return text + marked[at:], tuple(spans)


def _named(match: re.Match[str]) -> tuple[str, str | None, str | None] | None:
    if match["entity"] is not None:
        return match["entity"], match["value"], None
    try:
        found = json.loads(f"{{{match['more']}}}")
    except ValueError:
        return None
    if not isinstance(found.get("entity"), str):
        return None
    value, role = found.get("value"), found.get("role")
    return (
        found["entity"],
        None if value is None else str(value),
        role if isinstance(role, str) else None,
    )

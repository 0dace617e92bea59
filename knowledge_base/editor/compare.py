"""What is different between two versions: word by word, part by part."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, Protocol

Kind = Literal["same", "added", "removed"]

PARTS = ("title", "questions", "context", "action", "outcome")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
#: Pairs of words compared in one changed passage. Beyond it the passage is shown whole: difflib takes
#: the product of both lengths at worst, and 20,000 bytes of text are 8,000 pieces.
WORK_LIMIT = 400_000


class Words(Protocol):
    """A version's words, or a draft's."""

    @property
    def title(self) -> str: ...
    @property
    def questions(self) -> list[str]: ...
    @property
    def context(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def outcome(self) -> str: ...


@dataclass(frozen=True)
class Run:
    """Some words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class PartChange:
    """One part in which the versions differ, as runs in reading order."""

    part: str
    runs: tuple[Run, ...]


def text_of(words: Words, part: str) -> str:
    """A part as one text; questions one a line."""
    return "\n".join(words.questions) if part == "questions" else str(getattr(words, part))


def compare(old: Words, new: Words) -> list[PartChange]:
    """The parts that differ, in their order on the page; empty when the words are the same."""
    pairs = ((part, text_of(old, part), text_of(new, part)) for part in PARTS)
    return [
        PartChange(part, runs(before, after)) for part, before, after in pairs if before != after
    ]


async def in_thread(old: Words, new: Words) -> list[PartChange]:
    """As `compare`; two long texts take half a second, in which the event loop is free."""
    return await asyncio.to_thread(compare, old, new)


def runs(before: str, after: str) -> tuple[Run, ...]:
    """What stayed, went and came. Removed and same give `before`, added and same give `after`.

    >>> [(run.kind, run.text) for run in runs("in two days", "in six weeks")]
    [('same', 'in '), ('removed', 'two days'), ('added', 'six weeks')]
    """
    found: list[Run] = []
    for kind, text in _by_line(before, after):
        if text and found and found[-1].kind == kind:
            found[-1] = Run(kind, found[-1].text + text)
        elif text:
            found.append(Run(kind, text))
    return tuple(found)


def _by_line(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    """Lines first, so that a paragraph put in the middle leaves what follows alone."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) * len(new) > WORK_LIMIT:
        yield "removed", before
        yield "added", after
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(old[a:b])
        else:
            yield from _by_word("".join(old[a:b]), "".join(new[c:d]))


def _by_word(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > WORK_LIMIT:
        yield "removed", before
        yield "added", after
        return
    removed = added = gap = ""
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kept = "".join(old[a:b]) if what == "equal" else ""
        if kept.isspace() and (removed or added):
            # "two days" to "three weeks" is one change to a reader, not two around a space.
            gap = kept
        elif kept:
            yield "removed", removed
            yield "added", added
            yield "same", gap + kept
            removed = added = gap = ""
        else:
            removed += gap + "".join(old[a:b])
            added += gap + "".join(new[c:d])
            gap = ""
    yield "removed", removed
    yield "added", added
    yield "same", gap

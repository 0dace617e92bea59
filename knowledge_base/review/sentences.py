"""An article's sentences, each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from knowledge_base.rendering import plain
from knowledge_base.search.records import Record
from knowledge_base.search.tongues import terms

#: More than this of one article is not compared; a body of 20,000 bytes has about 200 sentences.
SENTENCE_LIMIT = 120
#: Longer ones are cut; nobody reads two sides of 400 characters beside each other.
LENGTH_LIMIT = 400

# A full stop ends a sentence when a space and no small letter follow, and no abbreviation stands before.
_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bapprox\.)(?<!\bNo\.)(?<!\bSt\.)(?<=[.!?])\s+(?![a-z])"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a part: title, context, action or outcome."""

    part: str
    text: str

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.text))


def sentences(record: Record) -> list[Sentence]:
    """The title and the body's sentences in reading order, without repeats."""
    found = {Sentence("title", record.title): None}
    for part in ("context", "action", "outcome"):
        for text in _split(plain(getattr(record, part))):
            found.setdefault(Sentence(part, text[:LENGTH_LIMIT]))
    return list(found)[:SENTENCE_LIMIT]


def _split(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for sentence in _END.split(line):
            if sentence := sentence.strip():
                yield sentence

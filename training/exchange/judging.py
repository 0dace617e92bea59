"""What an import would do with each row: add it, or leave it out and say why. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.errors import Invalid
from training.exchange.rows import Row
from training.models import IGNORED
from training.nlu_files import Example
from training.spans import Span, check
from training.texts import LIMIT, key, normalise, prepare

#: So many rows of each outcome are told one by one.
TOLD = 100
MASKED = "Something was masked or tidied."


class Outcome(StrEnum):
    ADDED = "added"
    KNOWN = "known"
    """It is an example of the same intent already."""
    CONFLICTING = "conflicting"
    """Here, or elsewhere in the file, it is said to mean something else."""
    BAD = "bad"


@dataclass(frozen=True)
class Judged:
    line: int
    outcome: Outcome
    text: str
    """Masked, as it would be written."""
    intent: str
    why: str
    spans: tuple[Span, ...] = ()
    masked: bool = False
    """Whether something personal was masked in it, or its spaces were tidied; only of what is added."""


@dataclass(frozen=True)
class Standing:
    """What is here already."""

    entities: Mapping[str, Sequence[str]]
    examples: Mapping[str, int]
    """Every intent, with its number of examples."""
    known: Mapping[str, Example]
    """By how they read (training.texts.normalise)."""
    labels: Mapping[str, str]
    """Of the labels that the file's rows read like: key of the text, and intent."""


@dataclass(frozen=True)
class Report:
    dry_run: bool
    counts: dict[Outcome, int]
    rows: tuple[Judged, ...]
    """Of each outcome the masked, then the first; in the order of the file."""
    masked: int
    """In how many added rows something personal was masked."""

    @property
    def added(self) -> int:
        return self.counts[Outcome.ADDED]


def prepared(rows: Sequence[Row]) -> list[str]:
    """Return each row's text masked and cleaned."""
    return [prepare(row.text, {}) for row in rows]


def judge(rows: Sequence[Row], texts: Sequence[str], here: Standing) -> list[Judged]:
    """Return what becomes of each row; `texts` are theirs, prepared."""
    said: dict[str, list[tuple[int, str]]] = {}
    for row, text in zip(rows, texts, strict=True):
        if not _problem(row, text, here):
            said.setdefault(normalise(text), []).append((row.line, row.intent))
    return [_judge(row, text, said, here) for row, text in zip(rows, texts, strict=True)]


def report(judged: Sequence[Judged], *, dry_run: bool) -> Report:
    """Return the counts, and of each outcome the masked rows, which somebody is to look at, and the first."""
    by_outcome = {one: [row for row in judged if row.outcome is one] for one in Outcome}
    told: list[Judged] = []
    for rows in by_outcome.values():
        told += sorted(rows, key=lambda row: (not row.masked, row.line))[:TOLD]
    first = tuple(sorted(told, key=lambda row: row.line))
    counts = {outcome: len(rows) for outcome, rows in by_outcome.items()}
    masked = sum(row.masked for row in by_outcome[Outcome.ADDED])
    return Report(dry_run, counts, first, masked)


def _problem(row: Row, text: str, here: Standing) -> str:
    if row.problem:
        return row.problem
    if not text:
        return "Nothing readable is in this row."
    if len(row.text) > LIMIT:
        return f"It is longer than {LIMIT} characters."
    if row.intent not in here.examples:
        return f"There is no intent “{row.intent[:80]}” in domain.yml; create it first."
    if len(text) != len(row.text):
        return ""  # what was masked has another length: the marks are left out
    try:
        check(text, row.spans, here.entities)
    except Invalid as error:
        return str(error)
    return ""


def _judge(
    row: Row, text: str, said: Mapping[str, Sequence[tuple[int, str]]], here: Standing
) -> Judged:
    outcome, why = _outcome(row, text, said, here)
    spans = row.spans if len(text) == len(row.text) else ()
    if outcome is Outcome.ADDED and row.spans and not spans:
        why = "Its marks are left out: what was masked has another length."
    masked = outcome is Outcome.ADDED and " ".join(row.text.split()) != text
    if masked:
        why = why or MASKED
    intent = row.intent[:80]
    return Judged(row.line, outcome, text, intent, why, tuple(sorted(spans)), masked)


def _outcome(
    row: Row, text: str, said: Mapping[str, Sequence[tuple[int, str]]], here: Standing
) -> tuple[Outcome, str]:
    if problem := _problem(row, text, here):
        return Outcome.BAD, problem
    same = said[normalise(text)]
    other = next((one for one in same if one[1] != row.intent), None)
    if other is not None:
        return Outcome.CONFLICTING, f"Line {other[0]} says “{other[1]}”."
    # An example that was written by hand may name a number that nobody has: it is known unmasked, too.
    there = here.known.get(normalise(text)) or here.known.get(normalise(row.text))
    if there is not None and there.intent != row.intent:
        return Outcome.CONFLICTING, f"It is an example of “{there.intent}” here."
    if there is not None:
        return Outcome.KNOWN, "It is an example of this intent already."
    if same[0][0] != row.line:
        return Outcome.KNOWN, f"As in line {same[0][0]}."
    label = here.labels.get(key(text))
    if label == IGNORED:
        return Outcome.CONFLICTING, "It was ignored here."
    if label is not None:
        return (
            Outcome.CONFLICTING,
            f"It was labelled “{label}” here, and taken out of the file by hand.",
        )
    return Outcome.ADDED, ""

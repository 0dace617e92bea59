"""One look at the training data: made in the background, kept as a file, stamped with its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from encoder import Encoder, EncoderError
from training.files import read_json, write_json
from training.health import drift, examples, traffic
from training.health.findings import Finding
from training.health.gather import Written
from training.health.sets import Examples, Messages
from training.health.vectors import VectorShelf
from training.nlu_files import Example, fingerprint
from understanding.errors import UnderstandingError

#: Of the report's form; another one is looked at anew.
FORM = 2

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Report:
    at: datetime
    seconds: float
    """How long the look took."""
    examples: int
    intents: int
    messages: int
    right: float | None
    """The share of examples that models read right which had not seen them; None: too few to tell."""
    drift: dict[str, Any] = field(default_factory=dict)
    """`drift.Drift.as_dict`."""
    findings: tuple[Finding, ...] = ()
    data: str = ""
    """`nlu_files.fingerprint` of the examples that were looked at."""


def make(
    taught: Sequence[Example],
    written: Sequence[Written],
    shelf: VectorShelf,
    now: datetime,
    tell: Tell,
) -> Report:
    """Look at everything; `tell` hears what is being done. Takes seconds: not on the event loop."""
    begun = time.perf_counter()
    texts = [*(example.text for example in taught), *(one.text for one in written)]
    vectors = shelf.of(texts, lambda done, total: tell("Reading what is new", done, total))
    data = Examples(
        tuple(example.text for example in taught),
        tuple(example.intent for example in taught),
        vectors[: len(taught)],
    )
    said = Messages(
        tuple(one.text for one in written),
        tuple(one.intent for one in written),
        tuple(one.at for one in written),
        vectors[len(taught) :],
    )
    found: list[Finding] = []
    right = None
    if len(data.names) > 1:
        tell("Looking for intents that are confused", 0, 0)
        logits = examples.cross_validated(data)
        right = float(np.mean(logits.argmax(axis=1) == data.labels))
        found += examples.confused(data, logits)
    tell("Comparing with what customers write", 0, 0)
    found += examples.doubles(data)
    found += traffic.numbers(data, said)
    drifted = drift.look(data, said, now)
    found += traffic.unlike(data, said, drifted.limit)
    found += drifted.findings
    return Report(
        at=now,
        seconds=round(time.perf_counter() - begun, 2),
        data=fingerprint(taught, "health"),
        examples=len(data.texts),
        intents=len(data.names),
        messages=len(said.texts),
        right=right,
        drift=drifted.as_dict(),
        findings=tuple(found),
    )


def shelf_in(var: Path, encoder: Encoder) -> VectorShelf:
    return VectorShelf(var / "health" / "vectors", encoder)


def keep(path: Path, report: Report) -> None:
    """Write the report where `kept` finds it."""
    write_json(
        path,
        {
            "form": FORM,
            "at": report.at.isoformat(),
            "seconds": report.seconds,
            "examples": report.examples,
            "intents": report.intents,
            "messages": report.messages,
            "right": report.right,
            "drift": report.drift,
            "findings": [finding.as_dict() for finding in report.findings],
            "data": report.data,
        },
    )


def kept(path: Path) -> Report | None:
    """Return the latest report; None: there is none, or it has another form."""
    found = read_json(path)
    if found is None or found.get("form") != FORM:
        return None
    try:
        return Report(
            at=datetime.fromisoformat(found["at"]),
            seconds=float(found["seconds"]),
            examples=int(found["examples"]),
            intents=int(found["intents"]),
            messages=int(found["messages"]),
            right=found["right"],
            drift=dict(found["drift"]),
            findings=tuple(Finding.of(one) for one in found["findings"]),
            data=str(found["data"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


FAILURES = (UnderstandingError, EncoderError, OSError, ValueError)
"""What a look can fail with besides errors with codes."""

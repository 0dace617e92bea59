"""The public sets, by their own fixed splits; their texts are read where they lie and never kept."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TYPOS = "typos.py"
TYPO_LIMIT = 120.0
#: What hint3 calls test messages that none of the bot's intents fits; no training row carries it.
HINT3_OUTSIDE = "NO_NODES_DETECTED"

#: conversationId, turnNumber, utteranceId, utterance, slot-labels, intent.
MULTIDOGO_COLUMNS, MULTIDOGO_TEXT, MULTIDOGO_INTENT = 6, 3, 5
#: What stands between a turn's intents.
MULTIDOGO_AND = "<div>"

#: The emotions of GoEmotions that a frustrated customer shows, merged.
NEGATIVE_EMOTIONS = frozenset({"anger", "annoyance", "disappointment", "disapproval", "disgust"})
NEGATIVE, OTHER = "negative", "other"


class SetMissing(Exception):
    """The public data is not there, or not as its description says; the text names the file."""


@dataclass(frozen=True)
class Part:
    """Messages with their intents, in the order of the file."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.intents):
            raise ValueError(f"{len(self.texts)} texts and {len(self.intents)} intents")

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Clinc:
    """clinc150: in-scope parts, and the messages out of scope beside each."""

    train: Part
    validation: Part
    test: Part
    outside_train: tuple[str, ...]
    outside_validation: tuple[str, ...]
    outside_test: tuple[str, ...]


def banking77(folder: Path) -> tuple[Part, Part]:
    """Return train and test.

    Raises:
        SetMissing: the files are absent or have no rows.
    """
    own = folder / "banking77"
    return _csv(own / "train.csv"), _csv(own / "test.csv")


def hint3(folder: Path, bot: str) -> tuple[Part, Part]:
    """Return train and test of one bot (v1); `HINT3_OUTSIDE` is no intent but the lack of one.

    Raises:
        SetMissing: the files are absent or have no rows.
    """
    own = folder / "hint3"
    return _csv(own / f"{bot}_train.csv"), _csv(own / f"{bot}_test.csv")


def clinc150(folder: Path) -> Clinc:
    """Return all parts of `data_full.json`.

    Raises:
        SetMissing: the file is absent or lacks a part.
    """
    path = folder / "clinc150" / "data_full.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        train, validation, test = (_columns(data[name]) for name in ("train", "val", "test"))
        strange = [_columns(data[f"oos_{name}"]).texts for name in ("train", "val", "test")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetMissing(f"{path} cannot be read: {error}") from error
    return Clinc(train, validation, test, *strange)


def goemotions(folder: Path, part: str) -> Part:
    """Return train, dev or test, each text with NEGATIVE or OTHER for an intent.

    NEGATIVE: one of NEGATIVE_EMOTIONS is among its labels.

    Raises:
        SetMissing: the files are absent or not of their form.
    """
    own = folder / "goemotions"
    path = own / f"{part}.tsv"
    try:
        names = (own / "labels.txt").read_text("utf-8").split()
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
        felt = [{names[int(place)] for place in labels.split(",")} for _, labels, _ in rows]
    except (OSError, ValueError, IndexError) as error:
        raise SetMissing(f"{path} cannot be read: {error}") from error
    return Part(
        tuple(text for text, _, _ in rows),
        tuple(NEGATIVE if one & NEGATIVE_EMOTIONS else OTHER for one in felt),
    )


def multidogo(folder: Path, domain: str) -> tuple[Part, Part]:
    """Return train and dev of one domain: the customer's turns, the only ones with an intent.

    A turn with several labels counts as the first one; rows that are not whole are left out.

    Raises:
        SetMissing: a file is absent or has no whole row.
    """
    own = folder / "multidogo" / domain
    return _turns(own / "train.tsv"), _turns(own / "dev.tsv")


def with_typos(folder: Path, texts: tuple[str, ...], p: float, seed: int) -> tuple[str, ...]:
    """Return the texts after the set's own generator of slips, one line each.

    Raises:
        SetMissing: the generator is absent, fails, or gives another number of lines.
    """
    script = folder / TYPOS
    if not script.is_file():
        raise SetMissing(f"{script} is missing")
    lines = "\n".join(" ".join(text.split()) for text in texts) + "\n"
    result = subprocess.run(  # noqa: S603 - the set's own script, named by whoever runs this
        [sys.executable, str(script), "--p", str(p), "--seed", str(seed)],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        timeout=TYPO_LIMIT,
        check=False,
    )
    slipped = tuple(result.stdout.split("\n")[:-1])
    if result.returncode != 0 or len(slipped) != len(texts):
        raise SetMissing(f"{script} failed: {result.stderr.strip()[-300:]}")
    return slipped


def draw(intents: tuple[str, ...], shots: int, seed: int) -> list[int]:
    """Return the places of `shots` random rows of each intent, sorted; all where it has fewer."""
    random = np.random.default_rng(seed)
    labels = np.array(intents)
    chosen: list[int] = []
    for intent in sorted(set(intents)):
        places = np.flatnonzero(labels == intent)
        size = min(shots, len(places))
        chosen += [int(place) for place in random.choice(places, size, replace=False)]
    return sorted(chosen)


def _columns(rows: Iterable[Sequence[str]]) -> Part:
    return Part(tuple(text for text, _ in rows), tuple(intent for _, intent in rows))


def _turns(path: Path) -> Part:
    try:
        lines = path.read_text("utf-8").split("\n")[1:]
    except (OSError, ValueError) as error:
        raise SetMissing(f"{path} cannot be read: {error}") from error
    rows = [line.split("\t") for line in lines]
    found = [
        (row[MULTIDOGO_TEXT].strip(), row[MULTIDOGO_INTENT].split(MULTIDOGO_AND)[0].strip())
        for row in rows
        if len(row) == MULTIDOGO_COLUMNS
    ]
    whole = [(text, intent) for text, intent in found if text and intent]
    if not whole:
        raise SetMissing(f"{path} has no turn with an intent")
    return _columns(whole)


def _csv(path: Path) -> Part:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row][1:]
    except OSError as error:
        raise SetMissing(f"{path} cannot be read: {error}") from error
    if not rows or any(len(row) != 2 for row in rows):
        raise SetMissing(f"{path} does not have two columns, text and intent")
    return _columns(rows)

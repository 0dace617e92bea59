"""Ten thousand articles of real text, to see what size costs; what they say helps nobody."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.knowledge import houses
from knowledge_base.drafts import QUESTION_LENGTH
from knowledge_base.search.records import Record

#: A title and three question variants, three parts of so many words, and the whole: eight vectors. Starter
#: articles have about as many words for eleven.
MESSAGES, PART_WORDS = 4, 20
#: Shorter messages ("yes", "12345") ask nothing; longer ones are no title.
SHORTEST, LONGEST = 4, 120
CATEGORIES = 40
SEED = 0


def articles(folder: Path, count: int) -> list[Record]:
    """The same `count` articles each time: messages of one label as title and questions, prose as body.

    Raises:
        SetMissing: a public set is not there. ValueError: they are enough for fewer articles.
    """
    headed = list(_headed(folder))
    if len(headed) < count:
        raise ValueError(f"the public sets are enough for {len(headed)} articles, not {count}")
    bodies = list(_bodies(folder))
    # Mixed, so that the first thousand articles are of the same kinds as all of them.
    chance = np.random.default_rng(SEED)
    heads, tails = chance.permutation(len(headed)), chance.permutation(len(bodies))
    return [
        _record(number, headed[heads[number]], bodies[tails[number]]) for number in range(count)
    ]


def questions(folder: Path, count: int) -> list[str]:
    """Messages that stand in no article: of the sets' test and development parts, mixed."""
    clinc = json.loads(_read(folder / "clinc150" / "data_full.json"))
    found = [
        *(text for text, _ in _csv(folder / "banking77" / "test.csv")),
        *(text for text, _ in clinc["test"]),
        *(text for text, _ in _multidogo(folder, "dev")),
        *(text for text, _ in _goemotions(folder, "dev")),
    ]
    wanted = list(dict.fromkeys(_fitting(found)))
    chosen = np.random.default_rng(SEED).permutation(len(wanted))[:count]
    return [wanted[at] for at in chosen]


def _headed(folder: Path) -> Iterator[list[str]]:
    """Messages of one label for each article, no message twice."""
    clinc = json.loads(_read(folder / "clinc150" / "data_full.json"))
    rows = [
        *_csv(folder / "banking77" / "train.csv"),
        *((text, label) for text, label in clinc["train"]),
        *_multidogo(folder, "train"),
        *_goemotions(folder, "train"),
    ]
    seen: set[str] = set()
    waiting: dict[str, list[str]] = {}
    for text, label in rows:
        for line in _fitting([text]):
            if line.casefold() in seen:
                continue
            seen.add(line.casefold())
            group = waiting.setdefault(label, [])
            group.append(line)
            if len(group) == MESSAGES:
                yield waiting.pop(label)


def _record(number: int, messages: Sequence[str], body: Sequence[str]) -> Record:
    # The title leads every passage, so the shortest is the likeliest one.
    title, *others = sorted(messages, key=len)
    context, action, outcome = (
        " ".join(body[start : start + PART_WORDS]) for start in range(0, 3 * PART_WORDS, PART_WORDS)
    )
    return Record(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"filler-{number}"),
        version=1,
        slug=f"filler-{number}",
        category=f"filler {number % CATEGORIES}",
        tags=(),
        intents=(),
        audience="public",
        language="en",
        title=title,
        questions=tuple(others),
        context=context,
        action=action,
        outcome=outcome,
        updated="",
    )


def _bodies(folder: Path) -> Iterator[list[str]]:
    """The words of support notes, of what customers wrote in one conversation, and of comments, cut up."""
    notes = [
        record.action
        for house in (houses.wixqa, houses.techqa, houses.stackfaq)
        for record in house(folder).records
    ]
    said: dict[str, list[str]] = {}
    for domain in _domains(folder):
        for row in _tsv(domain / "train.tsv"):
            said.setdefault(row[0], []).append(row[3])
    talks = " ".join(" ".join(lines) for lines in said.values())
    comments = " ".join(text for text, _ in _goemotions(folder, "train"))
    for text in (*notes, talks, comments):
        words = [word for word in text.split() if word.isprintable()]
        for start in range(0, len(words) - 3 * PART_WORDS + 1, 3 * PART_WORDS):
            yield words[start : start + 3 * PART_WORDS]


def _fitting(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        line = " ".join(text.split())
        short = len(line) <= min(LONGEST, QUESTION_LENGTH)
        if short and len(line.split()) >= SHORTEST and line.isprintable():
            yield line


def _csv(path: Path) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in list(csv.reader(_read(path).splitlines()))[1:]]


def _tsv(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in _read(path).split("\n")[1:] if line.count("\t") >= 5]


def _domains(folder: Path) -> list[Path]:
    return [folder / "multidogo" / name for name in ("airline", "finance", "software")]


def _multidogo(folder: Path, part: str) -> list[tuple[str, str]]:
    return [
        (row[3], f"{domain.name} {row[5]}")
        for domain in _domains(folder)
        for row in _tsv(domain / f"{part}.tsv")
    ]


def _goemotions(folder: Path, part: str) -> list[tuple[str, str]]:
    lines = _read(folder / "goemotions" / f"{part}.tsv").split("\n")
    rows = [line.split("\t") for line in lines]
    return [(row[0], f"emotion {row[1]}") for row in rows if len(row) > 1]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise houses.SetMissing(
            f"There is no {path.name}: name the folder with the public sets in HANDRAIL_BENCH."
        ) from error

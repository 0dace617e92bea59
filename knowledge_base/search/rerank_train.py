"""Get a reranker, and keep it only where it pays: trained on the house's own questions, or brought from elsewhere.

It must put the right article first more often, for questions of articles that neither it nor its weight had
learned from: a quarter of the articles is held out; its weight is fitted on one half of their questions and judged
on the other, and the other way round. One from elsewhere has learned of none here, so all articles are asked for.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from encoder.manifest import swap
from encoder.reranker import read_manifest
from encoder.tune_reranker import EPOCHS, Lesson, steps_for
from knowledge_base.search.adapt import FILLED, LEAST_ARTICLES, LEAST_QUESTIONS, TooFewQuestions
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case, Example
from knowledge_base.search.held_out import Asked, Verdict, ask, held_out
from knowledge_base.search.records import Record, TextEncoder
from knowledge_base.search.rerank import ReadsPairs, judged_by
from knowledge_base.search.rerank_fit import lessons_of
from knowledge_base.search.rerank_judge import Judged, judge
from server.errors import AdaptingTooLong

MINUTES = 60.0


class Tunes(Protocol):
    """What makes rerankers; tests bring one that takes no minutes."""

    def pace(self, lessons: Sequence[Lesson]) -> float:
        """Return the seconds of one step here and now."""

    def make(
        self,
        folder: Path,
        lessons: Sequence[Lesson],
        steps: int,
        progress: Callable[[int, int], None],
    ) -> ReadsPairs:
        """Write a reranker into the folder and load it."""

    def bring(self, folder: Path, source: Path) -> ReadsPairs:
        """Export a sentence-transformers CrossEncoder into the folder and load it."""


class Voice(Protocol):
    """Where it says what it does."""

    def say(self, text: str) -> None: ...

    def progress(self, what: str, done: int, steps: int) -> None: ...


@dataclass(frozen=True)
class Workplace:
    """Where a reranker is kept, and what judges it; `encoder` is the one that searches."""

    encoder: TextEncoder
    target: Path
    tuning: Tunes
    voice: Voice
    calibration: Calibration
    today: Callable[[], datetime]
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Outcome:
    """`kept` tells whether it pays; `milliseconds` is what a question costs more."""

    verdict: Verdict
    kept: bool
    milliseconds: float
    seconds: float


def train(
    records: Sequence[Record],
    labelled: Sequence[Example],
    place: Workplace,
    *,
    minutes: float = MINUTES,
) -> Outcome:
    """Train on three quarters of the articles, judge on the others; if it pays, train on all and keep that one.

    What was kept before stays until a new one is kept.

    Raises:
        TooFewQuestions: too few articles, or too few questions of the held-out ones.
        AdaptingTooLong: it does not fit into the time.
    """
    started = place.now()
    held = held_out(records)
    everyone = frozenset(record.slug for record in records)
    _check_enough(records, labelled, held)
    place.voice.say("Asking every question once.")
    asked = ask(records, everyone, labelled, place.encoder)
    lessons = _lessons(asked, place, lambda case: not case.example.articles & held)
    all_lessons = _lessons(asked, place, lambda case: bool(case.example.articles))
    steps, all_steps = steps_for(len(lessons), EPOCHS), steps_for(len(all_lessons), EPOCHS)
    needed = place.tuning.pace(lessons) * (steps + all_steps)
    if needed > FILLED * minutes * 60:
        raise AdaptingTooLong(
            f"Training would take about {needed / FILLED / 60:.0f} minutes here and now, and may take "
            f"{minutes:.0f}. Allow more with --minutes, or try when the machine is idle."
        )
    place.voice.say(
        f"{len(all_lessons)} questions, {len(records)} articles, {len(held)} of them held out; about "
        f"{needed / 60:.0f} minutes."
    )
    with _beside(place.target, "trial") as folder:
        trial = place.tuning.make(folder, lessons, steps, _bar(place.voice, "the others"))
        judged = _judged(trial, asked, held, place)
        if not judged.verdict.helps:
            return _outcome(judged, False, started, place)
    place.voice.say("It helps: training on all articles.")
    with _beside(place.target, "new") as folder:
        progress = _bar(place.voice, "all articles")
        made = place.tuning.make(folder, all_lessons, all_steps, progress)
        _keep(folder, made, judged, place)
    return _outcome(judged, True, started, place)


def bring(
    source: Path, records: Sequence[Record], labelled: Sequence[Example], place: Workplace
) -> Outcome:
    """Judge a CrossEncoder from elsewhere on all questions here, and keep it if it pays.

    Raises:
        TooFewQuestions: too few articles or questions.
        EncoderError: the folder holds no CrossEncoder that can be exported.
    """
    started = place.now()
    everyone = frozenset(record.slug for record in records)
    _check_enough(records, labelled, everyone)
    with _beside(place.target, "new") as folder:
        reader = place.tuning.bring(folder, source)
        place.voice.say("Asking every question with it and without it.")
        asked = ask(records, everyone, labelled, place.encoder)
        judged = _judged(reader, asked, everyone, place)
        if judged.verdict.helps:
            _keep(folder, reader, judged, place)
    return _outcome(judged, judged.verdict.helps, started, place)


def _judged(
    reader: ReadsPairs, asked: Sequence[Asked], slugs: frozenset[str], place: Workplace
) -> Judged:
    return judge(reader, asked, slugs, place.calibration, today=place.today(), now=place.now)


def _lessons(
    asked: Sequence[Asked], place: Workplace, wanted: Callable[[Case], bool]
) -> list[Lesson]:
    return [
        lesson
        for one in asked
        for lesson in lessons_of(
            one.snapshot, one.encoder, list(filter(wanted, one.cases)), place.calibration
        )
    ]


def _keep(folder: Path, reader: ReadsPairs, judged: Judged, place: Workplace) -> None:
    """Write down what it weighs, and put it in the target's place whole."""
    calibration = replace(
        judged.calibration,
        version=f"{judged.calibration.version}-reranker-{reader.checksum[:6]}",
        about={
            **judged.calibration.about,
            "encoder": judged_by(place.encoder.checksum, reader.checksum),
        },
    )
    figures = {
        **judged.verdict.as_dict(),
        "milliseconds": round(judged.milliseconds, 1),
        "weight": round(calibration.fusion[-1], 3),
    }
    manifest = replace(
        read_manifest(folder), about={"calibration": calibration.as_json(), "figures": figures}
    )
    manifest.write(folder)
    swap(folder, place.target)


def _check_enough(
    records: Sequence[Record], labelled: Sequence[Example], slugs: frozenset[str]
) -> None:
    asked = sum(bool(one.articles) and one.articles <= slugs for one in labelled)
    asked += sum(len(record.questions) for record in records if record.slug in slugs)
    if len(records) < LEAST_ARTICLES or asked < LEAST_QUESTIONS:
        of = "them" if len(slugs) == len(records) else "a quarter of them"
        raise TooFewQuestions(
            f"To tell whether it helps takes {LEAST_ARTICLES} published articles and {LEAST_QUESTIONS} "
            f"questions about {of}; there are {len(records)} and {asked}. Add question variants, or label "
            "questions."
        )


def _outcome(judged: Judged, kept: bool, started: float, place: Workplace) -> Outcome:
    return Outcome(judged.verdict, kept, judged.milliseconds, place.now() - started)


@contextmanager
def _beside(target: Path, name: str) -> Iterator[Path]:
    """A folder that is gone afterwards, unless it was put in the target's place."""
    folder = target.with_name(f".{target.name}-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bar(voice: Voice, what: str) -> Callable[[int, int], None]:
    return lambda done, steps: voice.progress(what, done, steps)

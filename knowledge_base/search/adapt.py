"""Tune the encoder that searches on the house's own questions, and keep it only when it helps.

It must find articles better that it never learned from: a quarter of the articles is held out, with all
their questions, and the base and the tuned encoder are asked for them in the whole knowledge base.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from encoder.adapted import Adapted
from encoder.manifest import read_manifest
from encoder.tune_pairs import EPOCHS, Pairs, steps_for
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Example
from knowledge_base.search.held_out import Verdict, ask, held_out, verdict_of
from knowledge_base.search.records import PASSAGE, Record, TextEncoder
from server.errors import AdaptingTooLong, Invalid

MINUTES = 30.0
#: With fewer, the comparison could not tell a better encoder from luck.
LEAST_QUESTIONS, LEAST_ARTICLES = 100, 20
#: A plan may fill this part of the time; the machine may be busier later.
FILLED = 0.8


class TooFewQuestions(Invalid):
    code, message = "too_few_questions", "There are too few questions to tell whether it helps."


class Tunes(Protocol):
    """What makes encoders; tests bring one that takes no minutes."""

    def pace(self, pairs: Pairs) -> float:
        """Return the seconds of one step here and now."""

    def make(
        self, folder: Path, pairs: Pairs, steps: int, progress: Callable[[int, int], None]
    ) -> TextEncoder:
        """Write a tuned encoder into the folder and load it."""


class Voice(Protocol):
    """Where it says what it does."""

    def say(self, text: str) -> None: ...

    def progress(self, what: str, done: int, steps: int) -> None: ...


@dataclass(frozen=True)
class Workplace:
    """Encoder folders and tools; `base` serves, in `base_folder`."""

    base: TextEncoder
    base_folder: Path
    target: Path
    tuning: Tunes
    voice: Voice
    calibration: Calibration
    today: Callable[[], datetime]
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Outcome:
    """`kept` is None where it does not help."""

    verdict: Verdict
    kept: Adapted | None
    seconds: float


def adapt(
    records: Sequence[Record],
    labelled: Sequence[Example],
    place: Workplace,
    *,
    minutes: float = MINUTES,
) -> Outcome:
    """Judge on held-out articles; if the tuned encoder finds them better, tune on all and keep that one.

    What was kept before stays until a new one is kept.

    Raises:
        TooFewQuestions: too few articles, or too few questions of the held-out ones.
        AdaptingTooLong: it does not fit into the time.
    """
    started = place.now()
    held = held_out(records)
    kept_in = [record for record in records if record.slug not in held]
    asked_of_held = [one for one in labelled if one.articles and one.articles <= held]
    learned = [one for one in labelled if one.articles and not one.articles & held]
    lessons = pairs_of(kept_in, learned)
    asked = len(asked_of_held) + sum(
        len(record.questions) for record in records if record.slug in held
    )
    if len(records) < LEAST_ARTICLES or asked < LEAST_QUESTIONS:
        raise TooFewQuestions(
            f"Adapting needs {LEAST_ARTICLES} published articles and {LEAST_QUESTIONS} questions about a "
            f"quarter of them; there are {len(records)} and {asked}. Add question variants, or label questions."
        )
    everything = pairs_of(records, [one for one in labelled if one.articles])
    steps, all_steps = steps_for(len(lessons), EPOCHS), steps_for(len(everything), EPOCHS)
    needed = place.tuning.pace(lessons) * (steps + all_steps)
    if needed > FILLED * minutes * 60:
        raise AdaptingTooLong(
            f"Adapting would take about {needed / FILLED / 60:.0f} minutes here and now, and may take "
            f"{minutes:.0f}. Allow more with --minutes, or try when the machine is idle."
        )
    place.voice.say(
        f"{len(everything)} questions, {len(records)} articles, {len(held)} of them held out; about "
        f"{needed / 60:.0f} minutes."
    )
    trial = place.target.with_name(f".{place.target.name}-trial")
    try:
        tuned = place.tuning.make(trial, lessons, steps, _bar(place.voice, "the others"))
        verdict = _judge(records, held, asked_of_held, place, tuned)
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    if not verdict.helps:
        return Outcome(verdict, None, place.now() - started)
    place.voice.say("It helps: tuning on all articles.")
    place.tuning.make(place.target, everything, all_steps, _bar(place.voice, "all articles"))
    kept = Adapted(
        base=read_manifest(place.base_folder).source_sha256,
        encoder=read_manifest(place.target).source_sha256,
        weight=1.0,
        sharpness=1.0,
        examples=len(everything),
        seconds=round(place.now() - started, 1),
        date=place.today().date().isoformat(),
        figures={**verdict.as_dict(), "epochs": EPOCHS},
    )
    kept.write(place.target)
    return Outcome(verdict, kept, place.now() - started)


def pairs_of(records: Sequence[Record], labelled: Sequence[Example]) -> Pairs:
    """Titles, variants and labelled questions, each with all texts of its article."""
    number = {record.slug: at for at, record in enumerate(records)}
    texts, article_of, questions, asked_of = [], [], [], []
    for at, record in enumerate(records):
        for entry in record.entries:
            texts.append(entry.text)
            article_of.append(at)
            if entry.kind < PASSAGE:
                questions.append(entry.text)
                asked_of.append(at)
    for one in labelled:
        for slug in sorted(one.articles & number.keys()):
            questions.append(one.text)
            asked_of.append(number[slug])
    return Pairs(tuple(questions), np.array(asked_of), tuple(texts), np.array(article_of))


def _judge(
    records: Sequence[Record],
    held: frozenset[str],
    labelled: Sequence[Example],
    place: Workplace,
    tuned: TextEncoder,
) -> Verdict:
    """Whether the right article comes first: for labelled questions, and for variants taken out of the index."""

    def right(encoder: TextEncoder) -> list[bool]:
        cases = [case for one in ask(records, held, labelled, encoder) for case in one.cases]
        ranked = [(case, place.calibration.rank(case.found)) for case in cases]
        return [bool(order) and case.right(order[0].found) for case, order in ranked]

    before, after = (np.array(right(encoder)) for encoder in (place.base, tuned))
    return verdict_of(before, after)


def _bar(voice: Voice, what: str) -> Callable[[int, int], None]:
    return lambda done, steps: voice.progress(what, done, steps)

"""Tune the encoder that searches on the house's own questions, and keep it only when it helps.

It must find articles better that it never learned from: a quarter of the articles is held out, with all
their questions, and the base and the tuned encoder are asked for them in the whole knowledge base.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import comb
from pathlib import Path
from typing import Protocol

import numpy as np

from encoder.adapted import Adapted
from encoder.manifest import read_manifest
from encoder.tune_pairs import EPOCHS, Pairs, steps_for
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case, Example, search_all
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.records import PASSAGE, Recalling, Record, TextEncoder
from server.errors import Conflict, Invalid

MINUTES = 30.0
#: One article in so many is held out, and one variant of each held-out article in so many is asked.
PARTS, ROUNDS = 4, 4
SEED = 5
#: With fewer, the comparison could not tell a better encoder from luck.
LEAST_QUESTIONS, LEAST_ARTICLES = 100, 20
#: A plan may fill this part of the time; the machine may be busier later.
FILLED = 0.8
#: How likely the gain may be by chance (exact McNemar test, one-sided).
CHANCE = 0.05


class TooFewQuestions(Invalid):
    code, message = "too_few_questions", "There are too few questions to tell whether it helps."


class AdaptingTooLong(Conflict):
    code, message = "adapting_too_long", "Adapting does not fit into the time; nothing was changed."


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
class Verdict:
    """Questions of articles that the tuned encoder had not seen."""

    asked: int
    before: float
    """Per cent whose article came first by the base encoder."""
    after: float
    chance: float
    """That so much more would come by luck."""

    @property
    def helps(self) -> bool:
        return self.after > self.before and self.chance <= CHANCE

    def as_dict(self) -> dict[str, float]:
        return {
            "asked": self.asked,
            "before": round(self.before, 2),
            "after": round(self.after, 2),
            "chance": round(self.chance, 4),
        }


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
    held = _held_out(records)
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


def _held_out(records: Sequence[Record]) -> frozenset[str]:
    slugs = sorted(record.slug for record in records)
    chosen = np.random.default_rng(SEED).permutation(len(slugs))[: len(slugs) // PARTS]
    return frozenset(slugs[at] for at in chosen)


def _judge(
    records: Sequence[Record],
    held: frozenset[str],
    labelled: Sequence[Example],
    place: Workplace,
    tuned: TextEncoder,
) -> Verdict:
    before, after = (
        np.array(_right(records, held, labelled, place.calibration, encoder))
        for encoder in (place.base, tuned)
    )
    return verdict_of(before, after)


def verdict_of(before: np.typing.NDArray[np.bool_], after: np.typing.NDArray[np.bool_]) -> Verdict:
    """Compare question by question by the exact McNemar test, one-sided."""
    better, worse = int((after & ~before).sum()), int((before & ~after).sum())
    changed = better + worse
    chance = sum(comb(changed, k) for k in range(better, changed + 1)) / 2**changed
    return Verdict(len(before), 100 * float(before.mean()), 100 * float(after.mean()), chance)


def _right(
    records: Sequence[Record],
    held: frozenset[str],
    labelled: Sequence[Example],
    calibration: Calibration,
    encoder: TextEncoder,
) -> list[bool]:
    """Whether the right article comes first: for labelled questions, and for variants taken out of the index."""
    # The index is built five times of nearly the same texts.
    known = Recalling(encoder, cache(encoder.encode))
    cases: list[Case] = search_all(_index(records, known), known, labelled, _no_guess)
    for turn in range(ROUNDS):
        asked = [
            Example(text, frozenset([record.slug]))
            for record in records
            if record.slug in held
            for text in record.questions[turn::ROUNDS]
        ]
        left = [_without(record, turn) if record.slug in held else record for record in records]
        cases += search_all(_index(left, known), known, asked, _no_guess)
    ranked = [(case, calibration.rank(case.found)) for case in cases]
    return [bool(order) and case.right(order[0].found) for case, order in ranked]


def _without(record: Record, turn: int) -> Record:
    questions = (text for at, text in enumerate(record.questions) if at % ROUNDS != turn)
    return replace(record, questions=tuple(questions))


def _index(records: Sequence[Record], encoder: TextEncoder) -> Snapshot:
    base = build_base(list(records), encode_records(records, encoder.dimension, encoder.encode))
    return Snapshot.overlay(1, base, {record.id: record for record in records}, encoder.encode)


def _no_guess(_: str) -> tuple[str, float]:
    return "", 0.0


def _bar(voice: Voice, what: str) -> Callable[[int, int], None]:
    return lambda done, steps: voice.progress(what, done, steps)

"""What a reranker brings on a public set that it learned nothing of: ``python -m benchmarks.knowledge.rerank``.

For each set a cross-encoder is trained on three quarters of the articles of the two other sets, its weight and the
probabilities are fitted on the questions of the remaining quarter, and the set's own questions are asked with and
without it. Prints the rows of docs/benchmarks/reranker.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge import houses, measure
from benchmarks.knowledge.asking import Asked, Reader, ask, by_nlu, no_intent
from benchmarks.machine import description, pace_ms
from encoder import Encoder
from encoder.reranker import PairReader
from encoder.reranker_export import export_reranker
from encoder.source import find_source
from encoder.tune_reranker import EPOCHS, Lesson, steps_for, tune
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import Case
from knowledge_base.search.held_out import held_out, verdict_of
from knowledge_base.search.rerank import READ, Reranker
from knowledge_base.search.rerank_fit import fit_reranked, lessons_of, widened
from server.clock import SystemClock
from server.settings import ROOT, load_settings
from training.benchmarks import metrics
from training.paths import BENCH

#: stackfaq has ten wordings of each question; so many of each are learned from and asked.
WORDINGS = 3
SEED = 0


class Timed:
    """A reader that writes down the milliseconds of each question it had to read anew."""

    def __init__(self, reader: PairReader) -> None:
        self._reader = reader
        self._seen: set[str] = set()
        self.checksum = reader.checksum
        self.spent: list[float] = []

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        started = time.perf_counter()
        found = self._reader.scores(question, passages)
        if question not in self._seen and len(passages) == READ:
            self.spent.append((time.perf_counter() - started) * 1000)
        self._seen.add(question)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.knowledge.rerank")
    parser.add_argument("sets", nargs="*", default=list(houses.PUBLIC))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=0)
    reader = Reader(encoder, settings.var / "bench" / "vectors", _say)
    source = find_source(settings.encoder_source).folder
    asked = [ask(houses.starter(ROOT / "data"), reader, by_nlu(ROOT / "data" / "nlu", reader))]
    for name, read in houses.PUBLIC.items():
        asked.append(_fewer(ask(read(BENCH), reader, no_intent)))
        _say(f"{name} asked")
    for name in options.sets:
        before = measure.others(asked, name)
        others = [one for one in asked[1:] if one.house.name != name]
        (one,) = (one for one in asked if one.house.name == name)
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as work:
            lessons = [lesson for other in others for lesson in _lessons(other, reader, before)]
            timed = Timed(_trained(Path(work), source, lessons, options.epochs))
        minutes = (time.monotonic() - started) / 60
        reranker = _fitted(Reranker(timed, widened(before)), others, reader)
        timed.spent.clear()
        found = _measured(one, reader, before, reranker)
        found |= {
            "set": name,
            "machine": description(),
            "pace_ms": round(pace_ms(), 1),
            "lessons": len(lessons),
            "minutes": round(minutes, 1),
            "epochs": options.epochs,
            "weight": round(reranker.calibration.fusion[-1], 3),
            "milliseconds": [round(float(np.percentile(timed.spent, at)), 1) for at in (50, 95)],
        }
        _say(json.dumps(found))


def _fewer(one: Asked) -> Asked:
    """The house with a few wordings of each question; others have one anyway."""
    if one.house.name != "stackfaq":
        return one
    counts: dict[str, int] = {}
    kept = []
    for at, case in enumerate(one.cases):
        slug = min(case.example.articles)
        counts[slug] = counts.get(slug, 0) + 1
        if counts[slug] <= WORDINGS:
            kept.append(at)
    return replace(
        one,
        cases=[one.cases[at] for at in kept],
        hidden=[one.hidden[at] for at in kept],
    )


def _held(one: Asked) -> frozenset[str]:
    return held_out(one.house.records)


def _lessons(one: Asked, reader: Reader, before: Calibration) -> list[Lesson]:
    learned = [case for case in one.cases if not case.example.articles & _held(one)]
    return lessons_of(one.snapshot, reader, learned, before)


def _trained(work: Path, source: Path, lessons: list[Lesson], epochs: int) -> PairReader:
    steps = steps_for(len(lessons), epochs)
    _say(f"{len(lessons)} lessons, {steps} steps")

    def progress(done: int, of: int) -> None:
        if done % 20 == 0:
            _say(f"step {done} of {of}")

    tune(source, work / "weights", lessons, steps=steps, seed=SEED, progress=progress)
    export_reranker(work / "weights", work / "reranker", name="trial")
    reader = PairReader.load(work / "reranker")
    shutil.rmtree(work / "weights")
    return reader


def _fitted(reranker: Reranker, others: Sequence[Asked], reader: Reader) -> Reranker:
    cases: list[Case] = []
    mixed: list[Case] = []
    for one in others:
        held = _held(one)
        read = reranker.read_cases
        cases += read(one.snapshot, reader, [c for c in one.cases if c.example.articles <= held])
        mixed += read(
            one.snapshot, reader, [c for c in one.half_hidden() if c.example.articles <= held]
        )
    today = SystemClock().now().date()
    fitted = fit_reranked(reranker.calibration, cases, mixed, today=today, about={})
    return replace(reranker, calibration=fitted)


def _measured(
    one: Asked, reader: Reader, before: Calibration, reranker: Reranker
) -> dict[str, Any]:
    read = reranker.read_cases(one.snapshot, reader, one.cases)
    plain = measure.ranks(one.cases, measure.calibrated(before))
    with_it = measure.ranks(read, measure.calibrated(reranker.calibration))
    alone = measure.ranks(read, lambda found: sorted(found, key=lambda one: -one.features[-1]))
    first, second = plain.recall(1), with_it.recall(1)
    verdict = verdict_of(first.astype(np.bool_), second.astype(np.bool_))
    mixed = one.half_hidden()
    decided = measure.decided(mixed, before)
    again = measure.decided(reranker.read_cases(one.snapshot, reader, mixed), reranker.calibration)

    def figures(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        before_, after = (
            metrics.auroc(part.probability[rows][part.right[rows]],
                          part.probability[rows][~part.right[rows]])
            for part in (decided, again)
        )  # fmt: skip
        errors = (
            metrics.calibration_error(part.probability[rows], part.right[rows])
            for part in (decided, again)
        )
        return np.array([before_, after, after - before_, *errors])

    names = ("auroc_without", "auroc_with", "auroc_gain", "error_without", "error_with")
    seen = dict(zip(names, metrics.bootstrap(figures, len(mixed)), strict=True))
    for name, rows in (
        ("recall_without", first),
        ("recall_with", second),
        ("recall_gain", second - first),
        ("recall_alone", alone.recall(1)),
        ("recall_of_read", plain.recall(READ)),
    ):
        seen[name] = metrics.bootstrap(_mean_of(rows), len(rows))[0]
    return {
        "questions": len(first),
        "chance": round(verdict.chance, 3),
        **{name: [round(v, 3) for v in (i.value, i.low, i.high)] for name, i in seen.items()},
    }


def _mean_of(rows: NDArray[np.float64]) -> Any:
    return lambda places: np.array([rows[places].mean()])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

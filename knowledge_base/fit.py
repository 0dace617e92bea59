"""Fit and report the calibration: ``python -m knowledge_base.fit`` (needs the exported encoder).

Questions come from data/articles/questions.jsonl, split by the checksum of their text: one half fits, the other
is only reported on. The intent is guessed by a linear head on data/nlu, like the served classifier's.
"""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from encoder import Encoder
from knowledge_base.calibration import FILE, Calibration
from knowledge_base.evaluation import (
    VARIANT_WEIGHT,
    Case,
    Example,
    fit_calibration,
    read_examples,
    report,
    search_all,
)
from knowledge_base.fitting import fit_classes
from knowledge_base.index import Encode, Snapshot, build_base, encode_records
from knowledge_base.markdown_files import parse_markdown
from knowledge_base.nlu_files import read_nlu
from knowledge_base.records import Record, TextEncoder, Vector
from server.clock import SystemClock
from server.settings import ROOT, load_settings

_HEADLINE = ("recall@1", "recall@3", "precision", "coverage", "auroc", "calibration_error")


#: The articles' own variants are asked in this many rounds, each round's taken out of the index first.
ROUNDS = 4


@dataclass(frozen=True)
class Corpus:
    """Searches over the starter articles: for the labelled questions, for the articles' own question variants
    (taken out of the index first), and for the labelled ones with their article hidden."""

    articles: int
    cases: list[Case]
    variants: list[Case]
    hidden: list[Case]


def read_corpus(data: Path, encoder: TextEncoder) -> Corpus:
    """Index data/articles as they stand on disk and ask everything."""
    folder = data / "articles"
    records = [
        Record.of_draft(
            parse_markdown(
                path.read_text(encoding="utf-8"), slug=path.stem, category=path.parent.name
            ),
            uuid.uuid5(uuid.NAMESPACE_URL, path.stem),
        )
        for path in sorted(folder.glob("*/*.md"))
    ]
    pairs = read_nlu(data / "nlu")
    head = fit_classes(
        np.stack([encoder.encode(text) for text, _ in pairs]), [intent for _, intent in pairs]
    )

    def guess(text: str) -> tuple[str, float]:
        return head.best(encoder.encode(text))

    known: dict[str, Vector] = {}

    def encode(text: str) -> Vector:
        if text not in known:
            known[text] = encoder.encode(text)
        return known[text]

    whole = _index(records, encoder.dimension, encode)
    examples = read_examples(folder / "questions.jsonl")
    variants: list[Case] = []
    for turn in range(ROUNDS):
        asked = [
            Example(text, record.slug)
            for record in records
            for text in record.questions[turn::ROUNDS]
        ]
        left = [
            replace(
                record,
                questions=tuple(
                    text for at, text in enumerate(record.questions) if at % ROUNDS != turn
                ),
            )
            for record in records
        ]
        without = _index(left, encoder.dimension, encode)
        variants += search_all(without, encoder, asked, guess, weight=VARIANT_WEIGHT)
    return Corpus(
        articles=len(records),
        cases=search_all(whole, encoder, examples, guess),
        variants=variants,
        hidden=search_all(whole, encoder, examples, guess, hide=True),
    )


def fit(corpus: Corpus, encoder: TextEncoder, precision: float) -> Calibration:
    """Fit on one half; the figures of the other half are kept inside."""
    about = {"encoder": encoder.checksum, "articles": corpus.articles}
    today = SystemClock().now().date()
    fitted = fit_calibration([*corpus.cases, *corpus.variants], today=today, about=about)
    figures = {
        "target_precision": precision,
        "held_out": report(corpus.cases, fitted, precision),
        "held_out_variants": report(corpus.variants, fitted, precision),
        "held_out_article_hidden": report(corpus.hidden, fitted, precision),
        "fitting": report(corpus.cases, fitted, precision, fitted=True),
    }
    fitted.about.update(figures)
    return fitted


def _index(records: list[Record], dimension: int, encode: Encode) -> Snapshot:
    base = build_base(records, encode_records(records, dimension, encode))
    return Snapshot.overlay(1, base, {record.id: record for record in records}, encode)


def main() -> None:
    settings = load_settings()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    fitted = fit(read_corpus(ROOT / "data", encoder), encoder, settings.answer_precision)
    fitted.save(FILE)
    held_out = fitted.about["held_out"]
    sys.stdout.write(json.dumps(fitted.as_json(), indent=1) + "\n")
    sys.stdout.write(" · ".join(f"{name} {held_out[name]}" for name in _HEADLINE) + "\n")


if __name__ == "__main__":
    main()

"""The starter data, data/nlu, as the bot learns it."""

from __future__ import annotations

from pathlib import Path

from server.settings import ROOT
from training.benchmarks.sets import Part
from training.nlu_files import NluFile
from understanding.intents import DECIDED_ELSEWHERE

NLU = ROOT / "data" / "nlu"


def read(nlu: Path = NLU) -> Part:
    """Return the examples that a classifier learns, ordered by intent and text; each once."""
    files = [NluFile(path.name, path.read_text("utf-8")) for path in sorted(nlu.glob("*.yml"))]
    rows = {(one.intent, one.text) for file in files for one in file.examples()}
    ordered = sorted(row for row in rows if row[0] not in DECIDED_ELSEWHERE)
    return Part(tuple(text for _, text in ordered), tuple(intent for intent, _ in ordered))

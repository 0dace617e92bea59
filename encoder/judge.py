"""Does int8 lose answers? Retrieval of articles by question, int8 beside fp32.

The set is the house's own: `questions.jsonl` ({"text", "article"}) against the titles and question
variants of the articles. Design.md §8 lets int8 serve when it loses at most half a point.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.encoder import Encoder

#: Points of accuracy, and of recall among the first five, that int8 may lose.
MAX_LOSS = 0.5
TOP = 5


@dataclass(frozen=True)
class RetrievalSet:
    """Passages with the article each belongs to, and questions with the article that answers."""

    passages: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.passages and self.questions)


@dataclass(frozen=True)
class Verdict:
    """Per cent of questions whose article came first (accuracy) or in the first five (recall)."""

    questions: int
    fp32_accuracy: float
    int8_accuracy: float
    fp32_recall: float
    int8_recall: float

    @property
    def int8_may_serve(self) -> bool:
        """True when neither figure falls by more than half a point."""
        return (
            self.fp32_accuracy - self.int8_accuracy <= MAX_LOSS
            and self.fp32_recall - self.int8_recall <= MAX_LOSS
        )

    def as_dict(self) -> dict[str, float]:
        """Return the figures as they stand in `encoder.json`."""
        return asdict(self)


def judge(folder: Path, retrieval_set: RetrievalSet) -> Verdict:
    """Measure both precisions of an exported encoder on one retrieval set."""
    fp32 = _measure(Encoder.load(folder, precision="fp32"), retrieval_set)
    int8 = _measure(Encoder.load(folder, precision="int8"), retrieval_set)
    return Verdict(len(retrieval_set.questions), fp32[0], int8[0], fp32[1], int8[1])


def _measure(encoder: Encoder, retrieval_set: RetrievalSet) -> tuple[float, float]:
    passages = encoder.encode_many([text for text, _ in retrieval_set.passages])
    owners = np.array([article for _, article in retrieval_set.passages])
    questions = encoder.encode_many([text for text, _ in retrieval_set.questions])
    ranks = [
        _rank(owners[np.argsort(-scores, kind="stable")], article)
        for scores, (_, article) in zip(
            questions @ passages.T, retrieval_set.questions, strict=True
        )
    ]
    first = 100.0 * sum(rank == 1 for rank in ranks) / len(ranks)
    among = 100.0 * sum(rank <= TOP for rank in ranks) / len(ranks)
    return round(first, 2), round(among, 2)


def _rank(owners: NDArray[np.str_], article: str) -> int:
    """Return the 1-based place of an article when each counts once, at its best passage."""
    seen = list(dict.fromkeys(owners.tolist()))
    return seen.index(article) + 1 if article in seen else len(seen) + 1


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Read the articles and questions under a folder; an empty set when there are none."""
    passages = tuple(
        (text, path.stem)
        for path in sorted(folder.glob("*/*.md"))
        for text in _front_matter_texts(path)
    )
    lines = folder / "questions.jsonl"
    if not lines.is_file():
        return RetrievalSet(passages, ())
    rows = [json.loads(line) for line in lines.read_text("utf-8").splitlines() if line.strip()]
    # A question without an article is one that nothing here answers: no part of this measure.
    questions = [(r["text"], Path(r["article"]).stem) for r in rows if r.get("article")]
    return RetrievalSet(passages, tuple(questions))


def _front_matter_texts(path: Path) -> Iterator[str]:
    """Yield title and question variants; read by hand because 3.10 serves without a YAML parser."""
    in_questions = False
    for line in path.read_text("utf-8").splitlines()[1:]:
        if line.strip() == "---":
            return
        if line.startswith("title:"):
            yield line.removeprefix("title:").strip().strip("\"'")
        in_questions = line.startswith("questions:") or (in_questions and line.startswith(" "))
        if in_questions and line.strip().startswith("- "):
            yield line.strip().removeprefix("- ").strip().strip("\"'")

"""A second reading of the best candidates: question and passage together, as one more feature of the ranking.

What reads them comes with weights of its own for that feature, and with the probabilities seen with it; without
it, ranking and probabilities are the shipped ones, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from encoder.errors import EncoderError
from encoder.reranker import PairReader, read_manifest
from knowledge_base.search.calibration import Calibration, from_json
from knowledge_base.search.evaluation import Case
from knowledge_base.search.find import FEATURES, Found, Query, mend
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import PASSAGE, Record, TextEncoder, Vector

log = structlog.get_logger(__name__)

#: So many candidates are read, the best by the ranking without it: each costs as much as a long text's encoding.
#: Of techqa's questions 95 % have the right article among the first eight (docs/benchmarks/reranker.md).
READ = 8
#: Log-odds beyond these say no more than "surely"; brings the feature to -1 to 1.
SURE = 10.0


class ReadsPairs(Protocol):
    """What the search needs of a reranker; `encoder.reranker.PairReader` keeps it."""

    checksum: str

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """Log-odds that each passage answers, shape (len(passages),)."""
        ...


@dataclass(frozen=True)
class Reranker:
    """A reader, and the calibration that was fitted on what it says."""

    reader: ReadsPairs
    calibration: Calibration

    @property
    def checksum(self) -> str:
        return self.reader.checksum

    def read(
        self, snapshot: Snapshot, query: Query, vector: Vector, found: list[Found]
    ) -> list[Found]:
        """The same candidates, each with one more feature: how well the question fits its nearest passage."""
        best = np.array([one.features for one in found]).reshape(-1, len(FEATURES))
        order = np.argsort(-(best @ self.calibration.fusion[: len(FEATURES)]), kind="stable")[:READ]
        if not len(order):
            return []
        passages = [nearest_passage(snapshot, found[at].record, vector) for at in order]
        scores = np.clip(self.reader.scores(query.text, passages) / SURE, -1.0, 1.0)
        # What was not read gains nothing by that: it counts as the least fitting one.
        feature = np.full(len(found), scores.min())
        feature[order] = scores
        return [
            replace(one, features=np.append(one.features, value))
            for one, value in zip(found, feature, strict=True)
        ]

    def read_cases(
        self, snapshot: Snapshot, encoder: TextEncoder, cases: Sequence[Case]
    ) -> list[Case]:
        """The same for questions that were searched for."""
        read = []
        for case in cases:
            query = mend(snapshot, Query(case.example.text), encoder.is_word)
            found = self.read(snapshot, query, encoder.encode(query.text), case.found)
            read.append(replace(case, found=found))
        return read


def nearest_passage(snapshot: Snapshot, record: Record, vector: Vector) -> str:
    """The article's passage with the greatest cosine, led by the title; its beginning when it has none."""
    segment = snapshot.delta if record.id in snapshot.delta.place else snapshot.base
    at = segment.place[record.id]
    kinds = np.array([entry.kind for entry in record.entries])
    passages = np.flatnonzero(kinds == PASSAGE)
    if not len(passages):
        return record.entries[-1].text
    cosines = segment.rows(segment.starts[at] + passages) @ vector
    return record.entries[int(passages[cosines.argmax()])].text


def reranker_in(setting: str, encoder_checksum: str) -> Reranker | None:
    """The one kept in this folder; None when none is set, or with a line in the log when it can't serve.

    Its probabilities hold for the encoder that searched while they were fitted, and for no other.
    """
    if not setting:
        return None
    folder = Path(setting)
    try:
        manifest = read_manifest(folder)
        calibration = from_json(manifest.about.get("calibration"))
        if not calibration.reads_reranker:
            raise ValueError("its calibration does not weigh it")
        if calibration.about.get("encoder") != judged_by(encoder_checksum, manifest.checksum):
            raise ValueError("it was fitted with another encoder; run ./handrail kb rerank train")
        reader = PairReader.load(folder)
    except (EncoderError, ValueError) as error:
        log.warning("reranker_ignored", folder=folder.name, reason=str(error)[:200])
        return None
    log.info("reranker_reads", folder=folder.name, candidates=READ)
    return Reranker(reader, calibration)


def judged_by(encoder_checksum: str, reranker_checksum: str | None) -> str:
    """What a calibration must have seen: the encoder's cosines, and the reranker's scores where there is one."""
    if reranker_checksum is None:
        return encoder_checksum
    return f"{encoder_checksum}+{reranker_checksum}"

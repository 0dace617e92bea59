"""Design.md §8: the vectors agree between interpreters and with the original model."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder import Encoder
from encoder.judge import judge, read_retrieval_set
from encoder.source import DEFAULT_SOURCE, find_source
from tests.contracts.encoder_contract import FOLDER, ROOT, TEXTS

OTHER_PYTHON = ROOT / ".venv/bot/bin/python"
PROGRAM = """
import json, sys
from pathlib import Path
from encoder import Encoder
request = json.load(sys.stdin)
encoder = Encoder.load(Path(request["folder"]), precision=request["precision"])
rows = [vector.tolist() for vector in encoder.encode_many(request["texts"])]
json.dump({"python": sys.version_info[:2], "checksum": encoder.checksum, "rows": rows}, sys.stdout)
"""


@pytest.fixture
def foreign_warnings_allowed() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def least_cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    return float((left * right).sum(axis=1).min())


def test_both_interpreters_give_the_same_vectors() -> None:
    # Of what serves. int8 passes only where both environments hold one version of onnxruntime:
    # between 1.23 and 1.31 rounding turned single texts by a cosine of .993.
    request = {"folder": str(FOLDER), "precision": None, "texts": TEXTS}
    other = subprocess.run(
        [OTHER_PYTHON, "-c", PROGRAM],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    answer = json.loads(other.stdout)
    here = Encoder.load(FOLDER)
    assert answer["python"] == [3, 10]
    assert answer["checksum"] == here.checksum
    there = np.array(answer["rows"], dtype=np.float32)
    assert least_cosine(here.encode_many(TEXTS), there) > 0.9999


@pytest.mark.usefixtures("foreign_warnings_allowed")
def test_fp32_equals_sentence_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if "\ud800" not in text]
    folder = find_source(DEFAULT_SOURCE).folder
    original = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    expected = np.asarray(original.encode(texts, batch_size=1, normalize_embeddings=True))
    ours = Encoder.load(FOLDER, precision="fp32").encode_many(texts)
    assert least_cosine(ours, expected) > 0.9999


def test_int8_serves_only_when_it_loses_at_most_half_a_point() -> None:
    retrieval_set = read_retrieval_set(ROOT / "data/articles")
    assert len(retrieval_set.questions) >= 100
    verdict = judge(FOLDER, retrieval_set)
    served = Encoder.load(FOLDER).precision
    assert served == "fp32" or verdict.int8_may_serve, verdict
    assert verdict.fp32_recall > 60, "the set itself is broken"


def test_what_serves_by_default_is_what_the_judge_allows() -> None:
    manifest = json.loads((Path(FOLDER) / "encoder.json").read_text())
    assert manifest["precision"] in ("int8", "fp32")
    assert Encoder.load(FOLDER).precision == manifest["precision"]

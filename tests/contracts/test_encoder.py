"""The encoder's contract on the app's Python, and its cache and judge alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from encoder.cache import VectorCache
from encoder.judge import Verdict, read_retrieval_set
from tests.contracts.encoder_contract import EncoderContract, copied_folder, encoder

__all__ = ["copied_folder", "encoder"]


class TestEncoderOnTheAppsPython(EncoderContract):
    pass


def test_cache_forgets_the_least_recently_used() -> None:
    cache = VectorCache(2)
    vector = np.ones(3, dtype=np.float32)
    cache.put("a", vector)
    cache.put("b", vector)
    assert cache.get("a") is not None
    cache.put("c", vector)
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert len(cache) == 2


def test_cache_of_size_nought_keeps_nothing() -> None:
    cache = VectorCache(0)
    cache.put("a", np.ones(3, dtype=np.float32))
    assert cache.get("a") is None


def test_cache_of_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        VectorCache(-1)


def test_int8_may_lose_half_a_point_and_no_more() -> None:
    assert Verdict(200, 80.0, 79.5, 95.0, 95.0).int8_may_serve
    assert not Verdict(200, 80.0, 79.4, 95.0, 95.0).int8_may_serve
    assert not Verdict(200, 80.0, 80.0, 95.0, 94.4).int8_may_serve


def test_retrieval_set_reads_titles_variants_and_answerable_questions(tmp_path: Path) -> None:
    (tmp_path / "returns").mkdir()
    (tmp_path / "returns" / "send-back.md").write_text(
        "---\ntitle: \"Send it back\"\ntags: [a]\nquestions:\n  - how do i return\n  - 'return?'\n"
        "audience: public\n---\n## Context\n- not a question\n"
    )
    rows = [
        {"text": "can i return it", "article": "send-back"},
        {"text": "who is the president", "article": None},
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "questions.jsonl").write_text(lines + "\n")
    found = read_retrieval_set(tmp_path)
    assert [text for text, _ in found.passages] == ["Send it back", "how do i return", "return?"]
    assert found.questions == (("can i return it", "send-back"),)


def test_no_articles_give_an_empty_retrieval_set(tmp_path: Path) -> None:
    assert not read_retrieval_set(tmp_path)

"""Vectors of examples are encoded once and found again, whatever became of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder import vector_file
from encoder.vector_file import VectorFile


class Counted:
    """Encodes a text as its length, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


@pytest.fixture
def encode() -> Counted:
    return Counted()


def test_only_new_texts_are_encoded_and_none_stands_in_the_file(
    tmp_path: Path, encode: Counted
) -> None:
    first = VectorFile.of_encoder(encode, "abc" * 20, tmp_path / "deep")
    assert first.of(["a private word", "bb", "a private word"]).tolist() == [
        [14, 1],
        [2, 1],
        [14, 1],
    ]
    first.save()
    (path,) = (tmp_path / "deep").iterdir()
    assert b"private" not in path.read_bytes()
    second = VectorFile.of_encoder(encode, "abc" * 20, tmp_path / "deep")
    assert second.of(["bb", "ccc"]).tolist() == [[2, 1], [3, 1]]
    assert encode.asked == ["a private word", "bb", "ccc"]
    other = VectorFile.of_encoder(encode, "def" * 20, tmp_path / "deep")
    other.of(["bb"])
    assert encode.asked[-1] == "bb"


@pytest.mark.parametrize("content", [b"damaged", b"PK\x03\x04 cut off", b""])
def test_a_damaged_file_costs_the_encoding_alone(
    tmp_path: Path, encode: Counted, content: bytes
) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(content)
    for _ in range(2):
        file = VectorFile(encode, path)
        assert file.of(["a"]).tolist() == [[1, 1]]
        file.save()
    assert encode.asked == ["a"]


def test_when_it_is_full_those_go_that_nobody_asked_for(
    tmp_path: Path, encode: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_file, "LIMIT", 2)
    path = tmp_path / "vectors.npz"
    for texts in (["a", "bb"], ["bb", "ccc"], ["ccc", "bb"]):
        file = VectorFile(encode, path)
        file.of(texts)
        file.save()
    assert encode.asked == ["a", "bb", "ccc"]


def test_a_disk_that_refuses_is_no_failure(tmp_path: Path, encode: Counted) -> None:
    (tmp_path / "no folder").write_text("")
    file = VectorFile(encode, tmp_path / "no folder" / "vectors.npz")
    assert file.of(["a"]).tolist() == [[1, 1]]
    file.save()

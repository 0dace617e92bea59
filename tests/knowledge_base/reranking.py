"""A reader of pairs without a model, and the files of one so small that it is made in a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from encoder.manifest import TOKENIZER, sha256_of
from encoder.reranker import MODEL, SERVED, RerankerManifest
from encoder.tune_reranker import Lesson


class FakeReader:
    """Scores as it is told to; remembers what it read."""

    def __init__(self, score: Callable[[str, str], float], checksum: str = "reader") -> None:
        self.checksum = checksum
        self.score = score
        self.read: list[tuple[str, tuple[str, ...]]] = []

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        self.read.append((question, tuple(passages)))
        return np.array([self.score(question, passage) for passage in passages])


def by_shared_words(question: str, passage: str) -> float:
    """Sure that it fits when any word is shared, sure that it does not otherwise."""
    return 6.0 if set(question.lower().split()) & set(passage.lower().split()) else -6.0


def by_nothing(question: str, passage: str) -> float:
    return 0.0


class FakeTuning:
    """Gives the reader it was made with, over the files of a tiny model, and remembers the lessons."""

    def __init__(self, reader: FakeReader, seconds: float = 0.01) -> None:
        self.reader, self.seconds = reader, seconds
        self.learned: list[list[Lesson]] = []

    def pace(self, lessons: Sequence[Lesson]) -> float:
        return self.seconds

    def make(
        self,
        folder: Path,
        lessons: Sequence[Lesson],
        steps: int,
        progress: Callable[[int, int], None],
    ) -> FakeReader:
        self.learned.append(list(lessons))
        progress(steps, steps)
        return self._written(folder)

    def bring(self, folder: Path, source: Path) -> FakeReader:
        return self._written(folder)

    def _written(self, folder: Path) -> FakeReader:
        self.reader.checksum = write_tiny(folder).checksum
        return self.reader


def write_tiny(folder: Path) -> RerankerManifest:
    """A model whose score is the mean of the tokens' numbers, with its manifest."""
    folder.mkdir(parents=True)
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["input_ids"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["numbers"], ["score"], axes=[1], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["batch"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / MODEL))
    words = {"[UNK]": 0, "lamp": 3, "invoice": 9}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(8)
    tokenizer.save(str(folder / TOKENIZER))
    manifest = RerankerManifest(
        "tiny", "0" * 64, 8, {name: sha256_of([folder / name]) for name in SERVED}
    )
    manifest.write(folder)
    return manifest

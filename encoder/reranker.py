"""Reads a question and a passage together and says how well they fit: a cross-encoder, with onnxruntime.

It is slower than vectors by the number of passages, since nothing can be read beforehand, so it reads few.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from encoder.cache import VectorCache
from encoder.encoder import open_session
from encoder.errors import EncoderError
from encoder.manifest import TOKENIZER, sha256_of, write_json

RERANKER = "reranker.json"
MODEL = "model.fp32.onnx"
SERVED = (MODEL, TOKENIZER)
#: Tokens of question and passage together: a passage of 60 words with its title takes about 100.
MAX_TOKENS = 160
#: Cut before tokenising; 160 tokens of English are about 800 characters.
MAX_CHARACTERS = 1500
#: Pairs whose score is remembered: the same stored questions are asked before and after each publish.
CACHE_SIZE = 16_384
#: Raised when what an older version wrote can no longer be served.
FORMAT = 1


@dataclass(frozen=True)
class RerankerManifest:
    """`reranker.json`: the files with their sha256, and what the search needs to weigh the scores."""

    source: str
    source_sha256: str
    max_tokens: int
    files: dict[str, str]
    about: dict[str, Any] = field(default_factory=dict)
    """How it was judged, and the calibration that reads its scores; empty until both are known."""
    format: int = FORMAT

    @property
    def checksum(self) -> str:
        """Names model and tokenizer together: other files give other scores."""
        return hashlib.sha256("".join(self.files[one] for one in SERVED).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Write `reranker.json` so that a reader sees the old file or the new one, never half."""
        write_json(folder / RERANKER, asdict(self))


def read_manifest(folder: Path) -> RerankerManifest:
    """Read and check `reranker.json`.

    Raises:
        EncoderError: it is missing, unreadable, or of another version.
    """
    path = folder / RERANKER
    try:
        manifest = RerankerManifest(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise EncoderError(f"no reranker in {folder}: {RERANKER} is missing") from error
    except (OSError, ValueError, TypeError) as error:
        raise EncoderError(f"{path} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise EncoderError(f"{path} has format {manifest.format}, this version reads {FORMAT}")
    if set(manifest.files) != set(SERVED):
        raise EncoderError(f"{path} names other files than {', '.join(SERVED)}")
    return manifest


class PairReader:
    """Scores (question, passage) pairs; may be shared between threads.

    A score is the model's log-odds that the passage answers: above 0 more likely than not.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        *,
        checksum: str,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        self.checksum = checksum
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = [node.name for node in session.get_inputs()]
        self._cache = VectorCache(cache_size)

    @classmethod
    def load(cls, folder: Path, *, cache_size: int = CACHE_SIZE) -> PairReader:
        """Load an exported reranker.

        Raises:
            EncoderError: a file is missing or is not the one that the export wrote.
        """
        manifest = read_manifest(folder)
        paths = [folder / name for name in SERVED]
        for path in paths:
            if not path.is_file():
                raise EncoderError(f"no reranker in {folder}: {path.name} is missing")
            if sha256_of([path]) != manifest.files.get(path.name):
                raise EncoderError(f"{path} is not the file that the export wrote")
        return cls(
            open_session(paths[0]),
            Tokenizer.from_file(str(paths[1])),
            checksum=manifest.checksum,
            cache_size=cache_size,
        )

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """The score of each passage, shape (len(passages),).

        Each pair is read alone: in a batch it would be padded to the longest, and its last digits would
        depend on the others.
        """
        return np.array([self._score(question, passage) for passage in passages], dtype=np.float64)

    def _score(self, question: str, passage: str) -> float:
        key = f"{question[:MAX_CHARACTERS]}\0{passage[:MAX_CHARACTERS]}"
        known = self._cache.get(key)
        if known is None:
            known = self._run(*key.split("\0", 1))
            self._cache.put(key, known)
        return float(known[0])

    def _run(self, question: str, passage: str) -> NDArray[np.float32]:
        # A lone surrogate, which JSON may carry, is not UTF-8 and the tokenizer refuses it.
        left, right = (
            text.encode("utf-8", "replace").decode("utf-8") for text in (question, passage)
        )
        tokens = self._tokenizer.encode(left, right)
        known = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        feed = {name: np.array([known[name]], dtype=np.int64) for name in self._inputs}
        output = np.asarray(self._session.run(None, feed)[0], dtype=np.float32).reshape(-1)
        if output.shape != (1,) or not np.isfinite(output[0]):
            raise EncoderError(f"the reranker gave no score: {output[:3]}")
        return output

"""The encoder that both processes serve with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from encoder.cache import VectorCache
from encoder.errors import EncoderError
from encoder.manifest import MODEL_FILES, TOKENIZER, read_manifest, sha256_of

#: 3 MB of vectors at 384 dimensions.
CACHE_SIZE = 2048
#: Cut before tokenising, so a 100 kB paste costs no more than the longest text the model can read:
#: 256 tokens of English are about 1,200 characters.
MAX_CHARACTERS = 4000


class Encoder:
    """Turns a text into one L2-normalised float32 vector; may be shared between threads.

    >>> encoder = Encoder.load(Path("var/encoders/all-MiniLM-L6-v2"))
    >>> encoder.encode("where is my parcel").shape
    (384,)
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        *,
        dimension: int,
        checksum: str,
        precision: str,
        cache_size: int = CACHE_SIZE,
        max_characters: int = MAX_CHARACTERS,
    ) -> None:
        self.dimension = dimension
        self.checksum = checksum
        self.precision = precision
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = [node.name for node in session.get_inputs()]
        self._cache = VectorCache(cache_size)
        self._max_characters = max_characters

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        precision: str | None = None,
        cache_size: int = CACHE_SIZE,
        max_characters: int = MAX_CHARACTERS,
    ) -> Encoder:
        """Load an exported encoder; precision None or "auto" serves what its judge chose.

        `checksum` names model and tokenizer together: vectors of two encoders may be compared only
        when their checksums are equal.

        Raises:
            EncoderError: a file is missing or is not the one that the export wrote.
        """
        manifest = read_manifest(folder)
        chosen = manifest.precision if precision in (None, "auto") else precision
        if chosen not in MODEL_FILES:
            raise EncoderError(f"precision must be one of {sorted(MODEL_FILES)}, got {chosen!r}")
        model, tokenizer = folder / MODEL_FILES[chosen], folder / TOKENIZER
        for path in (model, tokenizer):
            if not path.is_file():
                raise EncoderError(f"no encoder in {folder}: {path.name} is missing")
            if sha256_of([path]) != manifest.files.get(path.name):
                raise EncoderError(f"{path} is not the file that the export wrote")
        return cls(
            open_session(model),
            Tokenizer.from_file(str(tokenizer)),
            dimension=manifest.dimension,
            checksum=sha256_of([model, tokenizer]),
            precision=chosen,
            cache_size=cache_size,
            max_characters=max_characters,
        )

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return the text's vector, shape (dimension,), length 1, for the empty text too."""
        text = text[: self._max_characters]
        vector = self._cache.get(text)
        if vector is None:
            vector = self._run(text)
            self._cache.put(text, vector)
        return vector

    def is_word(self, word: str) -> bool:
        """Tell whether the tokenizer knows this as one word; a misspelt or rare one it takes to pieces."""
        return self._tokenizer.token_to_id(word) is not None

    def remembered(self, text: str) -> NDArray[np.float32] | None:
        """Return the text's vector if it is known without work."""
        return self._cache.get(text[: self._max_characters])

    def learn(self, text: str, vector: NDArray[np.float32]) -> None:
        """Remember a vector that an encoder with this checksum made of the text elsewhere."""
        self._cache.put(text[: self._max_characters], vector)

    def encode_many(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors as (len(texts), dimension), each exactly what `encode` returns.

        One text at a time: int8 activations are scaled over the whole batch, so in a padded batch
        the same text was seen to turn by a cosine of .928 (design.md §8).
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.encode(text)
        return vectors

    def _run(self, text: str) -> NDArray[np.float32]:
        # A lone surrogate, which JSON may carry, is not UTF-8 and the tokenizer refuses it.
        readable = text.encode("utf-8", "replace").decode("utf-8")
        tokens = self._tokenizer.encode(readable)
        known = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        feed = {name: np.array([known[name]], dtype=np.int64) for name in self._inputs}
        output = np.asarray(self._session.run(None, feed)[0][0], dtype=np.float32)
        # The graph normalises already; again here because float32 rounding leaves 1e-7, and a model
        # whose own last step is not a normalisation must still keep our promise.
        length = float(np.linalg.norm(output))
        if not np.isfinite(length) or length == 0.0:
            raise EncoderError(f"the model gave a vector of length {length}")
        return (output / np.float32(length)).astype(np.float32)


def open_session(model: Path) -> onnxruntime.InferenceSession:
    """Open a graph on one thread of the processor.

    Raises:
        EncoderError: it is none, or damaged.
    """
    options = onnxruntime.SessionOptions()
    # One thread: a query is 2 ms of work, and the second core belongs to the other process.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's errors share no public base class
        raise EncoderError(f"{model} cannot be opened: {error}") from error

"""Make the files that `PairReader` serves from a sentence-transformers CrossEncoder.

Runs in the 3.11 environment only, because it needs torch; nothing is downloaded.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from encoder.errors import EncoderError
from encoder.export import OPSET, write_tokenizer
from encoder.manifest import TOKENIZER, sha256_of, swap
from encoder.reranker import MAX_TOKENS, MODEL, SERVED, RerankerManifest
from encoder.source import WEIGHTS
from encoder.tune_reranker import open_cross_encoder


def export_reranker(source: Path, target: Path, *, name: str) -> RerankerManifest:
    """Export the CrossEncoder folder `source` to `target`, in fp32, and return what was written.

    The folder is swapped whole: a reader sees the old reranker or the new one.

    Raises:
        EncoderError: it is no CrossEncoder with one score and safetensors weights.
    """
    weights = source / WEIGHTS
    if not weights.is_file():
        # A pickled pytorch_model.bin would run its author's code, so it is not an alternative.
        raise EncoderError(f"{source} holds no {WEIGHTS}; other weight formats are not loaded")
    if not _has_one_score(weights):
        # Loaded all the same, it would get a layer of chance numbers on top.
        raise EncoderError(f"{source} is no cross-encoder: its weights hold no layer for one score")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as work:
        _export_graph(source, work / MODEL)
        write_tokenizer(source / TOKENIZER, work / TOKENIZER, MAX_TOKENS)
        manifest = RerankerManifest(
            source=name,
            source_sha256=sha256_of([weights]),
            max_tokens=MAX_TOKENS,
            files={one: sha256_of([work / one]) for one in SERVED},
        )
        manifest.write(work)
        work.chmod(0o755)
        swap(work, target)
    return manifest


def _has_one_score(weights: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(weights), "np") as file:
            heads = [name for name in file.keys() if name.startswith("classifier.")]  # noqa: SIM118
            shapes = [file.get_slice(name).get_shape() for name in heads if name.endswith("weight")]
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{weights} cannot be read: {error}") from error
    return any(shape[0] == 1 for shape in shapes)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _export_graph(source: Path, path: Path) -> None:
    import torch

    try:
        model = open_cross_encoder(source).eval()
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(f"{source} is no CrossEncoder that can be read: {error}") from error
    example = dict(model.tokenizer([("a question", "a passage")], return_tensors="pt"))
    names = [n for n in ("input_ids", "attention_mask", "token_type_ids") if n in example]

    class Scored(torch.nn.Module):  # type: ignore[misc]  # torch is not type-checked here
        """Tokens to one score, the log-odds: what a model makes of them afterwards is left out."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model.model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.model(**dict(zip(names, tensors, strict=True))).logits
            return logits.reshape(-1)

    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is the one that needs no further package; it warns that it is old.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Scored(),
            tuple(example[name] for name in names),
            str(path),
            input_names=names,
            output_names=["score"],
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in names},
                "score": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )

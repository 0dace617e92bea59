"""`adapted.json`: what an encoder that was tuned on the house's own texts is, and what it brought."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from encoder.errors import EncoderError
from encoder.manifest import read_manifest, write_json

ADAPTED = "adapted.json"
#: Half the size and twice the speed are not worth it here: what int8 loses would be measured on the few
#: examples held out.
PRECISION = "fp32"
#: Raised when what an older version wrote can no longer be served.
FORMAT = 1


@dataclass(frozen=True)
class Adapted:
    """The encoder in the folder of this file gives a second opinion on intents, or searches in its base's place.

    `base` and `encoder` are the sha256 of both encoders' weights (`source_sha256` of the manifests).
    """

    base: str
    encoder: str
    weight: float
    """What the second opinion counts, 0 to 1; the first counts the rest. One that searches counts 1."""
    sharpness: float
    """The factor on the second opinion's logits, from examples that its encoder had not seen."""
    examples: int
    seconds: float
    date: str
    figures: dict[str, Any] = field(default_factory=dict)
    """The comparison on held-out examples that decided for it (`training.adapt`)."""
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write `adapted.json` so that a reader sees the old file or the new one, never half."""
        write_json(folder / ADAPTED, asdict(self))


def read_adapted(folder: Path) -> Adapted:
    """Read what `Adapted.write` wrote.

    Raises:
        EncoderError: it is missing, unreadable, or of another version.
    """
    path = folder / ADAPTED
    try:
        adapted = Adapted(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise EncoderError(f"{path} cannot be read: {error}") from error
    if adapted.format != FORMAT:
        raise EncoderError(f"{path} has format {adapted.format}, this version reads {FORMAT}")
    return adapted


def adapted_for(base: Path, folder: Path) -> Adapted | None:
    """Return what stands in `folder` if it was tuned from the encoder in `base`, otherwise None.

    No weights are read: this is asked at every start.
    """
    try:
        adapted = read_adapted(folder)
        fits = (
            adapted.base == read_manifest(base).source_sha256
            and adapted.encoder == read_manifest(folder).source_sha256
        )
    except EncoderError:
        return None
    return adapted if fits else None


def remove(folder: Path) -> bool:
    """Remove a tuned encoder; tell whether there was one."""
    there = folder.is_dir()
    shutil.rmtree(folder, ignore_errors=True)
    return there

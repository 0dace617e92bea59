"""Make an encoder that serves of whatever a tuning writes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from encoder.adapted import PRECISION
from encoder.encoder import Encoder
from encoder.export import export
from encoder.source import find_source


def make(folder: Path, write: Callable[[Path], None]) -> Encoder:
    """Let `write` put a sentence-transformers folder somewhere, export it into `folder`, and load that."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".tuning-") as work:
        weights = Path(work) / folder.name
        write(weights)
        export(find_source(str(weights)), folder, precision=PRECISION)
    return Encoder.load(folder, precision=PRECISION)

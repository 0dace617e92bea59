"""Pictures for the docs: small files, with the few colours that a screen of ours has."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

LIMIT = 80_000
"""Bytes of one picture."""


def keep(png: bytes, path: Path) -> None:
    """Write it with a palette of its own; too large a picture fails the test that makes it."""
    packed = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        few = image.convert("RGB").quantize(
            128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        few.save(packed, "PNG", optimize=True)
    size = len(packed.getvalue())
    assert size < LIMIT, f"{path.name} has {size} bytes"
    path.write_bytes(packed.getvalue())

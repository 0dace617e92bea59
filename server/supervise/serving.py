"""Which model serves: the one trained from the present inputs, or the one promoted since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from encoder.adapted import adapted_for
from encoder.manifest import MANIFEST
from server.settings import ROOT, Settings
from server.supervise.records import read_record, write_record

#: Everything that a model is made from; code counts, because components are part of the model.
FILES = ("config.yml", "domain.yml")
EXAMPLES = "data/nlu"
FOLDERS = (EXAMPLES, "data/rules", "data/stories", "bot", "understanding")
SUFFIXES = (".yml", ".yaml", ".json", ".py", ".txt", ".md")

#: The model that was promoted last, and the inputs at that time: {"model", "inputs"}. Its inputs are all but
#: the examples: labels come in every day, and a restart would put a model into service that nobody compared.
SERVING = "serving.json"


def model_to_serve(settings: Settings) -> Path | None:
    """Return the promoted model while its inputs are still these, else the one trained from them.

    None when neither exists. So a trainer's choice survives a restart, also when examples came in since; a
    change of rules, domain, code or encoder wins over it, for the model may no longer fit them.
    """
    serving = read_record(settings.var / SERVING)
    if serving is not None and serving.get("inputs") == lasting_fingerprint(settings):
        promoted = Path(str(serving.get("model", "")))
        if promoted.is_file():
            return promoted
    trained = model_path(settings)
    return trained if trained.is_file() else None


def remember_promoted(settings: Settings, model: Path) -> None:
    """Serve this model after the next start too."""
    record = {"model": str(model), "inputs": lasting_fingerprint(settings)}
    write_record(settings.var / SERVING, record)


def model_path(settings: Settings) -> Path:
    """Return where the model trained from the present inputs lies."""
    return settings.var / "models" / f"{fingerprint(settings)}.tar.gz"


def fingerprint(settings: Settings, root: Path = ROOT) -> str:
    """Return 16 hex digits that change whenever an input of the training changes."""
    return _digest(settings, root, FOLDERS)


def lasting_fingerprint(settings: Settings, root: Path = ROOT) -> str:
    """Return 16 hex digits that change when a promoted model may no longer fit: with all but the examples."""
    return _digest(settings, root, [folder for folder in FOLDERS if folder != EXAMPLES])


def _digest(settings: Settings, root: Path, folders: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for path in _inputs(root, folders):
        # The name counts too: moving an example to another file changes nothing else.
        digest.update(f"{path.relative_to(root)}\n{path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    manifest = read_record(settings.encoder_path / MANIFEST) or {}
    served = (
        settings.precision,
        manifest.get("precision"),
        sorted(manifest.get("files", {}).items()),
    )
    digest.update(repr(served).encode())
    if adapted := adapted_for(settings.encoder_path, settings.intent_encoder_path):
        digest.update(repr((adapted.encoder, adapted.weight, adapted.sharpness)).encode())
    return digest.hexdigest()[:16]


def _inputs(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    yield from (root / name for name in FILES if (root / name).is_file())
    for folder in folders:
        found = (root / folder).rglob("*")
        yield from sorted(path for path in found if path.suffix in SUFFIXES and path.is_file())

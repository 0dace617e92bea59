"""The base on disk: derived data, so whatever is missing, old, torn or foreign is built again.

``var/index/current.json`` is the stamp; it names a folder with the vectors, ids and articles, and
their checksums. It is replaced last and whole. Nothing here is pickled, and FAISS reads no file: a
crafted index file can crash it, while plain arrays of a known shape are simply added.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.search.index import Segment, build_base
from knowledge_base.search.nearness import Exact, Lists, Nearness, Rows
from knowledge_base.search.records import Record, TextEncoder, Vector

FORMAT = 3
STAMP = "current.json"
VECTORS, IDS, RECORDS = "vectors.npy", "ids.npy", "articles.json"
#: Only of a base that is searched by lists: their centroids, and which list each vector lies in.
CENTROIDS, LISTS = "centroids.npy", "lists.npy"


class IndexUnusable(Exception):
    """Why the stored base can't serve; the text goes to the log."""


def save_base(
    folder: Path, base: Segment, *, encoder: TextEncoder, revision: int, now: datetime
) -> None:
    """Write the base and make it the current one; a crash at any point leaves the old one current."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"base-{revision}-{uuid.uuid4().hex[:8]}"
    place = folder / name
    place.mkdir()
    np.save(place / VECTORS, base.all_vectors(), allow_pickle=False)
    np.save(place / IDS, base.ids, allow_pickle=False)
    records = [record.as_json() for record in base.records]
    (place / RECORDS).write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    files, probes = [VECTORS, IDS, RECORDS], None
    if isinstance(base.nearness, Lists):
        np.save(place / CENTROIDS, base.nearness.centroids, allow_pickle=False)
        np.save(place / LISTS, base.nearness.list_of, allow_pickle=False)
        files += [CENTROIDS, LISTS]
        probes = base.nearness.probes
    stamp = {
        "format": FORMAT,
        "folder": name,
        "encoder": encoder.checksum,
        "dimension": encoder.dimension,
        "content_revision": revision,
        "built_at": now.isoformat(),
        "probes": probes,
        "files": {file: _sha256(place / file) for file in files},
    }
    for file in files:
        _sync(place / file)
    draft = folder / f".{name}.json"
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    _sync(draft)
    draft.replace(folder / STAMP)
    _sync(folder)
    for old in folder.glob("base-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)


def load_base(folder: Path, encoder: TextEncoder) -> tuple[Segment, int]:
    """The stored base and the content revision that it holds.

    Raises:
        IndexUnusable: it is missing, damaged, of another format, or made by another encoder.
    """
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IndexUnusable("missing") from None
    except (OSError, ValueError) as error:
        raise IndexUnusable("the stamp can't be read") from error
    try:
        return _load(folder, stamp, encoder), int(stamp["content_revision"])
    except IndexUnusable:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise IndexUnusable(f"damaged ({type(error).__name__})") from error


def _load(folder: Path, stamp: dict[str, Any], encoder: TextEncoder) -> Segment:
    if stamp["format"] != FORMAT:
        raise IndexUnusable("of another format")
    if (stamp["encoder"], stamp["dimension"]) != (encoder.checksum, encoder.dimension):
        raise IndexUnusable("made by another encoder")
    place = folder / Path(stamp["folder"]).name
    probes = stamp["probes"]
    for file in (VECTORS, IDS, RECORDS, *((CENTROIDS, LISTS) if probes else ())):
        if _sha256(place / file) != stamp["files"][file]:
            raise IndexUnusable(f"damaged ({file})")
    records = [
        Record.from_json(data) for data in json.loads((place / RECORDS).read_text(encoding="utf-8"))
    ]
    # Mapped: the one copy that is kept is made below.
    vectors: Vector = np.load(place / VECTORS, mmap_mode="r", allow_pickle=False)
    if vectors.dtype != np.float32 or vectors.ndim != 2 or vectors.shape[1] != encoder.dimension:
        raise IndexUnusable("of another shape")
    nearness = _lists(place, vectors, int(probes)) if probes else Exact(vectors)
    base = build_base(records, vectors, nearness)
    # Also catches a change in how an article is cut into texts: then these ids are others.
    if not np.array_equal(base.ids, np.load(place / IDS, allow_pickle=False)):
        raise IndexUnusable("cut into other texts than today's")
    return base


def _lists(place: Path, vectors: Vector, probes: int) -> Nearness:
    centroids: Vector = np.load(place / CENTROIDS, allow_pickle=False)
    list_of: Rows = np.load(place / LISTS, allow_pickle=False)
    if (
        centroids.dtype != np.float32
        or list_of.dtype != np.int64
        or centroids.shape[1:] != vectors.shape[1:]
        or list_of.shape != vectors.shape[:1]
        or not np.all((list_of >= 0) & (list_of < len(centroids)))
        or not 0 < probes <= len(centroids)
    ):
        raise IndexUnusable("of another shape")
    return Lists(np.array(vectors), centroids, probes, list_of)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Exact search and lists find what a comparison with every vector finds, filtered or not, saved or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.search import nearness
from knowledge_base.search.index import Segment, build_base, encode_records
from knowledge_base.search.nearness import (
    Exact,
    Lists,
    Mask,
    Near,
    Nearness,
    Vectors,
    assign,
    choose,
    learn,
)
from knowledge_base.search.records import Record
from knowledge_base.search.storage import STAMP, IndexUnusable, load_base, save_base
from tests.knowledge_base.support import FakeEncoder, record
from tests.support import FakeClock

DIMENSION = 24


def of_length_1(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def scattered(count: int, seed: int = 0, dimension: int = DIMENSION) -> Vectors:
    """Vectors without any order, the hardest for lists."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return of_length_1(rows)


def clustered(count: int, centres: int = 40) -> Vectors:
    """Vectors around a few points, as texts about a few subjects."""
    chosen = np.random.default_rng(1).integers(0, centres, count)
    return of_length_1(scattered(centres, 2)[chosen] + 0.1 * scattered(count, 3))


def by_hand(vectors: Vectors, query: Vectors, limit: int, allowed: Mask | None) -> Near:
    cosines = vectors @ query
    rows = np.arange(len(vectors)) if allowed is None else np.flatnonzero(allowed)
    best = rows[np.argsort(-cosines[rows], kind="stable")][:limit]
    return [(int(row), float(cosines[row])) for row in best]


def agree(found: Near, wanted: Near) -> bool:
    """The same cosines in the same order; rows of equal cosine may change places."""
    ours, theirs = (np.array([cosine for _, cosine in near]) for near in (found, wanted))
    return ours.shape == theirs.shape and bool(np.allclose(ours, theirs, atol=1e-5))


def all_lists(vectors: Vectors) -> Lists:
    """Lists that are all looked into: nothing is lost."""
    centroids = scattered(min(7, len(vectors)), 5, vectors.shape[1])
    return Lists(vectors, centroids, probes=len(centroids))


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 90),
    limit=st.integers(1, 100),
    share=st.sampled_from([None, 0.0, 0.1, 0.9]),
    seed=st.integers(0, 999),
)
@pytest.mark.parametrize("make", [Exact, all_lists])
def test_what_is_found_is_what_a_comparison_with_all_finds(
    make: Callable[[Vectors], Nearness], count: int, limit: int, share: float | None, seed: int
) -> None:
    vectors = scattered(count, seed)
    allowed = None if share is None else np.random.default_rng(seed).random(count) < share
    query = scattered(1, seed + 1)[0]
    index = make(vectors)
    found = index.search(query, min(limit, count), allowed)
    assert agree(found, by_hand(vectors, query, min(limit, count), allowed))
    assert allowed is None or all(allowed[row] for row, _ in found)
    rows = np.arange(count)[::-1]
    assert len(index) == count
    assert np.array_equal(index.rows(rows), vectors[rows])


def test_each_vector_lies_in_the_list_of_its_nearest_centroid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearness, "BLOCK", 10)
    vectors, centroids = scattered(37), scattered(5, 9)
    assert np.array_equal(assign(vectors, centroids), np.argmax(vectors @ centroids.T, axis=1))


def test_few_vectors_are_searched_exactly() -> None:
    vectors = scattered(500)
    assert choose(vectors, np.zeros(500, dtype=np.int8), np.arange(500)).name == "exact"


def test_many_are_searched_by_the_fewest_lists_that_find_as_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearness, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(nearness, "PROBES", (1, 2, 4, 8))
    vectors = clustered(3000)
    kinds = np.repeat(np.array([0, 2], dtype=np.int8), 1500)
    articles = np.arange(3000) // 4
    chosen = choose(vectors, kinds, articles)
    assert isinstance(chosen, Lists)
    asked = nearness.sample(kinds)
    assert asked.max() < 1500, "passages are nobody's words"

    def recall() -> float:
        shares = []
        for row in asked:
            others = articles != articles[row]
            wanted = {at for at, _ in by_hand(vectors, vectors[row], 10, others)}
            found = {at for at, _ in chosen.search(vectors[row], 10, others)}
            shares.append(len(wanted & found) / 10)
        return float(np.mean(shares))

    assert recall() >= nearness.RECALL
    if chosen.probes > 1:
        chosen.probes //= 2
        assert recall() < nearness.RECALL


def test_where_lists_find_too_little_search_stays_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(nearness, "PROBES", (1, 2, 4))
    vectors = scattered(3000)
    assert isinstance(choose(vectors, np.zeros(3000, dtype=np.int8), np.arange(3000)), Exact)


def test_the_same_vectors_give_the_same_lists() -> None:
    vectors = clustered(2000)
    assert np.array_equal(learn(vectors), learn(vectors))


def stored_by_lists(folder: Path, encoder: FakeEncoder) -> tuple[Segment, Path]:
    """A base on disk that is searched by lists, and its folder there."""
    records: list[Record] = [record(at, f"title {at}", f"question {at}") for at in range(60)]
    vectors = encode_records(records, encoder.dimension, encoder.encode)
    lists = Lists(vectors, scattered(9, dimension=encoder.dimension), probes=4)
    base = build_base(records, vectors, lists)
    save_base(folder, base, encoder=encoder, revision=3, now=FakeClock().now())
    stamp = json.loads((folder / STAMP).read_text("utf-8"))
    return base, folder / str(stamp["folder"])


def test_lists_are_saved_and_loaded_with_what_was_learned(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    saved, _ = stored_by_lists(tmp_path, encoder)
    loaded, revision = load_base(tmp_path, encoder)
    assert (revision, loaded.nearness.name) == (3, "9 lists, 4 looked into")
    assert np.array_equal(loaded.all_vectors(), saved.all_vectors())
    everyone = np.ones(len(saved), dtype=np.bool_)
    for at in range(0, 60, 7):
        query = encoder.encode(f"question {at}")
        assert loaded.nearest(query, 20, everyone) == saved.nearest(query, 20, everyone)


@pytest.mark.parametrize("file", ["centroids.npy", "lists.npy"])
def test_torn_lists_are_refused(tmp_path: Path, file: str) -> None:
    encoder = FakeEncoder()
    _, place = stored_by_lists(tmp_path, encoder)
    (place / file).write_bytes((place / file).read_bytes()[:-8])
    with pytest.raises(IndexUnusable, match="damaged"):
        load_base(tmp_path, encoder)


@pytest.mark.parametrize(
    "harm",
    [
        {"lists.npy": np.full(5, 1)},
        {"lists.npy": np.full(360, 9)},
        {"lists.npy": np.full(360, -1)},
        {"centroids.npy": np.zeros((9, 3), dtype=np.float32)},
        {"centroids.npy": np.zeros((2, 64), dtype=np.float32)},
    ],
)
def test_lists_that_do_not_fit_the_vectors_are_refused(
    tmp_path: Path, harm: dict[str, Vectors]
) -> None:
    """Even with a checksum that is right: FAISS would read beyond its memory."""
    encoder = FakeEncoder()
    saved, place = stored_by_lists(tmp_path, encoder)
    assert saved.size == 360
    stamp = json.loads((tmp_path / STAMP).read_text("utf-8"))
    for file, array in harm.items():
        np.save(place / file, array)
        stamp["files"][file] = checksum(place / file)
    (tmp_path / STAMP).write_text(json.dumps(stamp), "utf-8")
    with pytest.raises(IndexUnusable, match="another shape"):
        load_base(tmp_path, encoder)


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

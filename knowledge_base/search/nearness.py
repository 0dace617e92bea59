"""Which vectors are near: exact while that is fast, by inverted lists (IVF) where they find the same.

Exact search reads every vector: 20,000 take about as long as encoding a question. Beyond, the base is cut
into lists around centroids and a search looks into the nearest of them; how many is measured on the house's
own vectors, and where no number finds enough, search stays exact. HNSW was not taken: it can't leave out
what a filter forbids without losing recall, and builds many times longer.
"""

from __future__ import annotations

from typing import Any, Protocol

import faiss
import numpy as np
import structlog
from numpy.typing import NDArray

log = structlog.get_logger(__name__)

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Near = list[tuple[int, float]]

#: Vectors up to which search is exact.
EXACT_UP_TO = 20_000
#: Of the ten nearest vectors, the share that must be found among those an exact search finds.
RECALL, AT = 0.98, 10
#: So many of the house's own vectors are asked for; the same ones at each build.
SAMPLE, SEED = 300, 0
PROBES = (16, 32, 64, 96, 128, 192, 256, 384, 512)
#: So many more than asked for are compared again unrounded: of 500 questions to 80,000 vectors each found the
#: same 96 as lists of unrounded vectors.
SPARE = 32
#: Vectors per list that the centroids are learned from; more change nothing but the time.
LEARNED_FROM = 40
#: Vectors compared with the sample, or assigned to lists, at a time: what is kept meanwhile stays small.
BLOCK = 20_000


class Nearness(Protocol):
    """Keeps vectors, once, and finds the near ones among them."""

    @property
    def name(self) -> str:
        """For logs and reports."""

    def __len__(self) -> int: ...

    def rows(self, rows: Rows) -> Vectors:
        """These vectors, a row each."""

    def search(self, query: Vectors, limit: int, allowed: Mask | None) -> Near:
        """The nearest rows: (row, cosine), best first; only rows that `allowed` marks, where given."""


class Exact:
    """Compares with every vector."""

    name = "exact"

    def __init__(self, vectors: Vectors) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, rows: Rows) -> Vectors:
        return np.asarray(self._index.reconstruct_batch(rows), dtype=np.float32)

    def search(self, query: Vectors, limit: int, allowed: Mask | None) -> Near:
        params = None if allowed is None else faiss.SearchParameters(sel=_selector(allowed))  # type: ignore[call-arg]
        return _pairs(*self._index.search(query.reshape(1, -1), limit, params=params))


class Lists:
    """Looks into the lists of the nearest centroids; `list_of` names each vector's, where that is known.

    The lists hold the vectors rounded to a byte a number: a search waits for memory, and a quarter of it
    takes two thirds of the time. Those that come nearest are compared again by `vectors`, which are kept.
    """

    def __init__(
        self,
        vectors: Vectors,
        centroids: Vectors,
        probes: int = PROBES[0],
        list_of: Rows | None = None,
    ) -> None:
        self.centroids = centroids
        self.probes = probes
        self.list_of = assign(vectors, centroids) if list_of is None else list_of
        self._vectors = vectors
        self._quantizer = faiss.IndexFlatIP(vectors.shape[1])
        self._quantizer.add(centroids)
        self._index = faiss.IndexIVFScalarQuantizer(
            self._quantizer,
            vectors.shape[1],
            len(centroids),
            faiss.ScalarQuantizer.QT_8bit_uniform,
            faiss.METRIC_INNER_PRODUCT,
            False,
        )
        self._index.train(vectors)
        self._fill(vectors)

    def _fill(self, vectors: Vectors) -> None:
        # FAISS's own `add` grows each list by doubling, which leaves a third of the memory unused.
        lists = self._index.invlists
        assert lists is not None, "a new index has them"
        order = np.argsort(self.list_of, kind="stable").astype(np.int64)
        ends = np.cumsum(np.bincount(self.list_of, minlength=len(self.centroids)))
        for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            if start < end:
                rows = order[start:end]
                codes = self._index.sq.compute_codes(np.ascontiguousarray(vectors[rows]))
                lists.add_entries(number, len(rows), faiss.swig_ptr(rows), faiss.swig_ptr(codes))
        self._index.ntotal = len(vectors)

    @property
    def name(self) -> str:
        return f"{len(self.centroids)} lists, {self.probes} looked into"

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, rows: Rows) -> Vectors:
        return np.asarray(self._vectors[rows])

    def search(self, query: Vectors, limit: int, allowed: Mask | None) -> Near:
        chosen: dict[str, Any] = {} if allowed is None else {"sel": _selector(allowed)}
        params = faiss.SearchParametersIVF(nprobe=self.probes, **chosen)  # type: ignore[call-arg]
        _, roughly = self._index.search(query.reshape(1, -1), limit + SPARE, params=params)
        rows = roughly[0][roughly[0] >= 0]
        cosines = self._vectors[rows] @ query
        best = np.argsort(-cosines, kind="stable")[:limit]
        return list(zip(rows[best].tolist(), cosines[best].tolist(), strict=True))


def choose(vectors: Vectors, kinds: NDArray[np.int8], article_of: Rows) -> Nearness:
    """Exact for few vectors; else lists, with the fewest probes that reach the recall, or exact after all.

    Recall is measured with titles and question variants as questions, each without its own article: those
    are what customers' words look like, but with their own siblings beside them they would be easier to
    place (16 of 4,000 lists found .997 for them, and .87 for real questions).
    """
    if len(vectors) <= EXACT_UP_TO:
        return Exact(vectors)
    lists = Lists(vectors, learn(vectors))
    asked = sample(kinds)
    wanted = exactly(vectors, asked, article_of)
    for probes in PROBES:
        lists.probes = probes
        found = [_others(lists, vectors, row, article_of) for row in asked]
        recall = float(np.mean([len(a & b) / AT for a, b in zip(wanted, found, strict=True)]))
        log.info("index_recall", lists=len(lists.centroids), probes=probes, recall=round(recall, 4))
        if recall >= RECALL:
            return lists
    return Exact(vectors)


def learn(vectors: Vectors) -> Vectors:
    """About four times the square root of the vectors' number as centroids, of length 1."""
    count = int(4 * np.sqrt(len(vectors)))
    kmeans = faiss.Kmeans(
        vectors.shape[1],
        count,
        niter=8,
        seed=SEED,
        spherical=True,
        max_points_per_centroid=LEARNED_FROM,
    )
    kmeans.train(vectors)
    return np.asarray(kmeans.centroids, dtype=np.float32)


def assign(vectors: Vectors, centroids: Vectors) -> Rows:
    """The nearest centroid of each vector."""
    found = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        found[start : start + BLOCK] = faiss.knn(
            block, centroids, 1, metric=faiss.METRIC_INNER_PRODUCT
        )[1][:, 0]
    return found


def sample(kinds: NDArray[np.int8]) -> Rows:
    """Rows of titles and question variants, the same for the same articles."""
    rows = np.flatnonzero(kinds <= 1)
    rows = rows if len(rows) else np.arange(len(kinds))
    return np.sort(np.random.default_rng(SEED).permutation(rows)[:SAMPLE])


def exactly(vectors: Vectors, asked: Rows, article_of: Rows) -> list[set[int]]:
    """The nearest rows to each of these, those of its own article left out, among all vectors."""
    most = AT + int(np.bincount(article_of).max())
    limit = min(most, len(vectors))
    _, found = faiss.knn(vectors[asked], vectors, limit, metric=faiss.METRIC_INNER_PRODUCT)
    own = article_of[found] == article_of[asked][:, np.newaxis]
    return [set(near[~left_out][:AT].tolist()) for near, left_out in zip(found, own, strict=True)]


def _others(index: Nearness, vectors: Vectors, row: np.int64, article_of: Rows) -> set[int]:
    found = index.search(vectors[row], AT, article_of != article_of[row])
    return {at for at, _ in found}


def _selector(allowed: Mask) -> Any:
    # FAISS replaces the constructors when it is imported; its type stubs show the bare ones.
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]


def _pairs(cosines: Vectors, rows: Rows) -> Near:
    return [
        (int(row), float(cosine))
        for row, cosine in zip(rows[0], cosines[0], strict=True)
        if row >= 0
    ]

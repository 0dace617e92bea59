"""A million vectors, measured once: ``python -m benchmarks.knowledge.million`` (3 GB of memory, some minutes)."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Sequence

import faiss
import numpy as np

from benchmarks.knowledge import filler, houses
from benchmarks.knowledge.asking import Reader
from benchmarks.knowledge.scale import ARTICLES, questions
from benchmarks.knowledge.scale_page import percentiles
from benchmarks.machine import description, memory_mb, pace_ms
from encoder import Encoder
from knowledge_base.search.find import NEAREST_TEXTS
from knowledge_base.search.nearness import AT, Exact, Lists, Nearness, Vectors, choose
from server.settings import ROOT, load_settings
from training.paths import BENCH

REPORT = ROOT / "docs" / "benchmarks" / "knowledge-million.md"
REAL, TIMES = 40_000, 25
#: Cosine of each made vector with the real one that it was turned away from.
TURNED = 0.8
EXACT_ASKED = 40


def grown(real: Vectors, times: int) -> Vectors:
    """Each real vector turned so many ways by `TURNED`: clustered as the texts are, and no two alike."""
    chance = np.random.default_rng(0)
    made = np.empty((len(real) * times, real.shape[1]), dtype=np.float32)
    for at in range(times):
        noise = chance.standard_normal(real.shape, dtype=np.float32)
        noise -= np.sum(noise * real, axis=1, keepdims=True) * real
        noise *= np.sqrt(1 - TURNED**2) / np.linalg.norm(noise, axis=1, keepdims=True)
        made[at * len(real) : (at + 1) * len(real)] = TURNED * real + noise
    return made


def asked(index: Nearness, queries: Vectors, limit: int) -> tuple[list[set[int]], list[float]]:
    """What is found for each query, and the milliseconds."""
    found, spent = [], []
    for query in queries:
        started = time.perf_counter()
        near = index.search(query, limit, None)
        spent.append((time.perf_counter() - started) * 1000)
        found.append({row for row, _ in near})
    return found, spent


def share(found: Sequence[set[int]], wanted: Sequence[set[int]]) -> float:
    return float(np.mean([len(a & b) / len(b) for a, b in zip(found, wanted, strict=True)]))


def main() -> None:
    settings = load_settings()
    faiss.omp_set_num_threads(1)
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=0)
    reader = Reader(encoder, settings.var / "bench" / "vectors", _say)
    texts = houses.texts_of(filler.articles(BENCH, ARTICLES))[:REAL]
    wordings = questions(houses.starter(ROOT / "data"))
    reader.learn("filler, articles", texts)
    reader.learn("scale, questions", wordings)
    queries = np.stack([reader.encode(text) for text in wordings])
    vectors = grown(np.stack([reader.encode(text) for text in texts]), TIMES)
    del reader, encoder, texts
    turned_from = np.tile(np.arange(REAL), TIMES)
    before = pace_ms()
    _say(f"{len(vectors):,} vectors: building …")
    gc.collect()
    memory = memory_mb(os.getpid())
    started, worked = time.perf_counter(), time.process_time()
    chosen = choose(vectors, np.zeros(len(vectors), dtype=np.int8), turned_from)
    build, worked = time.perf_counter() - started, time.process_time() - worked
    kept = memory_mb(os.getpid()) - memory
    load = 0.0
    if isinstance(chosen, Lists):
        started = time.perf_counter()
        Lists(vectors, chosen.centroids, chosen.probes, chosen.list_of)
        load = time.perf_counter() - started
    _say(f"{chosen.name}: asking …")
    exact = Exact(vectors)
    _, exact_ms = asked(exact, queries[:EXACT_ASKED], NEAREST_TEXTS)
    del exact
    _, near = faiss.knn(queries, vectors, NEAREST_TEXTS, metric=faiss.METRIC_INNER_PRODUCT)
    few, _ = asked(chosen, queries, AT)
    many, chosen_ms = asked(chosen, queries, NEAREST_TEXTS)
    rows = [
        f"| vectors | {len(vectors):,} |",
        f"| chosen | {chosen.name} |",
        f"| recall@{AT} against exact, {len(queries):,} real questions | "
        f"{share(few, [set(row[:AT].tolist()) for row in near]):.4f} |",
        f"| recall@{NEAREST_TEXTS} | {share(many, [set(row.tolist()) for row in near]):.4f} |",
        f"| build: learn centroids, assign, try probes | {build:.0f} s, {worked:.0f} of them at work |",
        f"| from disk: centroids and lists known | {load:.1f} s |",
        f"| memory of the index ({vectors.nbytes / 2**20:,.0f} MB of numbers, kept once) | {kept:,.0f} MB |",
    ]
    text = (
        "# A million vectors\n\n"
        f"`python -m benchmarks.knowledge.million`, measured once, {description()}; a fixed loop of plain Python "
        f"took {before:.1f} ms before and {pace_ms():.1f} ms after (6 ms is a quiet core). One thread.\n\n"
        "| | |\n|---|---|\n" + "\n".join(rows) + "\n\n"
        "| milliseconds a search, best 96 | p50 | p95 | most |\n|---|---|---|---|\n"
        f"| exact | {percentiles(exact_ms)} |\n| chosen | {percentiles(chosen_ms)} |\n\n"
        f"The vectors are {REAL:,} real ones (of the articles of knowledge-scale.md), each turned {TIMES} ways "
        f"at random so that its cosine with itself before is {TURNED}: they lie clustered as real text does, but "
        "no two are alike. The queries are real questions, encoded and not turned. Encoding a million real texts "
        "takes hours on two cores, and tells nothing more about the search.\n"
    )
    REPORT.write_text(text, "utf-8")
    sys.stdout.write(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

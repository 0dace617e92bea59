"""Ten thousand articles: ``python -m benchmarks.knowledge.scale`` (needs the encoder and the public sets).

A database of its own is filled with the starter articles and real text, the real knowledge base is started on
it, and what it takes is written to docs/benchmarks/knowledge-scale.md. Vectors of the filler are kept in
var/bench/vectors: the first run encodes for a quarter of an hour, the next ones for none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.knowledge import filler, houses
from benchmarks.knowledge.asking import Reader
from benchmarks.knowledge.houses import House
from benchmarks.knowledge.scale_page import Built, report
from benchmarks.knowledge.serving import FIGURES, PLAN, Figures
from encoder import Encoder
from knowledge_base.models import Article, ArticleVersion, KnowledgeState, Status
from knowledge_base.search.find import NEAREST_TEXTS
from knowledge_base.search.index import Segment
from knowledge_base.search.nearness import AT, Exact
from knowledge_base.search.records import Record
from knowledge_base.service import KnowledgeBase
from server.clock import Clock, SystemClock
from server.database import Database
from server.events import LocalBus
from server.migrations import upgrade
from server.settings import ROOT, Settings, load_settings
from training.paths import BENCH

REPORT = ROOT / "docs" / "benchmarks" / "knowledge-scale.md"
ARTICLES, QUESTIONS = 10_000, 1_000
#: So many starter articles are not there at first: half are published at rest, half during a rebuild.
HELD_BACK = 40


def measure(count: int, say: Callable[[str], None]) -> tuple[Built, Figures]:
    """Fill, build, serve in a process of its own."""
    ours = load_settings()
    encoder = Encoder.load(ours.encoder_path, precision=ours.precision, cache_size=0)
    reader = Reader(encoder, ours.var / "bench" / "vectors", say)
    starter = houses.starter(ROOT / "data")
    held_back, there = starter.records[:HELD_BACK], starter.records[HELD_BACK:]
    records = [*there, *filler.articles(BENCH, count)]
    asked = questions(starter)
    reader.learn("filler, articles", houses.texts_of(records[len(there) :]))
    reader.learn("starter, articles", houses.texts_of(there))
    reader.learn("scale, questions", asked)
    with tempfile.TemporaryDirectory(prefix="handrail-scale-") as name:
        folder = Path(name)
        settings = ours.model_copy(update={"var": folder, "database_url": ""})
        upgrade(settings)
        say(f"{len(records)} articles: building …")
        built = asyncio.run(_build(settings, reader, records, asked))
        plan = {
            "questions": asked,
            "articles": [_wanted(record) for record in held_back],
            "encoder": str(ours.encoder_path),
            "precision": ours.precision,
        }
        (folder / PLAN).write_text(json.dumps(plan), "utf-8")
        say(f"{built.vectors} vectors, {built.name}: serving …")
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "benchmarks.knowledge.serving", name],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=1800,
        )
        return built, json.loads((folder / FIGURES).read_text("utf-8"))


def questions(starter: House) -> list[str]:
    """Labelled starter questions and messages of the public sets, mixed; none stands in an article."""
    asked = [one.text for one in starter.examples][: QUESTIONS // 2]
    asked += filler.questions(BENCH, QUESTIONS - len(asked))
    return [asked[at] for at in np.random.default_rng(0).permutation(len(asked))]


async def fill(database: Database, clock: Clock, records: Iterable[Record]) -> None:
    """Put the records into the article table, published, as revision 1."""
    now = clock.now()
    async with database.write() as db:
        await db.merge(KnowledgeState(id=1, content_revision=1))
        for record in records:
            db.add(
                Article(
                    id=record.id,
                    slug=record.slug,
                    category=record.category,
                    tags=list(record.tags),
                    intents=list(record.intents),
                    audience=record.audience,
                    language=record.language,
                    status=Status.PUBLISHED.value,
                    published=1,
                    revision=1,
                    created_at=now,
                    updated_at=now,
                )
            )
            db.add(
                ArticleVersion(
                    article_id=record.id,
                    number=1,
                    title=record.title,
                    questions=list(record.questions),
                    context=record.context,
                    action=record.action,
                    outcome=record.outcome,
                    author="scale",
                    created_at=now,
                )
            )


async def _build(
    settings: Settings, reader: Reader, records: Sequence[Record], asked: Sequence[str]
) -> Built:
    clock, database = SystemClock(), Database(settings.database, LocalBus())
    await fill(database, clock, records)
    knowledge = KnowledgeBase(settings, clock, database, reader)
    started = time.perf_counter()
    await knowledge.start()
    seconds = time.perf_counter() - started
    base = knowledge.snapshot.base
    queries = np.stack([reader.encode(text) for text in asked])
    disk = sum(path.stat().st_size for path in (settings.var / "index").rglob("*.*"))
    built = Built(
        seconds, base.nearness.name, len(base), base.size, recall(base, queries), disk / 2**20
    )
    await knowledge.stop()
    await database.close()
    return built


def recall(base: Segment, queries: np.ndarray[Any, np.dtype[np.float32]]) -> dict[int, float]:
    """Share of the exactly nearest vectors that the index finds."""
    exact = Exact(base.all_vectors())
    shares: dict[int, list[float]] = {AT: [], NEAREST_TEXTS: []}
    for query in queries:
        for limit, found in shares.items():
            near = (index.search(query, limit, None) for index in (exact, base.nearness))
            wanted, got = ({row for row, _ in rows} for rows in near)
            found.append(len(wanted & got) / limit)
    return {limit: float(np.mean(found)) for limit, found in shares.items()}


def _wanted(record: Record) -> dict[str, Any]:
    return {
        "title": record.title,
        "slug": record.slug,
        "category": record.category,
        "intents": list(record.intents),
        "questions": list(record.questions),
        "context": record.context,
        "action": record.action,
        "outcome": record.outcome,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--to", type=Path, default=REPORT, help="where the table is written")
    options = parser.parse_args()
    built, figures = measure(options.articles, _say)
    text = report(built, figures)
    options.to.write_text(text, "utf-8")
    sys.stdout.write(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

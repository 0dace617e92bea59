"""What a served knowledge base of some size takes: started on a filled database, in a process of its own.

Started by `benchmarks.knowledge.scale`, with the database, the index on disk and `plan.json` in its folder.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.machine import memory_mb, pace_ms
from encoder import Encoder
from knowledge_base import articles
from knowledge_base.drafts import read_draft
from knowledge_base.models import Article
from knowledge_base.search.decision import Kind
from knowledge_base.search.find import NEAREST_TEXTS, Query, find, mend
from knowledge_base.search.keeper import DELTA_LIMIT, DELTA_SHARE
from knowledge_base.search.tongues import terms
from knowledge_base.service import KnowledgeBase
from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from server.settings import Settings, load_settings

#: Read by both processes.
PLAN, FIGURES = "plan.json", "figures.json"

Figures = dict[str, Any]


class Stopwatch:
    """Writes down the milliseconds since the last stop."""

    def __init__(self, spent: dict[str, list[float]]) -> None:
        self._spent = spent
        self._since = time.perf_counter()

    def stop(self, name: str) -> None:
        now = time.perf_counter()
        self._spent.setdefault(name, []).append((now - self._since) * 1000)
        self._since = time.perf_counter()


class Served:
    """A running knowledge base, and what is done to it."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self.encoder = encoder
        self.clock = SystemClock()
        bus = LocalBus()
        self.database = Database(settings.database, bus)
        self.knowledge = KnowledgeBase(settings, self.clock, self.database, encoder, bus=bus)

    async def publish(self, wanted: dict[str, Any]) -> tuple[float, float, bool]:
        """Publish an article and ask for it.

        Returns (seconds from the commit to the first of its own variants answered by it, seconds until it is
        gone after its archiving's commit, whether all variants found it first).
        """
        async with self.database.write() as db:
            draft = read_draft(wanted)
            article = await articles.create(db, self.clock, draft, "scale")
            await articles.publish(db, self.clock, article.id, expected=1)
        committed = time.perf_counter()
        await self.knowledge.wait_for_revision(article.revision, seconds=60)
        first = await self.knowledge.decide(draft.questions[0])
        until = time.perf_counter() - committed
        found = [first, *[await self.knowledge.decide(text) for text in draft.questions[1:]]]
        right = all(
            one.kind != Kind.NOTHING and one.candidates[0].article_id == article.id for one in found
        )
        async with self.database.write() as db:
            archived = await articles.archive(db, self.clock, article.id)
        committed = time.perf_counter()
        await self.knowledge.wait_for_revision(archived.revision, seconds=60)
        shown = await self.knowledge.search(draft.questions[0])
        gone = time.perf_counter() - committed
        return until, gone, right and all(one.article_id != article.id for one in shown)

    async def ask(
        self, questions: list[str], clock: Callable[[], float] = time.perf_counter
    ) -> list[float]:
        """Milliseconds of each decision."""
        spent = []
        for text in questions:
            started = clock()
            await self.knowledge.decide(text)
            spent.append((clock() - started) * 1000)
        return spent

    def parts(self, questions: list[str]) -> dict[str, list[float]]:
        """Milliseconds of what a decision is made of, for each question."""
        spent: dict[str, list[float]] = {}
        snapshot = self.knowledge.snapshot
        for text in questions:
            watch = Stopwatch(spent)
            query = mend(snapshot, Query(text), self.encoder.is_word)
            watch.stop("slips mended")
            vector = self.encoder.encode(query.text)
            watch.stop("encoding")
            allowed, _ = snapshot.allowed("public", None, ())
            snapshot.base.nearest(vector, NEAREST_TEXTS, allowed)
            watch.stop("near vectors")
            snapshot.base.lexical.scores(terms(query.text))
            watch.stop("words (BM25)")
            find(snapshot, query, vector)
            watch.stop("near vectors, words and features")
        return spent

    async def archive_many(self, count: int) -> int:
        """Archive so many filler articles in one commit, enough for a rebuild; the revision after it."""
        async with self.database.write() as db:
            chosen = await db.scalars(
                select(Article.id)
                .where(Article.slug.startswith("filler-"), Article.published.is_not(None))
                .order_by(Article.slug)
                .limit(count)
            )
            for article_id in list(chosen):
                last = await articles.archive(db, self.clock, article_id)
        return last.revision


async def measure(settings: Settings, encoder: Encoder, plan: dict[str, Any]) -> Figures:
    before_mb = memory_mb(os.getpid())
    served = Served(settings, encoder)
    started = time.perf_counter()
    await served.knowledge.start()
    figures: Figures = {
        "start_s": time.perf_counter() - started,
        "memory_before_mb": before_mb,
        "memory_started_mb": memory_mb(os.getpid()),
        "pace_before_ms": pace_ms(),
    }
    asked = plan["questions"]
    half = len(asked) // 2
    # The first finds of an article also cut its texts into words: asked apart, as a process's first minute.
    figures["cold_ms"] = await served.ask(asked[: half // 2])
    figures["decide_ms"] = await served.ask(asked[half // 2 : half])
    figures["decide_cpu_ms"] = await served.ask(asked[half : half * 3 // 2], time.process_time)
    figures["parts_ms"] = served.parts(asked[half * 3 // 2 :])
    figures["memory_asked_mb"] = memory_mb(os.getpid())
    new = plan["articles"]
    publishes = [await served.publish(wanted) for wanted in new[: len(new) // 2]]
    figures["publish_s"] = [one[0] for one in publishes]
    figures["gone_s"] = [one[1] for one in publishes]
    figures["own_variants_right"] = sum(one[2] for one in publishes)
    base = served.knowledge.snapshot.base
    revision = await served.archive_many(int(len(base) * DELTA_SHARE) + DELTA_LIMIT)
    committed = time.perf_counter()
    await served.knowledge.wait_for_revision(revision, seconds=60)
    figures["many_gone_s"] = time.perf_counter() - committed
    figures |= {"rebuild_publish_s": [], "rebuild_gone_s": [], "rebuild_decide_ms": []}
    left, again = iter(new[len(new) // 2 :]), iter(asked)
    while served.knowledge.snapshot.base is base:
        spent = await served.ask([f"{text}, please" for text in itertools.islice(again, 20)])
        figures["rebuild_decide_ms"] += spent
        if (wanted := next(left, None)) is None:
            await asyncio.sleep(0.05)
            continue
        until, gone, _ = await served.publish(wanted)
        figures["rebuild_publish_s"].append(until)
        figures["rebuild_gone_s"].append(gone)
    figures["rebuild_s"] = time.perf_counter() - committed
    # What a rebuild freed goes back to the system a moment after the new base answers.
    await asyncio.sleep(1.0)
    figures["memory_rebuilt_mb"] = memory_mb(os.getpid())
    figures["pace_after_ms"] = pace_ms()
    await served.knowledge.stop()
    await served.database.close()
    return figures


def main() -> None:
    folder = Path(sys.argv[1])
    settings = load_settings()
    plan = json.loads((folder / PLAN).read_text("utf-8"))
    encoder = Encoder.load(Path(plan["encoder"]), precision=plan["precision"])
    encoder.encode("warm up")
    figures = asyncio.run(
        measure(settings.model_copy(update={"var": folder, "database_url": ""}), encoder, plan)
    )
    (folder / FIGURES).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    main()

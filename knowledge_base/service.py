"""The knowledge base as the rest of the app calls it: decide, look up, search; always the newest articles."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

import faiss
import structlog

from knowledge_base.calibration import Calibration, load_calibration
from knowledge_base.decision import Candidate, Decision, DecisionContext, Kind, Verdict, judge
from knowledge_base.index import Snapshot
from knowledge_base.keeper import IndexKeeper
from knowledge_base.models import Audience
from knowledge_base.records import TextEncoder, Vector
from knowledge_base.search import Query, find, widen
from server.clock import Clock
from server.database import Database
from server.events import Bus
from server.settings import Settings

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: Questions are cut here; the encoder reads less than that anyway.
QUESTION_LIMIT = 4000
#: Up to here a search is done at once: it takes less than the way to a thread and back, 0.7 ms.
VECTORS_AT_ONCE = 5000
CHARACTERS_AT_ONCE = 300


class KnowledgeBase:
    """Answers from the published articles; `start` before use, `stop` at the end.

    Encoding and long searches run in a worker thread, on an immutable snapshot, so the event loop is
    never held and a rebuild never blocks a reader.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        encoder: TextEncoder,
        *,
        bus: Bus | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._settings = settings
        self._encoder = encoder
        self._calibration = calibration or load_calibration()
        self._keeper = IndexKeeper(settings.var / "index", clock, database, encoder, bus)
        # Two, so that one long question never makes all others wait.
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="knowledge")

    async def start(self) -> None:
        """Load the index, or build it where the stored one can't serve; then follow the table.

        Raises:
            Unavailable: the article table can't be read.
        """
        # A query is too small to share between threads; FAISS would only spin on the second core.
        faiss.omp_set_num_threads(1)
        fitted_for = self._calibration.about.get("encoder")
        if fitted_for != self._encoder.checksum:
            # Not wrong, but its probabilities were seen with another: python -m knowledge_base.fit
            log.info("calibration_of_another_encoder", version=self._calibration.version)
        await self._keeper.start()

    async def stop(self) -> None:
        """Stop following; what is running ends first."""
        await self._keeper.stop()
        self._readers.shutdown(wait=True)

    @property
    def snapshot(self) -> Snapshot:
        """What answers at this moment; stays as it is while you hold it."""
        return self._keeper.snapshot

    @property
    def threshold(self) -> float:
        """The probability from which the bot answers, for the target precision in the settings."""
        return self._calibration.threshold(self._settings.answer_precision)

    async def decide(self, question: str, context: DecisionContext | None = None) -> Decision:
        """Answer, choose or nothing, for a customer's question.

        Excluded articles and articles for another audience or language never come back.
        """
        context = context or DecisionContext()
        started = time.perf_counter()
        query = Query(
            text=question[:QUESTION_LIMIT],
            intent=context.intent,
            confidence=context.confidence,
            audience=context.audience,
            language=context.language,
            excluded=context.excluded,
        )
        snapshot = self.snapshot
        if not question.strip():
            return self._decision(Verdict(Kind.NOTHING, 0.0, (), ()), snapshot, started)
        query = widen(query, context.topic)
        known = self._encoder.remembered(query.text)
        short = snapshot.size <= VECTORS_AT_ONCE and len(query.text) <= CHARACTERS_AT_ONCE
        if known is not None and short:
            verdict = self._judge(snapshot, query, known)
        else:
            verdict = await self._in_thread(
                lambda: self._judge(snapshot, query, self._encoder.encode(query.text))
            )
        return self._decision(verdict, snapshot, started)

    async def search(
        self,
        text: str,
        limit: int = 10,
        *,
        audience: str = Audience.PUBLIC.value,
        language: str | None = None,
    ) -> list[Candidate]:
        """The best articles for some words, best first, for search pages and agents."""
        if not text.strip():
            return []
        snapshot = self.snapshot
        query = Query(text[:QUESTION_LIMIT], audience=audience, language=language)

        def look() -> list[Candidate]:
            found = find(snapshot, query, self._encoder.encode(query.text))
            ranked = self._calibration.rank(found)
            chances = self._calibration.probabilities(ranked)
            return [
                Candidate.of(
                    one.found.record,
                    score=one.share,
                    probability=chances[at] if at < len(chances) else 0.0,
                    signals=one.found.signals,
                )
                for at, one in enumerate(ranked[:limit])
            ]

        return await self._in_thread(look)

    async def article(
        self, article_id: UUID, audience: str = Audience.PUBLIC.value
    ) -> Candidate | None:
        """A published article for this audience, as for a chosen button."""
        record = self.snapshot.alive.get(article_id)
        if record is None or record.audience not in (audience, Audience.PUBLIC.value):
            return None
        return Candidate.of(record)

    async def wait_for_revision(self, revision: int, seconds: float = 5.0) -> bool:
        """Wait until everything up to this content revision answers; False when it took too long."""
        return await self._keeper.wait_for(revision, seconds)

    def _judge(self, snapshot: Snapshot, query: Query, vector: Vector) -> Verdict:
        found = find(snapshot, query, vector)
        ranked = self._calibration.rank(found)
        return judge(ranked, self._calibration, self._settings.answer_precision)

    def _decision(self, verdict: Verdict, snapshot: Snapshot, started: float) -> Decision:
        candidates = tuple(
            Candidate.of(
                one.found.record,
                score=one.share,
                probability=probability,
                signals=one.found.signals,
            )
            for one, probability in zip(verdict.shown, verdict.probabilities, strict=True)
        )
        versions = {
            "encoder": self._encoder.checksum[:12],
            "content_revision": snapshot.revision,
            "calibration": self._calibration.version,
            "threshold": round(self.threshold, 4),
        }
        spent = round((time.perf_counter() - started) * 1000, 2)
        probability = round(verdict.probability, 4)
        return Decision(verdict.kind.value, probability, candidates, versions, spent)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

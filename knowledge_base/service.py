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

from knowledge_base.catalogue import State
from knowledge_base.models import Audience
from knowledge_base.quality.policy import Policy, policy_of
from knowledge_base.search import foreign
from knowledge_base.search.calibration import Calibration, load_calibration
from knowledge_base.search.decision import Candidate, Decision, DecisionContext, Kind, Verdict
from knowledge_base.search.find import Found, Query, find, mend, widen
from knowledge_base.search.index import Snapshot
from knowledge_base.search.keeper import IndexKeeper
from knowledge_base.search.records import TextEncoder, Vector
from knowledge_base.search.rerank import Reranker, judged_by
from knowledge_base.search.tongues import is_understood
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
        reranker: Reranker | None = None,
    ) -> None:
        self._encoder = encoder
        self._reranker = reranker
        if calibration is None:
            calibration = reranker.calibration if reranker else load_calibration()
        self._shipped = Policy(calibration, settings.answer_precision)
        self._policy = self._shipped
        self._state = State()
        self._keeper = IndexKeeper(
            settings.var / "index", clock, database, encoder, bus, self._follow_state
        )
        # Two, so that one long question never makes all others wait.
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="knowledge")

    async def start(self) -> None:
        """Load the index, or build it where the stored one can't serve; then follow the table.

        Raises:
            Unavailable: the article table can't be read.
        """
        # A query is too small to share between threads; FAISS would only spin on the second core.
        faiss.omp_set_num_threads(1)
        shipped = self._shipped.calibration
        if shipped.about.get("encoder") != self.judged_by:
            # Not wrong, but its probabilities were seen with another: python -m benchmarks.knowledge.fit
            log.info("calibration_of_another_encoder", version=shipped.version)
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
    def encoder(self) -> TextEncoder:
        return self._encoder

    @property
    def reranker(self) -> Reranker | None:
        """What reads the best candidates again, where one is set."""
        return self._reranker

    @property
    def judged_by(self) -> str:
        """What a calibration must have been fitted with."""
        return judged_by(
            self._encoder.checksum, self._reranker.checksum if self._reranker else None
        )

    @property
    def policy(self) -> Policy:
        """What judges at this moment: the house's own target and calibration, or the shipped ones."""
        return self._policy

    @property
    def shipped(self) -> Policy:
        """The setting's target and the shipped calibration, whatever the house set."""
        return self._shipped

    @property
    def threshold(self) -> float:
        """The probability from which the bot answers."""
        return self._policy.threshold

    async def read_policy(self) -> Policy:
        """What is set now; other processes see it within half a second."""
        await self._keeper.read_state()
        return self._policy

    async def decide(self, question: str, context: DecisionContext | None = None) -> Decision:
        """Answer, choose or nothing, for a customer's question; in a language other than English never an answer.

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
        snapshot, policy = self.snapshot, self._policy
        if not question.strip():
            nothing = Verdict(Kind.NOTHING, 0.0, (), ())
            return self._decision(nothing, snapshot, policy, started)
        query = self._mended(snapshot, widen(query, context.topic))
        known = self._encoder.remembered(query.text)
        short = snapshot.size <= VECTORS_AT_ONCE and len(query.text) <= CHARACTERS_AT_ONCE
        if known is not None and short and self._reranker is None:
            verdict = self._judged(policy, snapshot, query, known)
        else:
            verdict = await self._in_thread(
                lambda: self._judged(policy, snapshot, query, self._encoder.encode(query.text))
            )
        return self._decision(verdict, snapshot, policy, started)

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
        calibration = self._policy.calibration
        asked = Query(text[:QUESTION_LIMIT], audience=audience, language=language)

        def look() -> list[Candidate]:
            query = self._mended(snapshot, asked)
            found = self._found(snapshot, query, self._encoder.encode(query.text))
            ranked = calibration.rank(found)
            chances = calibration.probabilities(ranked)
            if not is_understood(language):
                ranked = foreign.before(ranked)
                chances = foreign.shares(ranked)
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

    def judge(self, snapshot: Snapshot, query: Query, vector: Vector) -> Verdict:
        """What this snapshot and the policy make of a question whose vector is known."""
        return self._judged(self._policy, snapshot, query, vector)

    def _follow_state(self, state: State) -> None:
        """Judge by what is set from now on."""
        set_before = (self._state.answer_precision, self._state.calibration)
        if (state.answer_precision, state.calibration) != set_before:
            self._policy = policy_of(
                state.answer_precision, state.calibration, self._shipped, self.judged_by
            )
            log.info(
                "policy_changed",
                calibration=self._policy.calibration.version,
                precision=self._policy.precision,
            )
        self._state = state

    def _decision(
        self, verdict: Verdict, snapshot: Snapshot, policy: Policy, started: float
    ) -> Decision:
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
            "calibration": policy.calibration.version,
            "threshold": round(policy.threshold, 4),
        }
        spent = round((time.perf_counter() - started) * 1000, 2)
        probability = round(verdict.probability, 4)
        return Decision(verdict.kind.value, probability, candidates, versions, spent)

    def _found(self, snapshot: Snapshot, query: Query, vector: Vector) -> list[Found]:
        found = find(snapshot, query, vector)
        return self._reranker.read(snapshot, query, vector, found) if self._reranker else found

    def _mended(self, snapshot: Snapshot, query: Query) -> Query:
        # The encoder would take other languages' words for slips of English ones.
        if not is_understood(query.language):
            return query
        return mend(snapshot, query, self._encoder.is_word)

    def _judged(self, policy: Policy, snapshot: Snapshot, query: Query, vector: Vector) -> Verdict:
        if not is_understood(query.language):
            return foreign.judge(find(snapshot, query, vector))
        return policy.judge(policy.calibration.rank(self._found(snapshot, query, vector)))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

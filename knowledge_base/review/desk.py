"""The review desk of one app: reads the questions, keeps their vectors, and works in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from knowledge_base.drafts import Draft
from knowledge_base.models import Audience
from knowledge_base.review import past, publish_diff
from knowledge_base.review.bench import Bench, Encode, Outcome
from knowledge_base.review.contradictions import Contradiction, Read, contradictions
from knowledge_base.review.duplicates import Duplicate, Written, duplicates
from knowledge_base.review.past import Question
from knowledge_base.review.publish_diff import Diff
from knowledge_base.review.sentences import sentences
from knowledge_base.review.takes import Takes, takes
from knowledge_base.review.vectors import Vectors
from knowledge_base.search.find import Query, find
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Record, TextEncoder, Vector

#: Articles near a draft that are compared with it sentence by sentence, and how many each of its texts names.
NEAR_ARTICLES, NEAR_EACH = 12, 4
#: A question is tried while typing when a text of the draft is at least this near to it (cosine), or the
#: draft's title and questions have this share of its words. Seen with 24 starter articles, each put in anew
#: before 432 questions: of the 89 that went to it 87 were so near, and one question in nine is tried.
AFFECTED_NEAR, AFFECTED_WORDS = 0.40, 0.6
#: So many are tried at most, the nearest first: 2 ms each, on a slow core that others use too.
AFFECTED_LIMIT = 400
#: The past questions are read again after so many seconds.
FRESH = 60.0


@dataclass(frozen=True)
class Impact:
    """What is known of a draft while it is written."""

    duplicates: tuple[Duplicate, ...]
    contradictions: tuple[Contradiction, ...]
    takes: Takes
    articles: dict[UUID, Record]
    """The articles that the takes name."""
    draft: UUID
    """The draft's own id among them."""


class Desk:
    """One for an app, by `Desk.of`. One piece of work at a time, in a worker thread, never on the event loop."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self._tools: Bench | None = None
        self._checksum = ""
        self._asked: tuple[object, object, tuple[Question, ...]] | None = None
        self._read_at: datetime | None = None
        self._past: list[past.Asked] = []

    @classmethod
    def of(cls, app: Any) -> Desk:
        """The app's desk; made when it is first asked for."""
        found = getattr(app, "review_desk", None)
        if not isinstance(found, cls):
            found = app.review_desk = cls(app)
        return found

    async def impact(
        self, draft: Draft, article_id: UUID | None, *, has_body: bool = True
    ) -> Impact:
        """Duplicates, contradictions and takes of a draft, which is a new article or changes one."""
        async with self._turn:
            stored, turns = await self._read()
            return await asyncio.to_thread(self._impact, draft, article_id, has_body, stored, turns)

    async def diff(
        self,
        *,
        publish: Sequence[Record] = (),
        archive: Collection[UUID] = (),
        golden_only: bool = False,
        encode: Encode | None = None,
    ) -> Diff:
        """What publishing these records and archiving these articles, all at once, changes."""
        async with self._turn:
            stored, turns = await self._read()
            if golden_only:
                golden = tuple(one for one in stored if one.golden)
                return await asyncio.to_thread(self._diff, publish, archive, encode, lambda: golden)
            return await asyncio.to_thread(
                self._diff, publish, archive, encode, lambda: self._questions(stored, turns)[0]
            )

    async def golden(self) -> list[tuple[Question, Outcome]]:
        """The golden questions, each with what a customer gets for it now."""
        async with self._turn:
            stored, _ = await self._read()
            golden = [one for one in stored if one.golden]
            if not golden:
                return []
            return await asyncio.to_thread(self._golden, golden)

    def _golden(self, golden: list[Question]) -> list[tuple[Question, Outcome]]:
        bench = self._bench
        return [(one, bench.before(one)) for one in golden]

    async def warm(self) -> None:
        """Encode the questions that nobody has encoded yet, so that typing need not wait for it."""
        async with self._turn:
            stored, turns = await self._read()
            await asyncio.to_thread(self._warm, stored, turns)

    def _warm(self, stored: list[Question], turns: list[past.Asked]) -> None:
        bench = self._bench
        for question in self._questions(stored, turns)[0]:
            bench.before(question)

    async def _read(self) -> tuple[list[Question], list[past.Asked]]:
        """Labels are read each time, customers' questions once a minute."""
        now = self._app.clock.now()
        async with self._app.database.read() as db:
            stored = await past.stored_questions(db)
            if self._read_at is None or not 0 <= (now - self._read_at).total_seconds() < FRESH:
                self._past, self._read_at = await past.past_turns(db, now), now
        return stored, self._past

    @property
    def _bench(self) -> Bench:
        """The tools for the encoder and the policy that serve now."""
        knowledge = self._app.knowledge
        encoder: TextEncoder = knowledge.encoder
        if self._tools is None or self._checksum != encoder.checksum:
            self._checksum = encoder.checksum
            self._asked_vectors = Vectors(encoder, self._app.settings.var / "review")
            self._texts = Vectors(encoder)
            one = self._asked_vectors.one
            self._tools = Bench(knowledge.judge, one, encoder.is_word)
        self._tools.begin(knowledge.snapshot, self._stamp)
        return self._tools

    @property
    def _stamp(self) -> object:
        """What judges: with a new calibration or threshold what is remembered is worth nothing."""
        knowledge = self._app.knowledge
        return knowledge.policy.calibration, knowledge.threshold

    def _questions(
        self, stored: list[Question], turns: list[past.Asked]
    ) -> tuple[tuple[Question, ...], Vector]:
        """All questions with their vectors; masking and joining are done once for the same lists."""
        if self._asked is None or self._asked[0] != stored or self._asked[1] is not turns:
            self._asked = (stored, turns, past.together(stored, turns))
        questions = self._asked[2]
        rows = self._asked_vectors.of([question.text for question in questions])
        self._asked_vectors.save()
        return questions, rows

    def _impact(
        self,
        draft: Draft,
        article_id: UUID | None,
        has_body: bool,
        stored: list[Question],
        turns: list[past.Asked],
    ) -> Impact:
        bench = self._bench
        snapshot = bench.present
        record = self._record(snapshot, draft, article_id)
        written = self._written(record, draft=True)
        near = [self._written(one) for one in self._near(snapshot, record)]
        repeats = duplicates(written, near, snapshot.statistics, has_body=has_body)
        repeated = frozenset(one.article.id for one in repeats)
        against = contradictions(written.body, [one.body for one in near], repeated)
        questions, vectors = self._questions(stored, turns)
        affected = self._affected(snapshot, record, questions, vectors)
        found = takes(bench, record, questions, affected)
        named = {at for move in found.moves for at in (move.giver, move.taker) if at is not None}
        known = {**snapshot.alive, record.id: record}
        return Impact(
            tuple(repeats),
            tuple(against),
            found,
            {at: known[at] for at in named if at in known},
            record.id,
        )

    def _diff(
        self,
        publish: Sequence[Record],
        archive: Collection[UUID],
        encode: Encode | None,
        questions: Callable[[], tuple[Question, ...]],
    ) -> Diff:
        bench = self._bench
        return publish_diff.compare(bench, bench.changed(publish, archive, encode), questions())

    def _record(self, snapshot: Snapshot, draft: Draft, article_id: UUID | None) -> Record:
        held = snapshot.alive.get(article_id) if article_id else None
        return Record.of_draft(draft, article_id or uuid4(), held.version + 1 if held else 1)

    def _written(self, record: Record, *, draft: bool = False) -> Written:
        found, of = sentences(record), self._texts.of
        body = Read(None if draft else record, found, of([one.text for one in found]))
        return Written(record, of([record.title, *record.questions]), body)

    def _near(self, snapshot: Snapshot, record: Record) -> list[Record]:
        """The articles in the draft's language that its texts find, those that more of them find first."""
        rank = self._app.knowledge.policy.calibration.rank
        points: dict[UUID, float] = {}
        for entry in record.entries:
            query = Query(
                entry.text,
                audience=Audience.STAFF.value,
                language=record.language,
                excluded=frozenset({record.id}),
            )
            found = rank(find(snapshot, query, self._texts.of([entry.text])[0]))
            for place, one in enumerate(found[:NEAR_EACH]):
                at = one.found.record.id
                points[at] = points.get(at, 0.0) + 1 / (1 + place)
        best = sorted(points, key=lambda at: (-points[at], str(at)))[:NEAR_ARTICLES]
        return [snapshot.alive[at] for at in best]

    def _affected(
        self, snapshot: Snapshot, record: Record, questions: Sequence[Question], vectors: Vector
    ) -> NDArray[np.int64]:
        """Which questions the draft, or the article that it changes, is near enough to matter for."""
        if not questions:
            return np.empty(0, dtype=np.int64)
        records = [record, *filter(None, [snapshot.alive.get(record.id)])]
        texts = list(dict.fromkeys(entry.text for one in records for entry in one.entries))
        nearest = (vectors @ self._texts.of(texts).T).max(axis=1)
        named = {term for one in records for variant in one.variants for term in variant}
        words = np.array(
            [len(question.terms & named) / (len(question.terms) or 1) for question in questions]
        )
        affected = np.flatnonzero((nearest >= AFFECTED_NEAR) | (words >= AFFECTED_WORDS))
        order = np.argsort(-nearest[affected], kind="stable")[:AFFECTED_LIMIT]
        return np.sort(affected[order])

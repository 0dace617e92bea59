"""Measures the house's labelled questions in a worker thread, and remembers what it found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge_base.quality import labels
from knowledge_base.quality.fit import Outcome, crossed, fit
from knowledge_base.quality.judged import Asked, Measured, Row, measure
from knowledge_base.quality.labels import LEAST, LEAST_ANSWERABLE, Labels
from knowledge_base.quality.policy import Policy
from knowledge_base.review.vectors import Vectors
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.evaluation import search_all
from knowledge_base.search.index import Snapshot
from knowledge_base.search.records import Recalling, TextEncoder
from server.errors import Invalid

#: What the table shows beside the target in force.
TARGETS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Quality:
    """What stands, and how well it does."""

    policy: Policy
    shipped: Policy
    labels: Labels
    measured: Measured | None
    """None with too few labelled questions."""
    new: int
    """Questions stored since the last fit; all of them without one."""

    @property
    def fitted(self) -> bool:
        """Whether the house's own weights judge."""
        return self.policy.calibration is not self.shipped.calibration

    def rows(self, chosen: float) -> list[Row]:
        """What each target means, the chosen one and the one in force among them; empty without questions."""
        if self.measured is None:
            return []
        targets = {*TARGETS, self.policy.precision, chosen}
        return [self.measured.row(target) for target in sorted(targets)]


class Gauge:
    """One for an app, by `Gauge.of`. One piece of work at a time, never on the event loop."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self._vectors: Vectors | None = None
        self._checksum = ""
        self._found: tuple[Snapshot, Labels, list[Asked]] | None = None
        self._judged: tuple[list[Asked], Calibration, Measured] | None = None

    @classmethod
    def of(cls, app: Any) -> Gauge:
        """The app's gauge; made when it is first asked for."""
        found = getattr(app, "quality_gauge", None)
        if not isinstance(found, cls):
            found = app.quality_gauge = cls(app)
        return found

    async def look(self) -> Quality:
        """What stands at this moment, measured on every labelled question."""
        async with self._turn:
            knowledge = self._app.knowledge
            policy, snapshot = await knowledge.read_policy(), knowledge.snapshot
            shipped = knowledge.shipped
            async with self._app.database.read() as db:
                known = await labels.read(db, snapshot)
                new = await labels.new_since(db, fitted_at(policy.calibration))
            measured = None
            if known.enough:
                measured = await asyncio.to_thread(self._measure, snapshot, known, policy, shipped)
        return Quality(policy, shipped, known, measured, new)

    async def fit(self, by: str) -> Outcome:
        """Fit on the labelled questions; nothing is stored.

        Raises:
            Invalid: there are too few of them.
        """
        async with self._turn:
            knowledge = self._app.knowledge
            policy, snapshot = await knowledge.read_policy(), knowledge.snapshot
            async with self._app.database.read() as db:
                known = await labels.read(db, snapshot)
            if not known.enough:
                raise Invalid(too_few(known))
            now = self._app.clock.now()
            return await asyncio.to_thread(
                lambda: fit(
                    knowledge.shipped.calibration,
                    self._search(snapshot, known),
                    target=policy.precision,
                    now=now,
                    by=by,
                    checksum=knowledge.judged_by,
                )
            )

    def _measure(
        self, snapshot: Snapshot, known: Labels, policy: Policy, shipped: Policy
    ) -> Measured:
        asked = self._search(snapshot, known)
        calibration = policy.calibration
        if (
            self._judged is None
            or self._judged[0] is not asked
            or self._judged[1] is not calibration
        ):
            self._judged = asked, calibration, self._judge(asked, calibration, shipped)
        return self._judged[2]

    def _judge(self, asked: list[Asked], calibration: Calibration, shipped: Policy) -> Measured:
        if calibration is not shipped.calibration:
            # Weights look better on the questions that made them than customers will find them.
            by = crossed(shipped.calibration, asked, self._app.clock.now())
            return measure(asked, by)
        # A small house of shipped questions only would be left with too few; the page says what they are.
        unseen = sum(not labels.seen_by_shipped(one.label) for one in asked)
        fresh = unseen >= LEAST
        return measure(
            asked,
            [calibration] * len(asked),
            lambda one: not (fresh and labels.seen_by_shipped(one)),
        )

    def _search(self, snapshot: Snapshot, known: Labels) -> list[Asked]:
        if self._found is None or self._found[:2] != (snapshot, known):
            encoder = self._encoder()
            # The bot's classifier is another process: decided here without its guess at the intent.
            cases = search_all(
                snapshot, encoder, [labels.example(one) for one in known.questions], _no_intent
            )
            if (reranker := self._app.knowledge.reranker) is not None:
                cases = reranker.read_cases(snapshot, encoder, cases)
            asked = [Asked(*pair) for pair in zip(known.questions, cases, strict=True)]
            self._found = snapshot, known, asked
            if self._vectors is not None:
                self._vectors.save()
        return self._found[2]

    def _encoder(self) -> TextEncoder:
        encoder = self._app.knowledge.encoder
        if self._vectors is None or self._checksum != encoder.checksum:
            self._vectors = Vectors(encoder, self._app.settings.var / "quality")
            self._checksum = encoder.checksum
        return Recalling(encoder, self._vectors.one)


def fitted_at(calibration: Calibration) -> datetime | None:
    """When a house's calibration was fitted; None for the shipped one."""
    try:
        moment = datetime.fromisoformat(str(calibration.about.get("at")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def too_few(known: Labels) -> str:
    """What is missing, in words."""
    refused = len(known.questions) - known.labelled
    said = f" (and {refused} that only say what was wrong)" if refused else ""
    return (
        f"It takes {LEAST} labelled questions, {LEAST_ANSWERABLE} of them with an article that answers; "
        f"there are {known.labelled}, {known.answerable} with one{said}."
    )


def _no_intent(_: str) -> tuple[str, float]:
    return "", 0.0

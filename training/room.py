"""The training room as one thing: what the app builds, starts, hands to pages and routes, and closes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError
from server.settings import Settings
from training.comparing.comparer import Comparer
from training.comparing.searching import Searches
from training.comparing.sitting import Means
from training.models import Promotion, TrainingRun
from training.opinions.checked import CheckedLabels
from training.paths import Paths, Tools
from training.promote import Promotions
from training.review.protocols import Beside
from training.review.queue import ReviewQueue
from training.serving import serving_model
from training.shadowing.reader import HttpReader
from training.shadowing.shadowing import Shadowing
from training.suspects.service import Suspects
from training.train import TrainingJob
from training.trying.service import Trying
from training.trying.stories import Result

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Status:
    run: TrainingRun | None
    promotion: Promotion | None
    labels_waiting: int
    serving: Path | None
    earlier: Path | None
    seconds_last_time: float | None


class TrainingRoom:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        tools: Tools,
        *,
        search: Searches | None = None,
        reserved: frozenset[str] = frozenset(),
        review: Beside | None = None,
        who: str = "",
    ) -> None:
        self.paths = paths
        means = Means(
            database, paths, tools, search, reserved, stories=self._stories, levels=self._levels
        )
        self.comparer = Comparer(clock, means, who=who)
        articles = review.search if review else None
        self.labels = CheckedLabels(database, clock, paths, articles)
        self.opinions = self.labels.opinions
        self.suspects = Suspects(database, clock, paths, self.labels, tools)
        self.inbox = ReviewQueue(database, clock, self.labels, review)
        self.inbox.hear(self.opinions)
        self.job = TrainingJob(database, clock, paths, tools, comparer=self.comparer, who=who)
        self.promotions = Promotions(database, clock, paths, who=who)
        self.trying = Trying(database, paths, tools, self.promotions, self.job)
        reader = HttpReader(tools.environment.get("HANDRAIL_RASA_TOKEN", ""))
        self.shadowing = Shadowing(database, clock, paths, reader)

    @classmethod
    def of(
        cls,
        settings: Settings,
        database: Database,
        clock: Clock,
        environment: Mapping[str, str],
        *,
        search: Searches | None = None,
        review: Beside | None = None,
        who: str = "",
    ) -> TrainingRoom:
        """Build the room; `environment`: in which Rasa trains and serves, `search`: the knowledge base,
        `review`: what stands beside the review queue, `who`: as `ModelStep.who`, at a command line."""
        paths, tools = Paths.of(settings), Tools.of(environment)
        reserved = frozenset(settings.reserved_topics)
        return cls(
            database, clock, paths, tools, search=search, reserved=reserved, review=review, who=who
        )

    async def start(self) -> None:
        """Put right what a stop in the wrong moment left behind. A failure here never stops the app."""
        recoveries = (
            self.job.recover,
            self.promotions.recover,
            self.shadowing.recover,
            self.labels.write_pending,
            self.opinions.write_pending,
            self.comparer.remember_data,
            self._compare_found,
        )
        for step in recoveries:
            try:
                await step()
            except (HandrailError, OSError) as error:
                log.error("training_recovery_failed", step=step.__name__, exc_info=error)
        self.inbox.start()

    async def close(self) -> None:
        await self.inbox.stop()
        await self.job.close()
        await self.suspects.close()
        await self.comparer.close()
        await self.promotions.close()
        await self.trying.close()
        await self.shadowing.close()

    async def train(self, by: Staff | None, *, promote: bool = False) -> TrainingRun:
        """Begin a training; with `promote` its model goes into service unless something speaks against it.

        Raises:
            AlreadyTraining: one is running.
        """

        async def go_live(run: TrainingRun) -> None:
            try:
                await self.promotions.promote(run.id, by, reason="passed the comparison")
            except HandrailError as error:
                log.warning("promotion_not_begun", run_id=str(run.id), code=error.code)

        return await self.job.start(by, go_live if promote else None)

    async def _stories(
        self, models: Sequence[Path], late: Callable[[], bool]
    ) -> tuple[list[tuple[Result, ...]], int]:
        return await self.trying.run_apart(models, late)

    async def _levels(self) -> Mapping[str, float] | None:
        return await self.trying.levels() if self.trying.levels else None

    async def _compare_found(self) -> None:
        """Compare what came into service with a start with what served before, in the background."""
        found = await self.promotions.found()
        if found is not None and found.can_be_compared and not found.compared:
            await self.comparer.start(found.run.id)

    async def status(self) -> Status:
        return Status(
            run=await self.job.newest(),
            promotion=await self.promotions.newest(),
            labels_waiting=await self.labels.waiting(),
            serving=serving_model(self.paths.var),
            earlier=await self.promotions.earlier(),
            seconds_last_time=await self.job.seconds_last_time(),
        )

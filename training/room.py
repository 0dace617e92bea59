"""The training room as one thing: what the app builds, starts, hands to pages and routes, and closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import HandrailError
from server.settings import Settings
from training.compare import may_promote_itself
from training.inbox import Inbox
from training.labels import Labels
from training.models import Promotion, TrainingRun
from training.paths import Paths, Tools
from training.promote import Promotions
from training.serving import serving_model
from training.train import TrainingJob

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
    def __init__(self, database: Database, clock: Clock, paths: Paths, tools: Tools) -> None:
        self.paths = paths
        self.inbox = Inbox(database)
        self.labels = Labels(database, clock, paths)
        self.job = TrainingJob(database, clock, paths, tools)
        self.promotions = Promotions(database, clock, paths)

    @classmethod
    def of(
        cls, settings: Settings, database: Database, clock: Clock, environment: Mapping[str, str]
    ) -> TrainingRoom:
        """Build the room; `environment` is the one in which Rasa trains and serves."""
        return cls(database, clock, Paths.of(settings), Tools.of(environment))

    async def start(self) -> None:
        """Put right what a stop in the wrong moment left behind. A failure here never stops the app."""
        for step in (self.job.recover, self.promotions.recover, self.labels.write_pending):
            try:
                await step()
            except (HandrailError, OSError) as error:
                log.error("training_recovery_failed", step=step.__name__, exc_info=error)

    async def close(self) -> None:
        await self.job.close()
        await self.promotions.close()

    async def train(self, by: Staff | None, *, promote: bool = False) -> TrainingRun:
        """Begin a training; with `promote` its model goes into service unless it is worse.

        Raises:
            AlreadyTraining: one is running.
        """

        async def go_live(run: TrainingRun) -> None:
            if not may_promote_itself(run.figures):
                return
            try:
                await self.promotions.promote(run.id, by, reason="passed the comparison")
            except HandrailError as error:
                log.warning("promotion_not_begun", run_id=str(run.id), code=error.code)

        return await self.job.start(by, go_live if promote else None)

    async def status(self) -> Status:
        return Status(
            run=await self.job.newest(),
            promotion=await self.promotions.newest(),
            labels_waiting=await self.labels.waiting(),
            serving=serving_model(self.paths.var),
            earlier=await self.promotions.earlier(),
            seconds_last_time=await self.job.seconds_last_time(),
        )

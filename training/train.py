"""Training in the background: one at a time, told step by step, compared with the serving model at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, HandrailError, NotFound, Unavailable
from training import runs
from training.comparing.comparer import Comparer
from training.comparing.sitting import Means
from training.files import Claim
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.process import ProgramFailed, run, tail
from training.serving import serving_model
from training.stopping import StopRequest

log = structlog.get_logger(__name__)

# Training takes half a minute on two idle cores; a busy small machine gets plenty.
TRAIN_LIMIT = 1800.0
#: Another process sees a wish to stop within half a second, and its programs have five to end.
STOP_LIMIT = 15.0
LOOK = 0.2


Then = Callable[[TrainingRun], Awaitable[None]]


class AlreadyTraining(Conflict):
    code, message = "already_training", "A training is running already."


class TrainingJob:
    """Starts trainings; the claim on `var/training.lock` keeps every other process from it meanwhile."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        tools: Tools,
        *,
        train_limit: float = TRAIN_LIMIT,
        comparer: Comparer | None = None,
        who: str = "",
    ) -> None:
        """`who`: as `ModelStep.who`, of who works in this process."""
        self._database, self._clock = database, clock
        self._paths, self._tools = paths, tools
        self._train_limit = train_limit
        self._comparer = comparer or Comparer(clock, Means(database, paths, tools))
        self._claim = Claim(paths.var / "training.lock")
        self._task: asyncio.Task[None] | None = None
        self._running: UUID | None = None
        self._who = who
        self._stop = StopRequest(paths.var)

    async def start(self, by: Staff | None, then: Then | None = None) -> TrainingRun:
        """Begin a training in the background and return its row; `then` gets it when it is done.

        Raises:
            AlreadyTraining: one runs, here or in another process.
        """
        if not self._claim.take():
            raise AlreadyTraining()
        try:
            async with self._database.write() as db:
                row = await runs.begin(db, self._clock, by)
        except BaseException:
            self._claim.release()
            raise
        self._running = row.id
        self._task = asyncio.create_task(self._work(row.id, then), name=f"training-{row.id}")
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)
        log.info("training_started", run_id=str(row.id), labels=row.labels)
        return row

    async def cancel(self, by: Staff | None = None) -> None:
        """Stop the training that runs, here or in another process; it ends as cancelled.

        Raises:
            NotFound: none runs. Unavailable: the process that runs it does not answer.
        """
        run = await self.newest()
        if run is None or run.state not in runs.ACTIVE:
            raise NotFound("No training is running.")
        await asyncio.to_thread(self._stop.ask, run.id, by.id if by else None, self._who)
        if run.id == self._running and self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            return
        try:
            async with asyncio.timeout(STOP_LIMIT):
                while await self._runs(run.id):  # noqa: ASYNC110 - another process ends it
                    await asyncio.sleep(LOOK)
        except TimeoutError as error:
            raise Unavailable("Whoever runs this training did not answer. Try again.") from error

    async def wait(self) -> None:
        """Return when the training that runs here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def newest(self) -> TrainingRun | None:
        """Return the latest training."""
        async with self._database.read() as db:
            row = await runs.newest(db)
        if row is not None and row.state in runs.ACTIVE and row.id != self._running:
            await self.recover()
            async with self._database.read() as db:
                row = await runs.newest(db)
        return row

    async def seconds_last_time(self) -> float | None:
        """Return how long the latest successful training took."""
        async with self._database.read() as db:
            row = await runs.newest(db, RunState.DONE, trained_here=True)
        if row is None or row.finished_at is None:
            return None
        return (row.finished_at - row.started_at).total_seconds()

    async def recover(self) -> None:
        """End what another process left behind when it died; a training that still runs keeps its claim."""
        if not self._claim.take():
            return
        try:
            async with self._database.write() as db:
                await runs.end_forgotten(db, self._clock)
        finally:
            self._claim.release()

    async def close(self) -> None:
        """Stop the training that runs here: the process is about to end."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _runs(self, run_id: UUID) -> bool:
        async with self._database.read() as db:
            run = await db.get(TrainingRun, run_id)
        return run is not None and run.state in runs.ACTIVE

    def log_tail(self, run_id: UUID) -> list[str]:
        """Return the last lines that a training's programs wrote."""
        return tail(self._log(run_id))

    def _log(self, run_id: UUID) -> Path:
        return self._paths.logs / f"{run_id}.log"

    async def _work(self, run_id: UUID, then: Then | None) -> None:
        state, error, figures = RunState.FAILED, None, {}
        own = asyncio.current_task()
        watch = asyncio.create_task(self._stop.watch(run_id, own.cancel if own else lambda: None))
        try:
            await self._train(run_id)
            figures = await self._compare(run_id)
            state = RunState.DONE
        except (ProgramFailed, HandrailError) as problem:
            error = str(problem)
        except asyncio.CancelledError:
            state = RunState.CANCELLED
        except Exception as problem:
            error = f"The training broke: {type(problem).__name__}."
            log.error("training_broke", run_id=str(run_id), exc_info=problem)
        watch.cancel()
        stopped_by, who = None, self._who
        if state is RunState.CANCELLED:
            stopped_by, who = self._stop.of(run_id) or (None, "")
        try:
            async with self._database.write() as db:
                row = await runs.end(
                    db, self._clock, run_id, state,
                    error=error, figures=figures, who=who, stopped_by=stopped_by,
                )  # fmt: skip
        finally:
            self._stop.forget()
            self._claim.release()
            self._running = None
        log.info("training_ended", run_id=str(run_id), state=state.value)
        if then is not None and state is RunState.DONE:
            await then(row)

    async def _train(self, run_id: UUID) -> Path:
        target = (
            self._paths.candidates / f"{self._clock.now():%Y%m%d-%H%M%S}-{run_id.hex[:8]}.tar.gz"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        # Under its final name only when it is whole.
        draft = target.with_name(f"training-{target.name}")

        async def note(line: dict[str, Any]) -> None:
            if isinstance(line.get("step"), str):
                seconds = line.get("seconds")
                kept = seconds if isinstance(seconds, int | float) else None
                async with self._database.write() as db:
                    await runs.add_line(db, run_id, {"step": line["step"][:80], "seconds": kept})

        try:
            await run(
                self._command(draft),
                self._tools,
                self._log(run_id),
                limit=self._train_limit,
                on_line=note,
                keep_open=(self._claim.handle,),
            )
            if not draft.is_file():
                raise ProgramFailed("It ended without writing a model.")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        async with self._database.write() as db:
            await runs.trained(db, run_id, target, serving_model(self._paths.var))
        return target

    def _command(self, draft: Path) -> list[str]:
        data = [str(path) for path in self._paths.data]
        domain = str(self._paths.domain)
        return [*self._tools.train, "--out", str(draft), "--data", *data, "--domain", domain]

    async def _compare(self, run_id: UUID) -> dict[str, Any]:
        """Return the figures, or why there are none: a good model is not thrown away for that."""

        async def note(step: str, seconds: float) -> None:
            async with self._database.write() as db:
                await runs.add_line(db, run_id, {"step": step[:80], "seconds": seconds})

        try:
            return (await self._comparer.compare_run(run_id, note)).figures
        except (ProgramFailed, HandrailError) as problem:
            return {"problem": str(problem)}

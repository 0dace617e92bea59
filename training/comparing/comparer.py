"""A run's model compared with the one that serves, in the background; every section stands or fails alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import select

from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, HandrailError, NotFound
from training.comparing import data_of
from training.comparing.comparison import Comparison, Store
from training.comparing.sitting import Means, Sitting
from training.files import Claim
from training.models import RunState, TrainingRun
from training.nlu_files import NluFolder
from training.promoting import steps
from training.serving import is_kept, serving_model

log = structlog.get_logger(__name__)

Say = Callable[[str, float], Awaitable[None]]
"""A finished step, and the seconds since the one before."""


class AlreadyComparing(Conflict):
    code, message = "already_comparing", "Two models are being compared right now."


class NothingBeside(Conflict):
    code = "nothing_beside"
    message = "This model serves itself, and the one before it is gone: there is nothing beside it."


class Comparer:
    """Keeps one file for each comparison in `var/comparisons`, and the summary with the run."""

    def __init__(self, clock: Clock, means: Means, *, who: str = "") -> None:
        """`who`: as `ModelStep.who`, of who works in this process."""
        self._clock, self._means, self._who = clock, means, who
        self._claim = Claim(means.paths.var / "comparing.lock")
        self._task: asyncio.Task[None] | None = None
        self.store = Store(means.folder)
        self.at_work: UUID | None = None
        """The run that `start` compares, or compared last."""
        self.steps: list[str] = []
        """What is done of the comparison that `start` began."""
        self.problem: str | None = None
        """Why that one failed."""

    @property
    def running(self) -> bool:
        """Whether a comparison that `start` began is under way here."""
        return self._task is not None and not self._task.done()

    async def start(self, run_id: UUID, by: Staff | None = None) -> None:
        """Compare a run's model anew, in the background, because somebody wanted it (`by`).

        Raises:
            NotFound: there is no such training, or its model is gone. AlreadyComparing: another comparison runs.
            NothingBeside: as `compare_run`.
        """
        self._beside(*await self._compared_model(run_id))
        if not self._claim.take():
            raise AlreadyComparing()
        self._claim.release()
        self.at_work, self.steps, self.problem = run_id, [], None
        self._task = asyncio.create_task(self._work(run_id, by), name=f"comparison-{run_id}")

    async def cancel(self) -> None:
        """Stop the comparison that `start` began.

        Raises:
            NotFound: none runs in this process.
        """
        if self._task is None or self._task.done():
            raise NotFound("No comparison is running.")
        self._task.cancel()
        await asyncio.wait([self._task])

    async def wait(self) -> None:
        """Return when the comparison that `start` began, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop what runs here: the process is about to end."""
        if self.running:
            await self.cancel()

    async def _work(self, run_id: UUID, by: Staff | None) -> None:
        async def note(step: str, _: float) -> None:
            self.steps.append(step)

        try:
            await self.compare_run(run_id, note, by)
        except HandrailError as problem:
            self.problem = str(problem)
        except Exception as problem:
            self.problem = f"The comparison broke: {type(problem).__name__}."
            log.error("comparison_broke", run_id=str(run_id), exc_info=problem)

    async def _compared_model(self, run_id: UUID) -> tuple[TrainingRun, Path]:
        row = await self.run_of(run_id)
        if row.model is None or not is_kept(Path(row.model)):
            raise NotFound("The model of this training is gone.")
        return row, Path(row.model)

    async def read(self, run_id: UUID) -> Comparison:
        """Return the comparison of a run.

        Raises:
            NotFound: there is none, or it went with its model.
        """
        found = await asyncio.to_thread(self.store.read, run_id)
        if found is None:
            raise NotFound("There is no comparison of this training.")
        return found

    async def run_of(self, run_id: UUID) -> TrainingRun:
        """Return a training.

        Raises:
            NotFound: there is none.
        """
        async with self._means.database.read() as db:
            row = await db.get(TrainingRun, run_id)
        if row is None:
            raise NotFound("There is no such training.")
        return row

    async def compare_run(
        self, run_id: UUID, say: Say | None = None, by: Staff | None = None
    ) -> Comparison:
        """Compare a run's model with the one that serves now, and keep what came of it; one that serves itself,
        with the one that it took over from.

        Raises:
            NotFound: there is no such training, or its model is gone. AlreadyComparing: another comparison runs.
            NothingBeside: it serves itself, and the one before is gone.
        """
        row, model = await self._compared_model(run_id)
        serving = self._beside(row, model)
        if not self._claim.take():
            raise AlreadyComparing()
        try:
            comparison = await self._compare(row, model, serving, say)
        finally:
            self._claim.release()
        if row.state is RunState.DONE:
            async with self._means.database.write() as db:
                again = await db.get_one(TrainingRun, run_id)
                again.figures = comparison.figures
                steps.add_compared(
                    db, self._clock, again, comparison.serving, by.id if by else None, who=self._who
                )
        await self.prune()
        return comparison

    async def remember_data(self) -> None:
        """Note what the serving model was trained on, if a start made it and its files are still the same.

        Raises:
            HandrailError, OSError: they, or the model, can't be read.
        """
        paths, serving = self._means.paths, serving_model(self._means.paths.var)
        if serving is None or serving.parent == paths.candidates or not is_kept(serving):
            return
        folder = NluFolder(paths.nlu, paths.var / "nlu.lock")
        await asyncio.to_thread(
            data_of.keep_of_start, self._means.folder, serving, paths.nlu, folder.examples
        )

    async def prune(self) -> None:
        """Delete the comparisons whose models are gone."""
        models_there = {path.name for path in (self._means.paths.var / "models").glob("*.tar.gz")}
        await asyncio.to_thread(data_of.prune_of_starts, self._means.folder, models_there)
        ids = await asyncio.to_thread(self.store.run_ids)
        async with self._means.database.read() as db:
            rows = await db.execute(
                select(TrainingRun.id, TrainingRun.model).where(TrainingRun.id.in_(ids))
            )
            models = {row.id: row.model for row in rows}
        needed = {one for one, model in models.items() if model and is_kept(Path(model))}
        await asyncio.to_thread(self.store.prune, needed)

    def _beside(self, row: TrainingRun, model: Path) -> Path | None:
        serving = serving_model(self._means.paths.var)
        if serving != model:
            return serving
        before = Path(row.serving) if row.serving else None
        if before is None or before == model or not is_kept(before):
            raise NothingBeside()
        return before

    async def _compare(
        self, row: TrainingRun, model: Path, serving: Path | None, say: Say | None
    ) -> Comparison:
        begun = last = time.monotonic()

        async def tell(step: str) -> None:
            nonlocal last
            now = time.monotonic()
            if say is not None:
                await say(step, round(now - last, 2))
            last = now

        comparison = Comparison(
            run_id=str(row.id),
            at=self._clock.now().isoformat(),
            candidate=model.name,
            serving=serving.name if serving is not None else None,
        )
        place = self._means.paths.logs / f"{row.id}.log"
        await Sitting(self._means, comparison, (serving, model), place, tell).fill(row)
        comparison.seconds = round(time.monotonic() - begun, 1)
        await asyncio.to_thread(self.store.write, comparison)
        log.info(
            "models_compared", run_id=comparison.run_id, verdict=comparison.verdict.value,
            seconds=comparison.seconds,
        )  # fmt: skip
        return comparison

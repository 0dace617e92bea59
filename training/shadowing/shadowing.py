"""Let a candidate read along with customers before it serves; start, stop, results."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import structlog

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from training import runs
from training.files import Claim
from training.paths import Paths
from training.serving import is_kept, serving_model
from training.shadowing import results, trials
from training.shadowing.along import PATIENCE, Along
from training.shadowing.errand import ShadowErrand, Told
from training.shadowing.models import ShadowTrial, TrialState
from training.shadowing.reader import Reader
from training.shadowing.results import Results

log = structlog.get_logger(__name__)

#: Messages. At 500 an agreement of 95 % is known to within 2 points either way (binomial, 95 %).
WANTED = 500
MOST = 20_000
PICK_UP_LIMIT = 15.0
# The supervisor gives a Rasa at low priority 600 s to start and 30 to warm up, and says itself when that was
# not enough.
START_LIMIT = 660.0
LOOK = 1.0
NOBODY = "Nobody took the request: the supervisor (handrail run) is not there."


class AlreadyShadowing(Conflict):
    code, message = "already_shadowing", "Another model is reading along already. Stop it first."


class NotShadowing(Conflict):
    code, message = "not_shadowing", "No model is reading along."


class ServesAlready(Conflict):
    code, message = "already_serving", "This model answers customers already."


class _Over(Exception):
    """The trial ended by itself."""

    def __init__(self, state: TrialState, why: str) -> None:
        super().__init__(why)
        self.state, self.why = state, why


class Shadowing:
    """Who runs a trial holds the claim on `var/shadow.lock`; another process stops it by its row."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        reader: Reader,
        *,
        look: float = LOOK,
        pick_up_limit: float = PICK_UP_LIMIT,
        start_limit: float = START_LIMIT,
    ) -> None:
        self._database, self._clock, self._paths = database, clock, paths
        self._reader = reader
        self._errand = ShadowErrand(paths.var)
        self._look, self._pick_up_limit, self._start_limit = look, pick_up_limit, start_limit
        self._claim = Claim(paths.var / "shadow.lock")
        self._task: asyncio.Task[None] | None = None

    async def shadow(
        self, run_id: UUID, by: Staff | None, *, share: float = 1.0, wanted: int = WANTED
    ) -> ShadowTrial:
        """Have a training's model read along, until it has read `wanted` messages of this share of all.

        Raises:
            NotFound: no such training, or its model was deleted. Conflict: it has no finished model.
            ServesAlready: it answers customers. AlreadyShadowing: one reads along. Invalid: a senseless
            share or number.
        """
        if not 0 < share <= 1 or not 1 <= wanted <= MOST:
            raise Invalid(f"The share is from 0 to 1, the number of messages up to {MOST:,}.")
        async with self._database.read() as db:
            run = await runs.finished(db, run_id)
        model, serving = Path(run.model or ""), serving_model(self._paths.var)
        if not is_kept(model):
            raise NotFound("The file of this model is gone.")
        if model == serving:
            raise ServesAlready()
        await self.newest()
        if not self._claim.take():
            raise AlreadyShadowing()
        try:
            trial = ShadowTrial(
                state=TrialState.STARTING,
                run_id=run_id,
                model=str(model),
                serving=str(serving) if serving else None,
                share=share,
                wanted=wanted,
                dropped=0,
                started_at=self._clock.now(),
                by=by.id if by else None,
            )
            async with self._database.write() as db:
                if await trials.active(db) is not None:
                    raise AlreadyShadowing()
                db.add(trial)
        except BaseException:
            self._claim.release()
            raise
        self._work_in_background(trial, ask=True)
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)
        log.info("shadow_started", trial_id=str(trial.id), share=share)
        return trial

    async def stop(self) -> None:
        """Have the trial end; within a second it has.

        Raises:
            NotShadowing: there is none.
        """
        async with self._database.write() as db:
            if not await trials.ask_to_stop(db):
                raise NotShadowing()
        await self.newest()

    async def newest(self) -> ShadowTrial | None:
        """Return the latest trial."""
        async with self._database.read() as db:
            if self._works or await trials.active(db) is None:
                return await trials.newest(db)
        # Whoever ran it may be gone.
        await self.recover()
        async with self._database.read() as db:
            return await trials.newest(db)

    async def results(self, trial_id: UUID | None = None) -> Results | None:
        """Return what came of a trial, the latest unless named; None when there is none."""
        if trial_id is None:
            trial = await self.newest()
            if trial is None:
                return None
            trial_id = trial.id
        return await results.results(self._database, trial_id)

    async def recover(self) -> None:
        """Go on with a trial that nobody runs any more, or end it."""
        if not self._claim.take():
            return
        goes_on = False
        try:
            async with self._database.read() as db:
                left = await trials.active(db)
            if left is None:
                return
            told = self._errand.told(left)
            waits = told.is_up or self._errand.is_waiting(left)
            if waits and left.state is not TrialState.STOPPING:
                self._work_in_background(left, ask=False)
                goes_on = True
                return
            asked = left.state is TrialState.STOPPING
            why = "It was asked to stop." if asked else told.reason or "The app stopped meanwhile."
            failed = told.state == "failed"
            await self._end(left, TrialState.FAILED if failed else TrialState.ENDED, why)
        finally:
            if not goes_on:
                self._claim.release()

    async def wait(self) -> None:
        """Return when the trial that runs here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Read no longer; the next process that starts goes on."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._reader.close()

    @property
    def _works(self) -> bool:
        return self._task is not None and not self._task.done()

    def _work_in_background(self, trial: ShadowTrial, *, ask: bool) -> None:
        self._task = asyncio.create_task(self._work(trial, ask=ask), name=f"shadow-{trial.id}")

    async def _work(self, trial: ShadowTrial, *, ask: bool) -> None:
        try:
            try:
                if ask:
                    await self._errand.ask(trial)
                url = await self._until_it_runs(trial)
                await self._read_along(trial, url)
            except _Over as over:
                state, why = over.state, over.why
            except Exception as error:
                log.error("shadow_broke", trial_id=str(trial.id), exc_info=error)
                state, why = TrialState.FAILED, f"It broke: {type(error).__name__}."
            await self._end(trial, state, why)
        finally:
            self._claim.release()

    async def _until_it_runs(self, trial: ShadowTrial) -> str:
        """Return the address of the trial's Rasa."""
        waited = 0.0
        while waited < self._start_limit:
            await asyncio.sleep(self._look)
            waited += self._look
            told = self._check(trial)
            async with self._database.read() as db:
                self._check_state(await trials.state_of(db, trial.id))
            if told.state == "running":
                async with self._database.write() as db:
                    await trials.running(db, trial.id)
                return told.url
            late = waited >= self._pick_up_limit
            if late and self._errand.is_waiting(trial) and self._errand.withdraw():
                raise _Over(TrialState.FAILED, NOBODY)
        raise _Over(TrialState.FAILED, f"It did not start within {self._start_limit:.0f} seconds.")

    async def _read_along(self, trial: ShadowTrial, url: str) -> None:
        along = Along(self._database, self._clock, trial, self._reader, url)
        work = asyncio.create_task(along.work(), name=f"shadow-reads-{trial.id}")
        try:
            while True:
                await asyncio.sleep(self._look)
                if work.done():
                    work.result()
                self._check_state(await along.keep())
                self._check(trial)
                if along.faults >= PATIENCE:
                    raise _Over(TrialState.FAILED, f"It failed {along.faults} times in a row.")
                async with self._database.read() as db:
                    read, _ = await results.counts(db, trial.id)
                if read >= trial.wanted:
                    raise _Over(TrialState.ENDED, "It has read as many messages as were wanted.")
                await along.look()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await along.keep()

    def _check(self, trial: ShadowTrial) -> Told:
        """Return what the supervisor says.

        Raises:
            _Over: the trial's Rasa is gone, or another model serves now.
        """
        told = self._errand.told(trial)
        if told.state == "failed":
            raise _Over(TrialState.FAILED, told.reason)
        if told.state == "stopped":
            raise _Over(TrialState.ENDED, told.reason)
        serving = serving_model(self._paths.var)
        if serving is not None and trial.serving is not None and serving != Path(trial.serving):
            raise _Over(TrialState.ENDED, "Another model is in service now.")
        return told

    def _check_state(self, state: TrialState | None) -> None:
        if state is TrialState.STOPPING:
            raise _Over(TrialState.ENDED, "It was asked to stop.")

    async def _end(self, trial: ShadowTrial, state: TrialState, why: str) -> None:
        try:
            await self._errand.ask_to_stop(trial)
        except OSError as error:
            log.error("shadow_stop_not_written", trial_id=str(trial.id), exc_info=error)
        async with self._database.write() as db:
            await trials.end(db, self._clock, trial.id, state, why)
        log.info("shadow_ended", trial_id=str(trial.id), state=state.value)

"""Put a model into service, or go back to one that served: asked of the supervisor, followed to the end.

The supervisor starts a second Rasa beside the old one, warms it, switches new turns over and drains the
old (design.md §7); it is asked by ``var/promote.json`` and answers in ``var/promotion.json``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import NotFound
from training import runs
from training.files import Claim, read_json
from training.models import Choice, Promotion, PromotionState
from training.paths import Paths
from training.promoting import at_a_start, fitting, keeping, kept, rules, words
from training.promoting import steps as log_of_steps
from training.promoting.at_a_start import Found
from training.promoting.errand import LIMIT, LOOK, PICK_UP_LIMIT, Errand
from training.promoting.kept import KeptModel
from training.promoting.models import What
from training.promoting.rules import (
    AlreadyPromoting,
    AlreadyServing,
    NeverServed,
    NoEarlierModel,
    NoSuchModel,
    NotBetter,
    StaleComparison,
)
from training.promoting.steps import SUFFIX, Step
from training.serving import is_kept, serving_model

__all__ = [
    "AlreadyPromoting",
    "AlreadyServing",
    "NeverServed",
    "NoEarlierModel",
    "NoSuchModel",
    "NotBetter",
    "Promotions",
    "StaleComparison",
]

log = structlog.get_logger(__name__)


class Promotions:
    """Who follows a promotion holds the claim on `var/promotion.lock`, so that nobody else ends it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        *,
        pick_up_limit: float = PICK_UP_LIMIT,
        limit: float = LIMIT,
        look: float = LOOK,
        who: str = "",
    ) -> None:
        """`who`: as `ModelStep.who`, of who works in this process."""
        self._database, self._clock, self._paths, self._who = database, clock, paths, who
        self._errand = Errand(paths.var, pick_up_limit, limit, look)
        self._claim = Claim(paths.var / "promotion.lock")
        self._task: asyncio.Task[None] | None = None

    async def promote(
        self,
        run_id: UUID,
        by: Staff | None,
        *,
        reason: str = "",
        even_if_worse: bool = False,
        confirm: str = "",
    ) -> Promotion:
        """Begin to put a training's model into service.

        Raises:
            NotFound: no such training, or its model was deleted. Conflict: it has no finished model.
            StaleComparison: it was compared with a model that no longer serves.
            NotBetter: it lost the comparison, or there was none, and not all of this is said: `even_if_worse`,
            a `reason` of ten characters, and the model's name in `confirm`.
            AlreadyServing: it serves. AlreadyPromoting: another promotion runs. DoesNotFit: it calls actions that
            are gone.
        """
        serving = serving_model(self._paths.var)
        async with self._database.read() as db:
            run = await runs.finished(db, run_id)
            told = await kept.history(db)
            serving_data = await kept.trained_on(db, serving)
        model = Path(run.model or "")
        try:
            if model == serving:
                raise AlreadyServing()
            evidence = rules.evidence_of(run, read_json(self._comparison(run_id)))
            rules.check_fresh(
                run,
                evidence,
                serving,
                serving_since=kept.since(told, serving),
                serving_data=serving_data,
            )
            rules.check_better(
                model, run.figures, even_if_worse=even_if_worse, reason=reason, confirm=confirm
            )
        except (NotBetter, StaleComparison) as refusal:
            await self._note(What.REFUSED, model, by, f"{refusal} {reason}", run_id)
            raise
        return await self._begin(model, by, reason=reason, run_id=run_id)

    async def roll_back(
        self, by: Staff | None, *, reason: str = "", to: str | None = None
    ) -> Promotion:
        """Begin to put a model that served before back into service: the last one, or the one named `to`.

        Raises:
            NoEarlierModel: no other model served, or none of them is kept. NoSuchModel: none is called so.
            NeverServed: it is a candidate. AlreadyServing: it serves. AlreadyPromoting: another promotion runs.
            DoesNotFit: it calls actions that are gone.
        """
        if to is None:
            model = await self.earlier()
            if model is None:
                raise NoEarlierModel()
        else:
            model = await self._named(to.strip().removesuffix(SUFFIX), by, reason)
        return await self._begin(model, by, reason=reason, rollback=True)

    async def keep_old(self, run_id: UUID, by: Staff | None) -> None:
        """Note that this candidate shall not serve.

        Raises:
            NotFound: there is no such training. Conflict: it has no finished model.
        """
        staff = by.id if by else None
        async with self._database.write() as db:
            run = await runs.choose(db, run_id, Choice.KEPT_OLD, staff)
            log_of_steps.add(
                db, self._clock, What.KEPT_OLD, model=run.model, run_id=run_id, by=staff,
                who=self._who, why=words.evidence(run),
            )  # fmt: skip

    async def kept(self) -> list[KeptModel]:
        """Return the kept models with their times in service and why they were replaced; the serving one first."""
        serving = serving_model(self._paths.var)
        async with self._database.read() as db:
            return await kept.models_of(db, self._paths.candidates, serving)

    async def steps(self, limit: int = log_of_steps.LIMIT) -> list[Step]:
        """Return what happened to the model, newest first."""
        async with self._database.read() as db:
            return await log_of_steps.steps(db, limit)

    async def found(self) -> Found | None:
        """Return the serving model when it came with a start, so that nobody had compared it before."""
        async with self._database.read() as db:
            return await at_a_start.newest(db, serving_model(self._paths.var))

    async def earlier(self) -> Path | None:
        """Return the model that a roll-back leads to; None when there is none."""
        async with self._database.read() as db:
            told = await kept.history(db)
        return kept.earlier(told, serving_model(self._paths.var))

    async def newest(self) -> Promotion | None:
        """Return the latest promotion or roll-back."""
        async with self._database.read() as db:
            row = await _newest(db)
        if row is not None and row.state is PromotionState.RUNNING and not self._follows:
            # Whoever followed it may be gone: a command that somebody broke off, a process that died.
            await self.recover()
            async with self._database.read() as db:
                row = await _newest(db)
        return row

    async def recover(self) -> None:
        """Follow a promotion that nobody follows any more, or say what became of it; note what serves."""
        if not self._claim.take():
            return
        follows = False
        try:
            async with self._database.read() as db:
                left = await _newest(db, PromotionState.RUNNING)
            if left is not None and self._errand.is_under_way(left):
                self._follow_in_background(left, ask=False)
                follows = True
                return
            if left is not None:
                await self._end(left.id, self._errand.fate(left))
            async with self._database.write() as db:
                await at_a_start.note(db, self._clock, serving_model(self._paths.var))
        finally:
            if not follows:
                self._claim.release()

    async def wait(self) -> None:
        """Return when the promotion that is followed here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Follow no longer; the next process that looks goes on where this one stopped."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    @property
    def _follows(self) -> bool:
        return self._task is not None and not self._task.done()

    def _comparison(self, run_id: UUID) -> Path:
        return self._paths.var / "comparisons" / f"{run_id}.json"

    async def _named(self, name: str, by: Staff | None, reason: str) -> Path:
        found = next((model for model in await self.kept() if model.name == name), None)
        if found is None:
            raise NoSuchModel()
        if found.serving:
            raise AlreadyServing()
        if not found.can_return:
            await self._note(What.REFUSED, found.path, by, f"{NeverServed.message} {reason}")
            raise NeverServed()
        return found.path

    async def _begin(
        self,
        model: Path,
        by: Staff | None,
        *,
        reason: str,
        run_id: UUID | None = None,
        rollback: bool = False,
    ) -> Promotion:
        if not is_kept(model):
            raise NotFound("The file of this model is gone.")
        await asyncio.to_thread(fitting.check, model, self._paths.domain)
        # Ends, or takes up again, what a dead process left running.
        await self.newest()
        if not self._claim.take():
            raise AlreadyPromoting()
        try:
            serving = serving_model(self._paths.var)
            row = Promotion(
                model=str(model),
                previous=str(serving) if serving else None,
                run_id=run_id,
                state=PromotionState.RUNNING,
                rollback=rollback,
                reason=reason.strip()[:500],
                by=by.id if by else None,
                started_at=self._clock.now(),
            )
            async with self._database.write() as db:
                if await _newest(db, PromotionState.RUNNING) is not None:
                    raise AlreadyPromoting()
                db.add(row)
        except BaseException:
            self._claim.release()
            raise
        self._follow_in_background(row, ask=True)
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)
        log.info("promotion_started", promotion_id=str(row.id), rollback=rollback)
        return row

    def _follow_in_background(self, row: Promotion, *, ask: bool) -> None:
        self._task = asyncio.create_task(self._follow(row, ask=ask), name=f"promotion-{row.id}")

    async def _follow(self, row: Promotion, *, ask: bool) -> None:
        try:
            try:
                if ask:
                    await self._errand.ask(row)
                problem = await self._errand.answer(row)
            except OSError as error:
                problem = f"The request could not be written: {type(error).__name__}."
            await self._end(row.id, problem)
        finally:
            self._claim.release()

    async def _end(self, promotion_id: UUID, problem: str | None) -> None:
        async with self._database.write() as db:
            row = await db.get_one(Promotion, promotion_id)
            if row.state is not PromotionState.RUNNING:
                return
            row.state = PromotionState.FAILED if problem else PromotionState.DONE
            row.error = problem[:500] if problem else None
            row.finished_at = self._clock.now()
            if problem is None and row.run_id is not None:
                await runs.choose(db, row.run_id, Choice.PROMOTED, row.by)
            done = What.ROLLED_BACK if row.rollback else What.PROMOTED
            doing = "Going back" if row.rollback else "Putting it into service"
            log_of_steps.add(
                db, self._clock, What.FAILED if problem else done,
                model=row.model, run_id=row.run_id, by=row.by, who=self._who,
                why=f"{doing}: {problem}" if problem else row.reason,
            )  # fmt: skip
        log.info("promotion_ended", promotion_id=str(promotion_id), problem=problem)
        await keeping.tidy(self._database, self._clock, self._paths)

    async def _note(
        self, what: What, model: Path, by: Staff | None, why: str, run_id: UUID | None = None
    ) -> None:
        async with self._database.write() as db:
            log_of_steps.add(
                db, self._clock, what, model=model, run_id=run_id, by=by.id if by else None,
                who=self._who, why=why,
            )  # fmt: skip


async def _newest(db: AsyncSession, *states: PromotionState) -> Promotion | None:
    query = select(Promotion).order_by(Promotion.started_at.desc()).limit(1)
    if states:
        query = query.where(Promotion.state.in_(states))
    found: Promotion | None = await db.scalar(query)
    return found

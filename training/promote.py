"""Put a model into service, or go back to the one before: asked of the supervisor, followed to the end.

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
from server.errors import Conflict, NotFound
from training import runs
from training.compare import may_promote_itself
from training.files import read_json, write_json
from training.models import Choice, Promotion, PromotionState
from training.paths import Paths
from training.serving import is_kept, prune, serving_model

log = structlog.get_logger(__name__)

REQUEST, ANSWER = "promote.json", "promotion.json"
# The supervisor looks five times a second; a Rasa starts in 15 s and gets 30 more to warm up.
PICK_UP_LIMIT = 15.0
LIMIT = 180.0
LOOK = 0.3


class NotBetter(Conflict):
    """The candidate is worse than the serving model, or nobody knows: somebody has to say so."""

    code = "not_better"
    message = "This model did not pass the comparison. Say that you want it all the same."


class AlreadyPromoting(Conflict):
    code, message = "already_promoting", "Another model is being put into service right now."


class NoEarlierModel(Conflict):
    code, message = "no_earlier_model", "There is no earlier model to go back to."


class Promotions:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        paths: Paths,
        *,
        pick_up_limit: float = PICK_UP_LIMIT,
        limit: float = LIMIT,
        look: float = LOOK,
    ) -> None:
        self._database, self._clock, self._paths = database, clock, paths
        self._pick_up_limit, self._limit, self._look = pick_up_limit, limit, look
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def promote(
        self, run_id: UUID, by: Staff | None, *, reason: str = "", even_if_worse: bool = False
    ) -> Promotion:
        """Begin to put a training's model into service.

        Raises:
            NotFound: no such training, or its model was deleted. NotBetter: it lost the comparison, or
            there was none, and `even_if_worse` is not set. Conflict: it has no finished model.
            AlreadyPromoting: another promotion runs.
        """
        async with self._database.read() as db:
            run = await runs.finished(db, run_id)
        if not even_if_worse and not may_promote_itself(run.figures):
            raise NotBetter()
        return await self._begin(Path(run.model or ""), by, reason=reason, run_id=run_id)

    async def roll_back(self, by: Staff | None, *, reason: str = "") -> Promotion:
        """Begin to put the model that served before back into service.

        Raises:
            NoEarlierModel: nothing was promoted yet, or that model was deleted.
            AlreadyPromoting: another promotion runs.
        """
        model = await self.earlier()
        if model is None:
            raise NoEarlierModel()
        return await self._begin(model, by, reason=reason, rollback=True)

    async def keep_old(self, run_id: UUID, by: Staff | None) -> None:
        """Note that this candidate shall not serve.

        Raises:
            NotFound: there is no such training. Conflict: it has no finished model.
        """
        async with self._database.write() as db:
            await runs.choose(db, run_id, Choice.KEPT_OLD, by.id if by else None)

    async def earlier(self) -> Path | None:
        """Return the model that a roll-back leads to; None when there is none."""
        async with self._database.read() as db:
            last = await _newest(db, PromotionState.DONE)
        if last is None or last.previous is None:
            return None
        model = Path(last.previous)
        return model if is_kept(model) and model != serving_model(self._paths.var) else None

    async def newest(self) -> Promotion | None:
        async with self._database.read() as db:
            return await _newest(db)

    async def recover(self) -> None:
        """Decide what became of a promotion that the app, stopped meanwhile, did not see the end of."""
        async with self._database.read() as db:
            left = await _newest(db, PromotionState.RUNNING)
        if left is None:
            return
        serves = serving_model(self._paths.var) == Path(left.model)
        await self._end(left.id, None if serves else "The app stopped before this was finished.")

    async def wait(self) -> None:
        """Return when the promotion that is followed here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

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
        async with self._turn:
            if self._task is not None and not self._task.done():
                raise AlreadyPromoting()
            serving = serving_model(self._paths.var)
            row = Promotion(
                model=str(model),
                previous=str(serving) if serving else None,
                run_id=run_id,
                state=PromotionState.RUNNING,
                rollback=rollback,
                reason=reason[:500],
                by=by.id if by else None,
                started_at=self._clock.now(),
            )
            async with self._database.write() as db:
                if await _newest(db, PromotionState.RUNNING) is not None:
                    raise AlreadyPromoting()
                db.add(row)
            self._task = asyncio.create_task(self._follow(row), name=f"promotion-{row.id}")
        log.info("promotion_started", promotion_id=str(row.id), rollback=rollback)
        return row

    async def _follow(self, row: Promotion) -> None:
        try:
            await asyncio.to_thread(self._ask, row.model)
            problem = await self._answer(row.model)
        except OSError as error:
            problem = f"The request could not be written: {type(error).__name__}."
        await self._end(row.id, problem)

    def _ask(self, model: str) -> None:
        # An answer to an earlier request for the same model would look like ours.
        (self._paths.var / ANSWER).unlink(missing_ok=True)
        write_json(self._paths.var / REQUEST, {"model": model})

    async def _answer(self, model: str) -> str | None:
        """Return the problem, or None when the model serves."""
        waited = 0.0
        while waited < self._limit:
            await asyncio.sleep(self._look)
            waited += self._look
            answer = read_json(self._paths.var / ANSWER) or {}
            if answer.get("model") == model and answer.get("state") == "done":
                return None
            if answer.get("model") == model and answer.get("state") == "failed":
                return str(answer.get("reason") or "The new Rasa did not start.")
            request = self._paths.var / REQUEST
            if waited >= self._pick_up_limit and request.exists():
                request.unlink(missing_ok=True)
                return "Nobody took the request: the supervisor (handrail run) is not there."
        return f"The new Rasa was not ready within {self._limit:.0f} seconds."

    async def _end(self, promotion_id: UUID, problem: str | None) -> None:
        async with self._database.write() as db:
            row = await db.get_one(Promotion, promotion_id)
            row.state = PromotionState.FAILED if problem else PromotionState.DONE
            row.error = problem[:500] if problem else None
            row.finished_at = self._clock.now()
            if problem is None and row.run_id is not None:
                await runs.choose(db, row.run_id, Choice.PROMOTED, row.by)
        log.info("promotion_ended", promotion_id=str(promotion_id), problem=problem)
        if problem is None:
            needed = (Path(row.model), Path(row.previous) if row.previous else None)
            await asyncio.to_thread(prune, self._paths.candidates, needed)


async def _newest(db: AsyncSession, *states: PromotionState) -> Promotion | None:
    query = select(Promotion).order_by(Promotion.started_at.desc()).limit(1)
    if states:
        query = query.where(Promotion.state.in_(states))
    found: Promotion | None = await db.scalar(query)
    return found

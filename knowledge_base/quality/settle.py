"""Setting the target precision and the house's own calibration; every process follows within half a second."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import null, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base.models import KnowledgeState
from knowledge_base.quality.fit import Outcome
from knowledge_base.quality.gauge import Gauge
from knowledge_base.quality.policy import HIGHEST, LOWEST, is_target
from server.errors import Conflict, Invalid

log = structlog.get_logger(__name__)


async def set_precision(app: Any, precision: float | None, by: str) -> None:
    """Answer at once when at least this share of such answers helps; None: as the settings say.

    Raises:
        Invalid: it is not between 0.5 and 0.99.
    """
    if precision is not None and not is_target(precision):
        raise Invalid(f"The share of answers that help must be {LOWEST:.0%} to {HIGHEST:.0%}.")
    before = (await app.knowledge.read_policy()).precision
    await _store(app, answer_precision=precision)
    log.info("answer_precision_set", by=by, before=before, after=precision)


async def refit(app: Any, by: str) -> Outcome:
    """Fit the calibration on the house's labelled questions, and use it if it judges no worse.

    Raises:
        Invalid: there are too few labelled questions.
    """
    outcome = await Gauge.of(app).fit(by)
    if outcome.kept:
        await _store(app, calibration=outcome.calibration.as_json())
    log.info(
        "calibration_fitted",
        by=by,
        kept=outcome.kept,
        version=outcome.calibration.version,
        questions=outcome.questions,
    )
    return outcome


async def undo(app: Any, by: str) -> None:
    """Judge by the shipped calibration again."""
    await _store(app, calibration=null())
    log.info("calibration_undone", by=by)


async def _store(app: Any, **values: Any) -> None:
    try:
        async with app.database.write() as db:
            await _write(db, values)
    except IntegrityError as error:
        # Two first writers at once: the row is there now.
        raise Conflict("Somebody else set this at the same moment. Try again.") from error
    await app.knowledge.read_policy()


async def _write(db: AsyncSession, values: dict[str, Any]) -> None:
    changed = await db.execute(
        update(KnowledgeState)
        .where(KnowledgeState.id == 1)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        db.add(KnowledgeState(id=1, content_revision=0, **values))
        await db.flush()

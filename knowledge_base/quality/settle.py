"""Setting the target precision and the house's own calibration; every process follows within half a second."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy import null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge_base import catalogue
from knowledge_base.history import clean_note
from knowledge_base.models import KnowledgeState
from knowledge_base.quality import changes
from knowledge_base.quality.fit import Outcome
from knowledge_base.quality.gauge import Gauge
from knowledge_base.quality.policy import HIGHEST, LOWEST, is_target
from server.errors import Conflict, Invalid

log = structlog.get_logger(__name__)


async def set_precision(app: Any, precision: float | None, by: str, note: str = "") -> None:
    """Answer at once when at least this share of such answers helps; None: as the settings say.

    Raises:
        Invalid: it is not between 0.5 and 0.99, or the note is too long.
    """
    if precision is not None and not is_target(precision):
        raise Invalid(f"The share of answers that help must be {LOWEST:.0%} to {HIGHEST:.0%}.")
    setting = app.knowledge.shipped.precision

    async def store(db: AsyncSession) -> None:
        before = (await _held(db)).answer_precision
        await _write(db, {"answer_precision": precision})
        if before != precision:
            said = share(before, setting), share(precision, setting)
            await changes.record(db, app.clock, changes.PRECISION, *said, by, note)

    before = (await app.knowledge.read_policy()).precision
    await _stored(app, store)
    log.info("answer_precision_set", by=by, before=before, after=precision)


async def refit(app: Any, by: str, note: str = "") -> Outcome:
    """Fit the calibration on the house's labelled questions, and use it if it judges no worse.

    Raises:
        Invalid: there are too few labelled questions, or the note is too long.
    """
    clean_note(note)
    outcome = await Gauge.of(app).fit(by)
    if outcome.kept:
        await _calibrate(app, outcome.calibration.as_json(), outcome.calibration.version, by, note)
    log.info(
        "calibration_fitted",
        by=by,
        kept=outcome.kept,
        version=outcome.calibration.version,
        questions=outcome.questions,
    )
    return outcome


async def undo(app: Any, by: str, note: str = "") -> None:
    """Judge by the shipped calibration again.

    Raises:
        Invalid: the note is too long.
    """
    await _calibrate(app, null(), app.knowledge.shipped.calibration.version, by, note)
    log.info("calibration_undone", by=by)


async def _calibrate(app: Any, stored: Any, version: str, by: str, note: str) -> None:
    shipped = app.knowledge.shipped.calibration.version

    async def store(db: AsyncSession) -> None:
        before = version_of((await _held(db)).calibration) or shipped
        await _write(db, {"calibration": stored})
        if before != version:
            await changes.record(db, app.clock, changes.CALIBRATION, before, version, by, note)

    await _stored(app, store)


def share(precision: float | None, setting: float) -> str:
    """ ".80", or ".75 (the setting)" where the house set none."""
    value = setting if precision is None else precision
    said = f"{value:.2f}" if round(value, 2) == value else f"{value:g}"
    return said.removeprefix("0") + (" (the setting)" if precision is None else "")


def version_of(stored: str | None) -> str:
    """The version named in a house's stored calibration; empty when there is none, or it names none."""
    try:
        held = json.loads(stored or "null")
    except ValueError:
        return ""
    return str(held.get("version", "")) if isinstance(held, dict) else ""


async def _held(db: AsyncSession) -> catalogue.State:
    """The present state, held until the commit, so that what is recorded as before it was so."""
    await db.execute(select(KnowledgeState.id).where(KnowledgeState.id == 1).with_for_update())
    return await catalogue.state(db)


async def _stored(app: Any, store: Callable[[AsyncSession], Awaitable[None]]) -> None:
    try:
        async with app.database.write() as db:
            await store(db)
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

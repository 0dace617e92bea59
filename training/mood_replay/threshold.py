"""The threshold as data: read for every turn, changed with a reason, brought back by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.auth import Staff
from server.clock import Clock
from server.database import Database, table_of
from server.errors import Conflict, Invalid, NotFound
from server.settings import Settings
from training.mood_replay.models import MoodThreshold
from understanding.frustration import Thresholds

log = structlog.get_logger(__name__)

#: Lower, and mild words would do; at 1 hardly anything does.
LEAST, MOST = 0.40, 1.00
STEP = 0.01
REASON, REASON_LIMIT = 10, 500
HISTORY = 50
KEPT = timedelta(seconds=1)

# Read for every turn: by columns it takes half the time of an object.
_ROW = table_of(MoodThreshold).c
_NEWEST = select(_ROW.version, _ROW.handoff).order_by(_ROW.version.desc()).limit(1)


class ThresholdChanged(Conflict):
    code = "threshold_changed"
    message = "Somebody else changed the threshold meanwhile. Look at it again, then save."


@dataclass(frozen=True)
class Setting:
    """What holds; version 0 stands for the house's settings."""

    version: int
    handoff: float


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    version: int
    handoff: float
    before: float
    reason: str
    restores: int | None
    by: str
    at: datetime


class Patience:
    """From which score on a person takes over (`conversations.turns.Patience`)."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock = database, clock
        self._shipped = Thresholds(
            settings.frustration_acknowledge,
            settings.frustration_offer,
            settings.frustration_handoff,
        )
        self._last: Setting | None = None
        self._read_at: datetime | None = None

    @property
    def shipped(self) -> float:
        """What holds where no trainer has set anything: HANDRAIL_FRUSTRATION_HANDOFF."""
        return self._shipped.handoff

    async def now(self) -> Setting:
        """What the next turn is judged by."""
        async with self._database.read() as db:
            row = (await db.execute(_NEWEST)).one_or_none()
        self._last = Setting(0, self.shipped) if row is None else Setting(row.version, row.handoff)
        self._read_at = self._clock.now()
        return self._last

    async def levels(self) -> dict[str, float] | None:
        """The least score of each level and their version; a database that can't be read changes nothing.

        What this process saved holds at once, what another one saved within a second: reading it takes a
        millisecond, which a busy bot's turns need not pay each.
        """
        try:
            setting = self._known() or await self.now()
        except (SQLAlchemyError, OSError) as error:
            log.warning("threshold_unreadable", kind=type(error).__name__)
            if self._last is None:
                return None
            setting = self._last
        return {**levels_at(self._shipped, setting.handoff), "version": setting.version}

    def _known(self) -> Setting | None:
        fresh = self._read_at is not None and self._clock.now() - self._read_at < KEPT
        return self._last if fresh else None

    async def save(
        self,
        handoff: float,
        reason: str,
        by: Staff | None,
        *,
        seen: int,
        restores: int | None = None,
    ) -> Setting:
        """Set the threshold from the next turn on; `seen` is the version that the trainer looked at.

        Raises:
            Invalid: out of bounds, nothing would change, or the reason says too little.
            ThresholdChanged: somebody was faster.
        """
        handoff, reason = round(handoff, 2), " ".join(reason.split())
        # What the house's own settings say may be brought back, wherever it lies.
        if not LEAST <= handoff <= MOST and restores != 0:
            raise Invalid(f"The threshold lies between {LEAST:.2f} and {MOST:.2f}.")
        if not REASON <= len(reason) <= REASON_LIMIT:
            raise Invalid(f"Say why in {REASON} to {REASON_LIMIT} characters.")
        now = await self.now()
        if now.version != seen:
            raise ThresholdChanged()
        if now.handoff == handoff:
            raise Invalid(f"The threshold is {handoff:.2f} already.")
        row = MoodThreshold(
            version=seen + 1,
            handoff=handoff,
            reason=reason,
            restores=restores,
            by=by.id if by else None,
            at=self._clock.now(),
        )
        try:
            async with self._database.write() as db:
                db.add(row)
        except IntegrityError as error:
            raise ThresholdChanged() from error
        self._read_at = None
        log.info("threshold_changed", version=row.version, handoff=handoff)
        return Setting(row.version, handoff)

    async def restore(self, version: int, reason: str, by: Staff | None, *, seen: int) -> Setting:
        """Bring back what an earlier version said; 0 is the house's settings.

        Raises:
            NotFound: there is no such version. Others as `save`.
        """
        handoff: float | None = self.shipped
        if version != 0:
            async with self._database.read() as db:
                handoff = await db.scalar(select(_ROW.handoff).where(_ROW.version == version))
        if handoff is None:
            raise NotFound("There is no such version of the threshold.")
        return await self.save(handoff, reason, by, seen=seen, restores=version)

    async def history(self) -> Sequence[Change]:
        """The latest changes, newest first."""
        query = (
            select(MoodThreshold, Staff.name)
            .outerjoin(Staff, Staff.id == MoodThreshold.by)
            .order_by(MoodThreshold.version.desc())
            .limit(HISTORY + 1)
        )
        async with self._database.read() as db:
            rows = [(row, name) for row, name in (await db.execute(query)).all()]
        before = [row.handoff for row, _ in rows[1:]] + [self.shipped]
        return [
            Change(row.version, row.handoff, was, row.reason, row.restores, name or "", row.at)
            for (row, name), was in zip(rows, before, strict=False)
        ][:HISTORY]


def levels_at(shipped: Thresholds, handoff: float) -> dict[str, float]:
    """Return every level's least score: the gentler ones stay as shipped where handoff leaves them room."""
    return {
        "acknowledge": min(shipped.acknowledge, handoff),
        "offer": min(shipped.offer, handoff),
        "handoff": handoff,
    }

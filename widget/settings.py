"""The widget's settings: read for every page that carries the widget, published with a note, brought back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from widget import invitations
from widget.config import DEFAULT, WidgetConfig
from widget.models import WidgetVersion

log = structlog.get_logger(__name__)

NOTE, NOTE_LIMIT = 3, 300
HISTORY = 50
KEPT = timedelta(seconds=2)
"""So late another process may notice what this one published."""


class SettingsChanged(Conflict):
    message = "Somebody else published the widget meanwhile. Look at theirs, then publish again."


@dataclass(frozen=True)
class Published:
    """What holds; version 0 is the default."""

    version: int
    config: WidgetConfig


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    version: int
    note: str
    restores: int | None
    by: str
    at: datetime
    config: WidgetConfig


class WidgetSettings:
    """The house's widget; also the server's own check of what it promises (consent, form, surveys)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._last: Published | None = None
        self._read_at: datetime | None = None

    async def config(self) -> WidgetConfig:
        """What holds, at most two seconds old.

        Raises:
            SQLAlchemyError, OSError: the database can't be read, and this process has not read it before.
            ValueError: nor can this release read what is in it.
        """
        return (await self.published()).config

    async def config_or_default(self) -> WidgetConfig:
        """What holds; the default without it (the database is gone, or holds what this release can't read), so
        that the bubble is there and says what is wrong."""
        try:
            return await self.config()
        except (SQLAlchemyError, OSError, ValueError) as error:
            log.warning("widget_without_settings", kind=type(error).__name__)
            return DEFAULT

    async def published(self) -> Published:
        """As `config`, with its version."""
        fresh = self._read_at is not None and self._clock.now() - self._read_at < KEPT
        if self._last is not None and fresh:
            return self._last
        try:
            return await self.now()
        except (SQLAlchemyError, OSError, ValueError) as error:
            log.warning("widget_settings_unreadable", kind=type(error).__name__)
            if self._last is None:
                raise
            return self._last

    async def now(self) -> Published:
        """What the database says at this moment."""
        newest = select(WidgetVersion).order_by(WidgetVersion.version.desc()).limit(1)
        async with self._database.read() as db:
            row = await db.scalar(newest)
        found = Published(row.version, WidgetConfig.stored(row.config)) if row else NOTHING
        self._last, self._read_at = found, self._clock.now()
        return found

    async def publish(
        self,
        config: WidgetConfig,
        note: str,
        by: Staff | None,
        *,
        seen: int,
        restores: int | None = None,
    ) -> Published:
        """Let this hold from now on; `seen` is the version that the supervisor began from.

        Raises:
            Invalid: nothing would change, or the note says too little.
            SettingsChanged: somebody was faster.
        """
        note = " ".join(note.split())
        if not NOTE <= len(note) <= NOTE_LIMIT:
            raise Invalid(f"Say what you changed, in {NOTE} to {NOTE_LIMIT} characters.")
        now = await self.now()
        if now.version != seen:
            raise SettingsChanged()
        if now.config == config:
            raise Invalid("Nothing is different from what is published.")
        row = WidgetVersion(
            version=seen + 1,
            config=config.model_dump(mode="json"),
            note=note,
            restores=restores,
            by=by.id if by else None,
            at=self._clock.now(),
        )
        try:
            async with self._database.write() as db:
                db.add(row)
        except IntegrityError as error:
            raise SettingsChanged() from error
        self._last, self._read_at = Published(row.version, config), self._clock.now()
        log.info("widget_published", version=row.version)
        return self._last

    async def restore(self, version: int, note: str, by: Staff | None, *, seen: int) -> Published:
        """Bring back what an earlier version said; 0 is the default.

        Raises:
            NotFound: there is no such version. Others as `publish`.
        """
        config = DEFAULT
        if version:
            async with self._database.read() as db:
                row = await db.get(WidgetVersion, version)
            if row is None:
                raise NotFound("There is no such version of the widget.")
            config = WidgetConfig.stored(row.config)
        return await self.publish(config, note, by, seen=seen, restores=version)

    async def invites(self, invitation: str, text: str) -> bool:
        """Whether an invitation of this id says so, or has said so: a page that was opened before a change
        shows the old words."""
        config = await self.config()
        if _says(config, invitation, text):
            return True
        return any(_says(one.config, invitation, text) for one in await self.history())

    async def answered(self, db: AsyncSession, visitor_id: uuid.UUID, invitation: str) -> None:
        """Count that a customer answers it, in their transaction."""
        await invitations.note(db, self._clock, invitation, "answered", visitor_id)

    async def invitation_counts(self, days: int) -> Mapping[str, invitations.Count]:
        """See `widget.invitations.counts`."""
        return await invitations.counts(self._database, self._clock, days)

    async def history(self) -> Sequence[Change]:
        """The latest versions, newest first."""
        query = (
            select(WidgetVersion, Staff.name)
            .outerjoin(Staff, Staff.id == WidgetVersion.by)
            .order_by(WidgetVersion.version.desc())
            .limit(HISTORY)
        )
        async with self._database.read() as db:
            rows = (await db.execute(query)).all()
        return [
            Change(
                row.version,
                row.note,
                row.restores,
                name or "",
                row.at,
                WidgetConfig.stored(row.config),
            )
            for row, name in rows
        ]


def _says(config: WidgetConfig, invitation: str, text: str) -> bool:
    return any(one.id == invitation and text in one.text.values() for one in config.invitations)


NOTHING = Published(0, DEFAULT)

"""Collects the week from the rooms."""

from __future__ import annotations

from dataclasses import dataclass

from insights.digest import desk, knowledge, training
from insights.digest.found import Digest
from insights.digest.protocols import Desk, Knowledge, Training
from server.clock import Clock
from server.errors import Invalid
from server.week import Week


@dataclass(frozen=True)
class Digests:
    """Made anew each time it is asked for: nothing of it is kept."""

    clock: Clock
    knowledge: Knowledge
    training: Training
    desk: Desk

    async def read(self, week: Week) -> Digest:
        """The whole digest of a week; one that has not ended counts up to now.

        Raises:
            Invalid: the week has not begun.
        """
        now = self.clock.now()
        if week.begins > now:
            raise Invalid("This week has not begun.")
        known = await self.knowledge.week(week)
        return Digest(
            week=week,
            over=week.ends <= now,
            sections=(
                *desk.sections(await self.desk.week(week)),
                *knowledge.sections(known, week, now, self.knowledge.kept),
                *training.sections(await self.training.week(week)),
            ),
        )

    def wanted(self, text: str) -> Week:
        """The week of "2026-W47"; without one the week to read now: on a Monday the one that has just ended.

        Raises:
            Invalid: there is no such week.
        """
        return Week.read(text) if text else Week.to_read(self.clock.now())

"""The rooms' weeks, handed to the digest of the supervisor's room (insights.digest.protocols)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo

from handoff.digest import reading
from handoff.digest.found import DeskWeek
from handoff.practice.masking import Second
from handoff.teams.roster import Rosters
from insights.digest.service import Digests
from knowledge_base.asked import digest as asked
from knowledge_base.asked.log import HORIZON
from knowledge_base.asked.masking import mask
from server.clock import Clock
from server.database import Database
from server.week import Week
from training import digest as training
from training.digest import MisreadWeek


@dataclass(frozen=True)
class OfKnowledge:
    """insights.digest.protocols.Knowledge."""

    database: Database
    clock: Clock
    asks: asked.Asks

    @property
    def kept(self) -> timedelta:
        return HORIZON

    async def week(self, week: Week) -> asked.Digest:
        return await asked.digest(self.database, self.clock, self.asks, week)


@dataclass(frozen=True)
class OfTraining:
    """insights.digest.protocols.Training."""

    database: Database

    async def week(self, week: Week) -> MisreadWeek:
        return await training.misread(self.database, week)


@dataclass(frozen=True)
class OfDesk:
    """insights.digest.protocols.Desk."""

    database: Database
    clock: Clock
    second: Second = mask

    async def week(self, week: Week) -> DeskWeek:
        return await reading.read(self.database, self.clock, self.second, week)


@dataclass(frozen=True)
class HouseTime:
    """The zone in which the house's first team keeps its hours (insights.digest.mailing.House)."""

    database: Database
    rosters: Rosters

    async def zone(self) -> tzinfo:
        async with self.database.read() as db:
            return (await self.rosters.now(db)).home.hours.zone


def digests(database: Database, clock: Clock, asks: asked.Asks) -> Digests:
    """The digest of the whole house."""
    return Digests(
        clock, OfKnowledge(database, clock, asks), OfTraining(database), OfDesk(database, clock)
    )

from __future__ import annotations

import pytest

from handoff.desk import HandoffDesk
from server.database import Database
from tests.handoff.routing.staff import Agent, MakeTeam, hiring, teaming
from tests.support import FakeClock


@pytest.fixture
def agent(database: Database, clock: FakeClock) -> Agent:
    return hiring(database, clock)


@pytest.fixture
def team(database: Database, desk: HandoffDesk) -> MakeTeam:
    return teaming(database, desk)

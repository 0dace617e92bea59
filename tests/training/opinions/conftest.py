"""Three trainers and a supervisor."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from tests.support import FakeClock
from training.opinions.rules import Rules
from training.room import TrainingRoom

PASSWORD = "a long password"


@dataclass(frozen=True)
class People:
    ann: Staff
    ben: Staff
    cleo: Staff
    sue: Staff


@pytest.fixture
async def people(database: Database, clock: FakeClock) -> People:
    async with database.write() as db:
        made = [
            await create_staff(
                db, clock, login=name.lower(), name=name, password=PASSWORD, roles=[role]
            )
            for name, role in (
                ("Ann", Role.TRAINER),
                ("Ben", Role.TRAINER),
                ("Cleo", Role.TRAINER),
                ("Sue", Role.SUPERVISOR),
            )
        ]
    return People(*made)


async def ask_for_all(room: TrainingRoom, people: People) -> None:
    """Every label needs a second opinion from now on."""
    before = await room.opinions.rules()
    rules = Rules(version=before.version, enabled=True, share=1.0, new_intents=False)
    await room.opinions.set_rules(rules, people.sue)

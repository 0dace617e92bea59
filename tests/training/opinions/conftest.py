"""Three trainers and a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from server.auth import Role, Staff, create_staff
from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training.models import Label
from training.opinions.rules import Rules
from training.room import TrainingRoom

PASSWORD = "a long password"
TEXT = "never ever"


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


async def labels(database: Database) -> list[Label]:
    async with database.read() as db:
        return list(await db.scalars(select(Label)))


@pytest.fixture
async def case(room: TrainingRoom, people: People, talk: Talk) -> UUID:
    """Ann has said `deny`; nobody has answered."""
    await ask_for_all(room, people)
    turn = await talk.says(TEXT)
    result = await room.labels.label([turn], "deny", people.ann)
    assert (result.done, result.asked) == ((), (turn,))
    return (await room.opinions.lists(people.ben)).to_give[0].id

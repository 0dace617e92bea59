from __future__ import annotations

import pytest

from server.auth import Role, Staff, create_staff
from server.database import Database
from server.reviewed import ToEditor
from tests.support import FakeClock
from tests.training.review.house import Notes, OneArticle, WordVectors
from training.paths import Paths, Tools
from training.review.protocols import Beside
from training.room import TrainingRoom


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors()


@pytest.fixture
def search() -> OneArticle:
    return OneArticle()


@pytest.fixture
def room(
    database: Database,
    clock: FakeClock,
    paths: Paths,
    tools: Tools,
    vectors: WordVectors,
    search: OneArticle,
) -> TrainingRoom:
    beside = Beside(vectors, search, ToEditor(clock))
    return TrainingRoom(database, clock, paths, tools, review=beside)


@pytest.fixture
def notes(database: Database, clock: FakeClock) -> Notes:
    return Notes(database, clock)


@pytest.fixture
async def tess(database: Database, clock: FakeClock) -> Staff:
    return await trainer(database, clock, "tess")


@pytest.fixture
async def tom(database: Database, clock: FakeClock) -> Staff:
    return await trainer(database, clock, "tom")


async def trainer(database: Database, clock: FakeClock, login: str) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login=login, name=login.title(), password="a long password",
            roles=[Role.TRAINER],
        )  # fmt: skip

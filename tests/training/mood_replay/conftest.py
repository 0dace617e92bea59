"""A threshold room on a temporary database, with the house's encoder and a stand-in for the model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from encoder import Encoder
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.settings import Settings, load_settings
from tests.support import FakeClock
from tests.training.mood_replay.past import Past
from training.mood_replay.desk import MoodReplay
from training.paths import Paths, Tools

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    house = load_settings()
    return Encoder.load(house.encoder_path, precision=house.precision)


@pytest.fixture
def settings(paths: Paths) -> Settings:
    return Settings(environment="test", var=paths.var, _env_file=None)


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(
        train=(),
        parse=(sys.executable, str(HERE / "fake_ranking.py")),
        folder=tmp_path,
        environment={},
    )


@pytest.fixture
def desk(
    database: Database,
    clock: FakeClock,
    settings: Settings,
    paths: Paths,
    tools: Tools,
    encoder: Encoder,
) -> MoodReplay:
    return MoodReplay(database, clock, settings, paths, tools, encoder)


@pytest.fixture
def past(database: Database, clock: FakeClock, encoder: Encoder) -> Past:
    return Past(database, clock, encoder.checksum)


@pytest.fixture
async def trainer(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )


def put_in_service(paths: Paths) -> None:
    """Have a model serve, as the supervisor's record says."""
    model = paths.var / "serving.json"
    model.write_text("{}", "utf-8")
    (paths.var / "rasa.json").write_text(json.dumps({"model": str(model)}), "utf-8")

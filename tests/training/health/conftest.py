"""Data health on a temporary folder, with the house's encoder."""

from __future__ import annotations

import pytest

from encoder import Encoder
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.settings import load_settings
from tests.support import FakeClock
from tests.training.conftest import nlu_text
from training.health.desk import DataHealth
from training.paths import Paths

ORDERS = [
    "where is my order",
    "has my parcel been sent",
    "track my delivery please",
    "when will my package arrive",
    "my order has not come yet",
    "is my parcel on its way",
    "what is the status of my order",
    "how long until it is delivered",
    "did you ship my order",
    "my delivery is late",
    "order number FW-000000 where is it",
    "I want to know where my parcel is",
]
RETURNS = [
    "how do I send something back",
    "can I return these shoes",
    "what is your return policy",
    "I would like to return an item",
    "how many days do I have to return it",
    "is returning free",
    "where is my order",
    "the ferret ate grandmother's curtains",
    "returns address please",
    "send back a gift",
    "return without receipt",
]
GREETINGS = ["hello", "good morning", "hi there"]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    house = load_settings()
    return Encoder.load(house.encoder_path, precision=house.precision)


@pytest.fixture
def taught(paths: Paths) -> Paths:
    """Two intents that are well taught but for an example each, and one with few examples."""
    for path in paths.nlu.glob("*.yml"):
        path.unlink()
    for intent, texts in (
        ("order_status", ORDERS),
        ("return_policy", RETURNS),
        ("greet", GREETINGS),
    ):
        (paths.nlu / f"{intent}.yml").write_text(nlu_text(intent, texts), "utf-8")
    return paths


@pytest.fixture
def desk(database: Database, clock: FakeClock, taught: Paths, encoder: Encoder) -> DataHealth:
    return DataHealth(database, clock, taught, encoder)


@pytest.fixture
async def trainer(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )

"""The room with the rule that searches, and what the tests ask of the files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from server.auth import Role, Staff, create_staff
from server.database import Database
from tests.support import FakeClock
from training.models import Label
from training.paths import Paths

RULES = """# Ours.
rules:
- rule: Topic - a question goes to the articles
  steps:
  - or:
    - intent: delivery
    - intent: warranty
    - intent: out_of_scope
  - action: action_answer
"""
DOMAIN = """intents:
- greet: {use_entities: [], kind: social}
- deny: {use_entities: [], kind: social} # no
- order_status: {use_entities: [], kind: task}
- delivery: {use_entities: [], kind: topic}
- warranty: {use_entities: [], kind: topic}
- out_of_scope: {use_entities: [], kind: topic}
- nlu_fallback: {use_entities: [], kind: topic}

entities:
- product
- PERSON: {roles: [own]} # own: the customer's
"""


@pytest.fixture
def house(paths: Paths) -> Paths:
    """A domain with kinds and entities, and its rule."""
    paths.rules.mkdir()
    (paths.rules / "kinds.yml").write_text(RULES, "utf-8")
    (paths.rules / "tasks.yml").write_text("rules: []\n", "utf-8")
    paths.domain.write_text(DOMAIN, "utf-8")
    return paths


@pytest.fixture
async def tess(database: Database, clock: FakeClock) -> Staff:
    return await trainer(database, clock, "tess")


async def trainer(database: Database, clock: FakeClock, login: str) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login=login, name=f"{login} Peeters", password="a long enough password",
            roles=[Role.AGENT, Role.TRAINER],
        )  # fmt: skip


def lines(paths: Paths, intent: str) -> list[str]:
    """The examples of an intent as they stand in its file."""
    path: Path = paths.nlu / f"{intent}.yml"
    if not path.exists():
        return []
    text = yaml.safe_load(path.read_text("utf-8"))["nlu"][0]["examples"]
    return [line[2:] for line in text.splitlines()]


async def stored(database: Database) -> list[Label]:
    async with database.read() as db:
        return list(await db.scalars(select(Label).order_by(Label.text)))

"""A room whose examples are looked through by a program with a small encoder."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.database import Database
from server.settings import ROOT
from tests.support import FakeClock
from tests.training.suspects import house
from training.files import write_json
from training.nlu_files import Example
from training.paths import Paths, Tools
from training.room import TrainingRoom
from training.suspects.finding import find
from training.suspects.service import Suspects
from training.suspects.vectors import KeptVectors

PROGRAM = (sys.executable, str(Path(__file__).parent / "fake_find.py"))


@pytest.fixture
def taught(paths: Paths) -> Paths:
    """The house's files, with three examples at the wrong intent."""
    said = house.examples()
    house.write(paths.nlu, said)
    listed = "".join(f"- {intent}\n" for intent in said)
    paths.domain.write_text(f"intents:\n{listed}", "utf-8")
    return paths


@pytest.fixture(scope="session")
def list_of_suspects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a search finds among these examples; made once."""
    said = house.examples()
    examples = [Example(intent, text) for intent, texts in said.items() for text in texts]
    kept = KeptVectors(house.WordEncoder(), tmp_path_factory.mktemp("vectors"))
    return find(examples, kept)


@pytest.fixture(scope="session")
def found_before(
    list_of_suspects: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same as a file, for the program to hand out."""
    path = tmp_path_factory.mktemp("found") / "list.json"
    write_json(path, list_of_suspects)
    return path


@pytest.fixture
def tools(tools: Tools, found_before: Path) -> Tools:
    return replace(tools, environment={**tools.environment, "FAKE_FOUND": str(found_before)})


@pytest.fixture
def looked(taught: Paths, list_of_suspects: dict[str, Any], clock: FakeClock) -> None:
    """The search has been."""
    at = {"at": clock.now().isoformat()}
    write_json(taught.var / "suspects" / "found.json", list_of_suspects | at)


@pytest.fixture
async def suspects(
    room: TrainingRoom, taught: Paths, tools: Tools, database: Database, clock: FakeClock
) -> AsyncIterator[Suspects]:
    made = made_anew(room, taught, tools, database, clock)
    room.suspects = made
    yield made
    await made.close()


def made_anew(
    room: TrainingRoom, paths: Paths, tools: Tools, database: Database, clock: FakeClock,
    **environment: str,
) -> Suspects:  # fmt: skip
    """As after a restart."""
    known = {**tools.environment, "PYTHONPATH": str(ROOT), **environment}
    here = replace(tools, folder=ROOT, environment=known)
    return Suspects(database, clock, paths, room.labels, here, PROGRAM)

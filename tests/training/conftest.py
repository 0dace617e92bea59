"""A training room in a temporary folder: three intents, a small golden set, stand-ins for Rasa."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from server.database import Database
from tests.support import FakeClock
from tests.training.talk import Talk
from training.paths import Paths, Tools
from training.room import TrainingRoom

HERE = Path(__file__).parent
NLU = {
    "greet": ["hi", "good morning"],
    "deny": ["no", "nope"],
    "order_status": ["where is my order", "track FW-204411"],
}
GOLDEN = {
    "greet": ["hello you", "morning all"],
    "deny": ["not at all"],
    "order_status": ["has it shipped", "parcel status please"],
}
RIGHT = {text: intent for intent, texts in GOLDEN.items() for text in texts}


def nlu_text(intent: str, texts: list[str]) -> str:
    lines = "".join(f"    - {text}\n" for text in texts)
    return f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}'


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    root = tmp_path / "house"
    paths = Paths(
        domain=root / "domain.yml",
        nlu=root / "data" / "nlu",
        golden=root / "data" / "golden" / "intents.yml",
        var=root / "var",
    )
    paths.nlu.mkdir(parents=True)
    paths.golden.parent.mkdir(parents=True)
    paths.var.mkdir()
    paths.domain.write_text(
        "intents:\n- greet\n- deny: {use_entities: []}\n- order_status\n- nlu_fallback\n", "utf-8"
    )
    for intent, texts in NLU.items():
        (paths.nlu / f"{intent}.yml").write_text(nlu_text(intent, texts), "utf-8")
    paths.golden.write_text(json.dumps({"golden": GOLDEN}), "utf-8")
    return paths


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(
        train=(sys.executable, str(HERE / "fake_train.py")),
        parse=(sys.executable, str(HERE / "fake_parse.py")),
        folder=tmp_path,
        environment={"PATH": os.environ["PATH"], "FAKE_MODEL": json.dumps(RIGHT)},
    )


@pytest.fixture
def room(database: Database, clock: FakeClock, paths: Paths, tools: Tools) -> TrainingRoom:
    return TrainingRoom(database, clock, paths, tools)


@pytest.fixture
def talk(database: Database, clock: FakeClock) -> Talk:
    return Talk(database, clock)

"""A training room that tries conversations with stand-in models and actions."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from server.database import Database
from tests.support import FakeClock
from training.files import write_json
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.room import TrainingRoom

HERE = Path(__file__).parent
SERVING = {"hello there": "greet", "my order please": "order_status", "cancel it": "cancel_order"}
CANDIDATE = {**SERVING, "my order please": "deny"}


@dataclass
class Ran:
    status: int
    body: dict[str, Any]
    records: dict[str, Any] = field(default_factory=dict)
    would: list[dict[str, Any]] = field(default_factory=list)


class FakeActions:
    """Says which action runs; order status searches, cancelling would cancel, `deny` is refused."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.begun = 0

    async def begin(self) -> FakeActions:
        self.begun += 1
        return self

    async def run(self, call: dict[str, Any]) -> Ran:
        name = str(call["next_action"])
        self.calls.append(name)
        said = [{"text": f"{name} speaks", "custom": {}}]
        if name == "action_cancel_order":
            effect = {"task": "cancel_order", "subject": "FW-1", "with": {"order_number": "FW-1"}}
            handoff = {"reason": "asked", "detail": "person"}
            return Ran(200, {"responses": said}, {"handoff": handoff}, [effect])
        if name == "action_order_status":
            found = {"kind": "answer", "probability": 0.7, "candidates": []}
            return Ran(200, {"responses": said}, {"decision": found})
        if name == "action_break":
            return Ran(500, {"error": "ValueError"})
        return Ran(200, {"responses": said})

    async def search(
        self, question: str, intent: str | None, confidence: float
    ) -> Mapping[str, Any]:
        return {"kind": "nothing", "probability": 0.1, "question": question, "candidates": []}


@pytest.fixture
def actions() -> FakeActions:
    return FakeActions()


@pytest.fixture
def trying_tools(tools: Tools) -> Tools:
    return replace(tools, rehearse=(sys.executable, str(HERE / "fake_rehearse.py")))


@pytest.fixture
async def room(
    database: Database, clock: FakeClock, paths: Paths, trying_tools: Tools, actions: FakeActions
) -> AsyncIterator[TrainingRoom]:
    """One model serves, one waits to be promoted."""
    serving, candidate = paths.var / "serving.tar.gz", paths.candidates / "candidate.tar.gz"
    candidate.parent.mkdir()
    serving.write_text(json.dumps(SERVING), "utf-8")
    candidate.write_text(json.dumps(CANDIDATE), "utf-8")
    write_json(paths.var / "rasa.json", {"model": str(serving)})
    rules = paths.nlu.parent / "rules"
    rules.mkdir()
    (rules / "kinds.yml").write_text(
        "rules:\n- rule: hello\n  steps:\n  - or: [{intent: greet}]\n  - action: action_greet\n",
        "utf-8",
    )
    async with database.write() as db:
        db.add(TrainingRun(state=RunState.DONE, model=str(candidate), started_at=clock.now()))
    made = TrainingRoom(database, clock, paths, trying_tools)
    made.trying.actions = actions
    yield made
    await made.close()

"""The test console alone, on a port, with stand-in models and actions; for the browser test.

python -m tests.training.trying.page_server FOLDER PORT    prints the session token and a turn's id when ready
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine

import server.pages
from server.auth import Role, create_staff
from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from server.limits import Limits
from server.settings import ROOT, Settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import sign_in
from tests.training.talk import Talk
from tests.training.trying.conftest import FakeActions, Ran
from training.files import write_json
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.room import TrainingRoom
from training.trying import page

HERE = Path(__file__).parent
SERVING = {
    "good morning": "greet",
    "what does delivery cost": "delivery_info",
    "cancel my order FW-204411": "cancel_order",
}
RULES = """
rules:
- rule: Topic - a question goes to the articles
  steps: [{intent: delivery_info}, {action: action_delivery_info}]
"""
CANDIDATE = {**SERVING, "what does delivery cost": "order_status"}


class Actions(FakeActions):
    """Answers with buttons and hostile text, and finds two articles."""

    async def run(self, call: dict[str, Any]) -> Ran:
        ran = await super().run(call)
        if call["next_action"] == "action_greet":
            ran.body["responses"] = [
                {
                    "text": "Hello. <script>alert(1)</script>\nWhat can I do?",
                    "custom": {"buttons": [{"title": "Yes", "payload": "/affirm"}]},
                }
            ]
        return ran

    async def search(
        self, question: str, intent: str | None, confidence: float
    ) -> Mapping[str, Any]:
        found = [
            {"title": "What delivery costs", "probability": 0.81},
            {"title": "How long delivery takes", "probability": 0.22},
        ]
        return {"kind": "answer", "probability": 0.81, "question": question, "candidates": found}


async def main(folder: Path, port: int) -> None:
    paths = Paths(
        domain=ROOT / "domain.yml",
        nlu=folder / "data" / "nlu",
        golden=ROOT / "data" / "golden" / "intents.yml",
        var=folder / "var",
    )
    paths.nlu.mkdir(parents=True)
    paths.candidates.mkdir(parents=True)
    (paths.nlu.parent / "rules").mkdir()
    (paths.nlu.parent / "rules" / "kinds.yml").write_text(RULES, "utf-8")
    serving, candidate = paths.var / "serving.tar.gz", paths.candidates / "candidate.tar.gz"
    serving.write_text(json.dumps(SERVING), "utf-8")
    candidate.write_text(json.dumps(CANDIDATE), "utf-8")
    write_json(paths.var / "rasa.json", {"model": str(serving)})
    tools = Tools(
        train=(), parse=(), folder=folder, environment=dict(os.environ),
        rehearse=(sys.executable, str(HERE / "fake_rehearse.py")),
    )  # fmt: skip
    url, clock = f"sqlite+aiosqlite:///{folder / 'page.db'}", SystemClock()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    database = Database(url, LocalBus())
    room = TrainingRoom(database, clock, paths, tools)
    room.trying.actions = Actions()
    async with database.write() as db:
        db.add(TrainingRun(state=RunState.DONE, model=str(candidate), started_at=clock.now()))
        await create_staff(
            db, clock, login="tess", name="Tess", password="a long password", roles=[Role.TRAINER]
        )
    async with database.write() as db:
        token = await sign_in(db, clock, "tess", "a long password", 1)
    talk = Talk(database, clock)
    await talk.says("good morning", "greet")
    turn_id = await talk.says("cancel my order FW-204411", "cancel_order")
    settings = Settings(var=paths.var)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=room,
    )
    server.pages.install(app)
    page.register_pages()
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    print(json.dumps({"trainer": token, "turn": str(turn_id)}), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    try:
        await uvicorn.Server(config).serve()
    finally:
        await room.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

"""The trainer's room alone, on a port, with stand-ins for Rasa, its supervisor and the encoder; for browser tests.

python -m tests.training.page_server FOLDER PORT    prints the session token when it is ready to listen
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.staticfiles import StaticFiles

import server.pages
import training.labels.routes
import training.opinions.routes
import training.routes
from conversations.models import TurnState
from server.auth import Role, create_staff
from server.clock import SystemClock
from server.database import Database
from server.errors import install_error_handlers
from server.events import LocalBus
from server.limits import Limits
from server.settings import ROOT, Settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import FakeClock, sign_in
from tests.training.review.house import OneArticle, WordVectors
from tests.training.talk import Talk
from tests.training.test_promote import supervisor
from tests.training.test_train import serve
from training.comparing import golden
from training.pages import install
from training.paths import Paths, Tools
from training.review.protocols import Beside
from training.room import TrainingRoom

HERE = Path(__file__).parent
EMPTY = os.environ.get("PAGE_EMPTY") == "1"
MANY = int(os.environ.get("PAGE_MANY", "0"))
WORDS = (
    "kettle", "lamp", "mug", "parcel", "refund", "hub", "sofa", "invoice", "plug", "shade", "voucher", "filter",
    "handle", "cable", "lid", "tray", "spoon",
)  # fmt: skip


class EditorsList:
    """Takes every question, and gives it back."""

    async def report(self, db: object, **_: object) -> tuple[uuid.UUID, bool]:
        return uuid.uuid4(), True

    async def withdraw(self, db: object, report_id: uuid.UUID, by: str) -> bool:
        return True


async def fill(database: Database) -> None:
    clock = FakeClock()
    clock.moment = SystemClock().now() - timedelta(hours=3)
    talk = Talk(database, clock)
    said = [
        ("<b>hello</b> <script>alert(1)</script>", "greet", 0.42, ("frustrated", 0.4)),
        ("wheres my prcel FW-204888", "delivery_info", 0.48, ("order_status", 0.44)),
        ("can I get the same thing but in green", "product_question", 0.38, ("exchange", 0.35)),
        ("the hub blinks red all night", "outage", 0.46, ("technical_problem", 0.41)),
        ("my mail is ann.peeters@gmail.com, tel 0470 12 34 56", "give_details", 0.44, ("greet", 0.1)),
        ("أين طلبي من فضلك", "out_of_scope", 0.31, ("greet", 0.2)),
        ("I ordered a kettle three weeks ago, it came, it worked for a while and now the lid does not "
         "close any more, what would you say we do about that?", "product_question", 0.35, ("warranty", 0.33)),
        ("super annoying that nobody answers", "complaint", 0.47, ("frustrated", 0.45)),
    ]  # fmt: skip
    for text, intent, confidence, runner_up in said:
        clock.advance(60)
        talk.over()
        await talk.says(
            text, intent, confidence, runner_up=runner_up,
            scope={"in_scope": intent != "out_of_scope"},
            frustration={"level": "offer" if intent == "complaint" else "calm"},
        )  # fmt: skip
    talk.over()
    await talk.says("I want to send the lamp", "return_policy", 0.81, state=TurnState.FAILED)
    await talk.says("no that is not it", "deny")
    for colour in ("red", "green", "blue", "grey", "pink"):
        talk.over()
        clock.advance(10)
        await talk.says(
            f"can you please wrap the {colour} lamp as a gift", "product_question", 0.41
        )
    for number in range(MANY):
        talk.over()
        clock.advance(10)
        await talk.says(f"{WORDS[number % 13]} {WORDS[number % 17]}{number}", "greet", 0.97)


def build(folder: Path) -> tuple[FastAPI, Database, Paths]:
    # A copy: a new intent is written into it, and into the rules beside the examples.
    shutil.copy(ROOT / "domain.yml", folder / "domain.yml")
    shutil.copytree(ROOT / "data" / "rules", folder / "rules")
    paths = Paths(
        domain=folder / "domain.yml",
        nlu=folder / "nlu",
        golden=ROOT / "data" / "golden" / "intents.yml",
        var=folder / "var",
    )
    paths.nlu.mkdir(parents=True)
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        (paths.nlu / path.name).write_bytes(path.read_bytes())
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    right = {message.text: message.intent for message in golden.read(paths.golden)}
    worse = {text: intent for number, (text, intent) in enumerate(right.items()) if number % 12}
    paths.var.mkdir()
    serve(paths, worse)
    better = {text: intent for number, (text, intent) in enumerate(right.items()) if number % 30}
    (paths.var / "candidate.json").write_text(json.dumps(better), "utf-8")
    tools = Tools(
        train=(sys.executable, str(HERE / "fake_train.py")),
        parse=(sys.executable, str(HERE / "fake_parse.py")),
        folder=folder,
        environment={"FAKE_TRAIN": "slow", "FAKE_MODEL": json.dumps(better)},
    )
    clock = SystemClock()
    settings = Settings(var=paths.var)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=TrainingRoom(
            database, clock, paths, tools, review=Beside(WordVectors(), OneArticle(), EditorsList())
        ),
        mood_replay=None,
    )
    for routes in (training.routes, training.labels.routes, training.opinions.routes):
        app.include_router(routes.router)
    install_error_handlers(app)
    server.pages.install(app)
    app.mount("/widget", StaticFiles(directory=ROOT / "widget" / "static"), name="widget")
    install(app)
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    return app, database, paths


async def main(folder: Path, port: int) -> None:
    app, database, paths = build(folder)
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'page.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    clock = SystemClock()
    tokens = {}
    for role in (Role.TRAINER, Role.AGENT):
        async with database.write() as db:
            await create_staff(
                db, clock, login=role.value, name="Tess Trainer", password="a long password",
                roles=[role],
            )  # fmt: skip
        async with database.write() as db:
            tokens[role.value] = await sign_in(db, clock, role.value, "a long password", 1)
    if not EMPTY:
        await fill(database)
    app.state.services.training.inbox.start()
    print(json.dumps(tokens), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    async with supervising(paths):
        await uvicorn.Server(config).serve()


@asynccontextmanager
async def supervising(paths: Paths) -> AsyncIterator[None]:
    async with supervisor(paths):
        yield


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

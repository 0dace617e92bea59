"""The comparison's page alone, on a port, with stand-ins for Rasa; for the browser test.

python -m tests.training.comparing.page_server FOLDER PORT    prints token and runs when it is ready to listen
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from datetime import timedelta
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
from server.logs import configure_logs
from server.settings import ROOT, Settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import FakeClock, sign_in
from tests.training.comparing.test_replay import Search
from tests.training.talk import Talk
from tests.training.test_train import serve
from training.comparing import golden
from training.comparing.comparer import Comparer
from training.comparing.pages import register_pages
from training.comparing.sitting import Means
from training.labels import Labels
from training.models import RunState, TrainingRun
from training.paths import Paths, Tools
from training.promote import Promotions

HERE = Path(__file__).parent
SAID = (
    ("<b>swap</b> this <script>alert(1)</script>", "exchange", "return_policy", "return_policy"),
    ("my kettle came without its lid", "item_missing", "item_damaged", "item_missing"),
    ("can somebody ring me", "showroom_contact", "request_human", None),
    ("what does a size 40 fit like", "sizing", "product_question", None),
    ("the router blinks and nothing works", "outage", "technical_problem", "technical_problem"),
    ("أين طلبي من فضلك", "order_status", "out_of_scope", None),
)


def paths_of(folder: Path) -> Paths:
    paths = Paths(
        domain=ROOT / "domain.yml",
        nlu=folder / "data" / "nlu",
        golden=ROOT / "data" / "golden" / "intents.yml",
        var=folder / "var",
    )
    for name in ("nlu", "rules"):
        target = folder / "data" / name
        target.mkdir(parents=True)
        for path in (ROOT / "data" / name).glob("*.yml"):
            (target / path.name).write_bytes(path.read_bytes())
    paths.candidates.mkdir(parents=True)
    return paths


async def fill(database: Database, paths: Paths, comparer: Comparer) -> dict[str, str]:
    """Store past chats and three runs: one compared, one worse, one never compared."""
    clock = FakeClock()
    clock.moment = SystemClock().now() - timedelta(hours=3)
    talk, labels = Talk(database, clock), Labels(database, clock, paths)
    for text, before, _, label in SAID:
        talk.over()
        clock.advance(60)
        turn_id = await talk.says(text, before, 0.6)
        if label is not None:
            await labels.label([turn_id], label, None)
    for number in range(30):
        talk.over()
        clock.advance(10)
        await talk.says(f"good morning number {number}", "greet", 0.97)
    right: dict[str, Any] = {one.text: one.intent for one in golden.read(paths.golden)}
    old = {text: intent for number, (text, intent) in enumerate(right.items()) if number % 12}
    serve(paths, old | {text: before for text, before, _, _ in SAID} | {"milliseconds": 8.2})
    new = {text: intent for number, (text, intent) in enumerate(right.items()) if number % 30}
    changed = {text: after for text, _, after, _ in SAID}
    runs: dict[str, str] = {}
    for name, answers in (
        ("better", new | changed | {"milliseconds": 8.4}),
        ("worse", dict.fromkeys(right, "greet")),
        ("uncompared", new),
    ):
        model = paths.candidates / f"20260302-09000{len(runs)}-{name}.tar.gz"
        model.write_text(json.dumps(answers), "utf-8")
        run = TrainingRun(
            id=uuid.uuid4(), state=RunState.DONE, lines=[], figures={}, labels=4, model=str(model),
            started_at=clock.now(), finished_at=clock.now(),
        )  # fmt: skip
        async with database.write() as db:
            db.add(run)
        runs[name] = str(run.id)
        if name != "uncompared":
            await comparer.compare_run(run.id)
    return runs


def build(folder: Path) -> tuple[FastAPI, Database, Paths, Comparer]:
    paths = paths_of(folder)
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    tools = Tools(
        train=("true",),
        parse=(sys.executable, str(HERE.parent / "fake_parse.py")),
        folder=folder,
        environment={"PATH": os.environ["PATH"]},
    )
    clock, settings = SystemClock(), Settings(var=paths.var)
    program = (sys.executable, str(HERE / "fake_crossval.py"))
    means = Means(database, paths, tools, search=Search(), crossval=program)
    comparer = Comparer(clock, means)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=SimpleNamespace(comparer=comparer, promotions=Promotions(database, clock, paths)),
    )
    server.pages.install(app)
    register_pages()
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    return app, database, paths, comparer


async def main(folder: Path, port: int) -> None:
    configure_logs()
    app, database, paths, comparer = build(folder)
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'page.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    clock, told = SystemClock(), {}
    for role in (Role.TRAINER, Role.AGENT):
        async with database.write() as db:
            await create_staff(
                db, clock, login=role.value, name="Tess Trainer", password="a long password",
                roles=[role],
            )  # fmt: skip
        async with database.write() as db:
            told[role.value] = await sign_in(db, clock, role.value, "a long password", 1)
    told |= await fill(database, paths, comparer)
    print(json.dumps(told), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

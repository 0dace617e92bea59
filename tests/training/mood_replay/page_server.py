"""The pages on frustration and data health alone, on a port; for the browser tests.

python -m tests.training.mood_replay.page_server FOLDER PORT    prints the session token when it is ready
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import random
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine

import server.pages
import training.health.page
import training.mood_replay.page
from conversations.models import Outcome
from encoder import Encoder
from server.auth import Role, create_staff
from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from server.limits import Limits
from server.settings import ROOT, Settings, load_settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import FakeClock, sign_in
from tests.training.mood_replay.conftest import put_in_service
from tests.training.mood_replay.past import Past
from training.domain import with_intent
from training.health.desk import DataHealth
from training.mood_replay.desk import MoodReplay
from training.paths import Paths, Tools

HERE = Path(__file__).parent


async def fill(database: Database, checksum: str) -> None:
    """Store past chats; a server that runs shows them at its next look."""
    clock = FakeClock()
    clock.moment = SystemClock().now() - timedelta(days=20)
    past = Past(database, clock, checksum)
    dice = random.Random(7)
    for number in range(60):
        clock.advance(6 * 3600)
        high = dice.random()
        outcome = Outcome.ABANDONED if high > 0.62 else Outcome.CONFIRMED
        await past.chat([0.1, round(0.2 + 0.5 * high, 2)], outcome=outcome if number % 3 else None)
    await past.chat(
        [0.2, 0.58],
        texts=["where is it", "<b>useless</b> <script>alert(1)</script> ann.peeters@gmail.com"],
        outcome=Outcome.ABANDONED,
        rating=1,
    )
    await past.chat([0.4, None], texts=["hm", "this is useless"], versions={"model": "old"})
    await past.chat([0.3])


def build(folder: Path) -> tuple[FastAPI, Database]:
    paths = Paths(
        domain=folder / "domain.yml",
        nlu=folder / "nlu",
        golden=folder / "golden" / "intents.yml",
        var=folder / "var",
    )
    # Copies, for the pages write into them; and an intent that is new.
    domain = (ROOT / "domain.yml").read_text("utf-8")
    paths.domain.write_text(with_intent(domain, "parcel_shop"), "utf-8")
    paths.golden.parent.mkdir()
    paths.golden.write_bytes((ROOT / "data" / "golden" / "intents.yml").read_bytes())
    paths.nlu.mkdir(parents=True)
    paths.var.mkdir()
    for name in ("order_status", "return_policy", "return_order", "exchange", "greet"):
        source = ROOT / "data" / "nlu" / f"{name}.yml"
        (paths.nlu / source.name).write_bytes(source.read_bytes())
    with (paths.nlu / "greet.yml").open("a", encoding="utf-8") as file:
        file.write("    - where is my order\n")
    put_in_service(paths)
    house = load_settings()
    encoder = Encoder.load(house.encoder_path, precision=house.precision)
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    parse = (sys.executable, str(HERE / "fake_ranking.py"))
    tools = Tools(train=(), parse=parse, folder=folder, environment={})
    clock, settings = SystemClock(), Settings(var=paths.var)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        mood_replay=MoodReplay(database, clock, settings, paths, tools, encoder),
        health=DataHealth(database, clock, paths, encoder),
    )
    server.pages.install(app)
    training.mood_replay.page.register_pages()
    training.health.page.register_pages()
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    return app, database


async def main(folder: Path, port: int) -> None:
    app, database = build(folder)
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'page.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    clock = SystemClock()
    async with database.write() as db:
        await create_staff(
            db, clock, login="tess", name="Tess Trainer", password="a long password",
            roles=[Role.TRAINER],
        )  # fmt: skip
    async with database.write() as db:
        token = await sign_in(db, clock, "tess", "a long password", 1)
    print(json.dumps({"trainer": token}), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

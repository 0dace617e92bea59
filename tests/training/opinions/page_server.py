"""The pages of second opinions and of doubtful examples alone, on a port; for their browser tests.

python -m tests.training.opinions.page_server FOLDER PORT    prints everybody's session token when it is ready
"""

# ruff: noqa: T201 - stdout is how it answers
from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.ext.asyncio import create_async_engine

import server.pages
from server.auth import Role, Staff, create_staff
from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from server.limits import Limits
from server.settings import ROOT, Settings
from server.tables import metadata
from server.web import SecurityHeaders
from tests.support import sign_in
from tests.training.suspects import house
from tests.training.suspects.conftest import PROGRAM
from tests.training.talk import Talk
from training.files import write_json
from training.nlu_files import Example
from training.opinions import page as opinions_page
from training.opinions.rules import Rules
from training.paths import Paths, Tools
from training.room import TrainingRoom
from training.suspects import page as suspects_page
from training.suspects.finding import find
from training.suspects.service import Suspects
from training.suspects.vectors import KeptVectors

PASSWORD = "a long password"
PEOPLE = {"ann": Role.TRAINER, "ben": Role.TRAINER, "cleo": Role.TRAINER, "sue": Role.SUPERVISOR}
HOSTILE = "<img src=x onerror=alert(1)> where is my parcel"


def build(folder: Path) -> tuple[FastAPI, Database, TrainingRoom]:
    paths = Paths(folder / "domain.yml", folder / "nlu", folder / "golden.yml", folder / "var")
    for made in (paths.nlu, paths.var):
        made.mkdir(parents=True)
    said = house.examples()
    house.write(paths.nlu, said)
    listed = "".join(f"- {intent}\n" for intent in said)
    paths.domain.write_text(f"intents:\n{listed}", "utf-8")
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    clock = SystemClock()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    tools = Tools(train=(), parse=(), folder=ROOT, environment=environment)
    room = TrainingRoom(database, clock, paths, tools)
    room.suspects = Suspects(database, clock, paths, room.labels, tools, PROGRAM)
    examples = [Example(intent, text) for intent, texts in said.items() for text in texts]
    found = find(examples, KeptVectors(house.WordEncoder(), paths.var))
    write_json(
        paths.var / "suspects" / "found.json", found | {"at": SystemClock().now().isoformat()}
    )
    settings = Settings(var=paths.var)
    app = FastAPI()
    app.state.services = nicegui_app.state.services = SimpleNamespace(
        database=database, clock=clock, settings=settings, limits=Limits.of(clock, settings),
        training=room,
    )  # fmt: skip
    server.pages.install(app)
    opinions_page.register_pages()
    suspects_page.register_pages()
    ui.run_with(
        app, title="Handrail", storage_secret="a secret for tests", show_welcome_message=False
    )
    app.add_middleware(SecurityHeaders)
    return app, database, room


async def fill(room: TrainingRoom, talk: Talk, people: dict[str, Staff]) -> None:
    """Twelve messages read twice, one seen differently, two that wait for Ben."""
    sue, ann, ben = people["sue"], people["ann"], people["ben"]
    rules = Rules(enabled=True, share=1.0, new_intents=False, note="The first week")
    await room.opinions.set_rules(rules, sue)
    intents = list(house.WORDS)
    for number in range(12):
        intent = intents[number % 4]
        turn = await talk.says(f"something about {house.WORDS[intent][number % 6]} and so on")
        await room.labels.label([turn], intent, ann)
        (waiting,) = (await room.opinions.lists(ben)).to_give
        said = intents[1] if number == 4 else intent
        await room.opinions.give(waiting.id, said, ben)
    for text, intent in ((HOSTILE, "delivery"), ("I can not sign in any more", "password")):
        turn = await talk.says(text, "delivery", 0.44, runner_up=("refund", 0.4))
        await room.labels.label([turn], intent, ann)


async def main(folder: Path, port: int) -> None:
    app, database, room = build(folder)
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'page.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    clock = SystemClock()
    people, tokens = {}, {}
    for login, role in PEOPLE.items():
        async with database.write() as db:
            people[login] = await create_staff(
                db, clock, login=login, name=login.title(), password=PASSWORD, roles=[role]
            )
        async with database.write() as db:
            tokens[login] = await sign_in(db, clock, login, PASSWORD, 1)
    await fill(room, Talk(database, clock), people)
    print(json.dumps(tokens), flush=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

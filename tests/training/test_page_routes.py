"""What the review page asks for beside the queue: words, undo of several, the chat around a message."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from conversations.models import Author, Message, Thumb, Turn, Visitor
from server.auth import COOKIE, CSRF_HEADER, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from tests.support import FakeClock, sign_in
from tests.training.talk import Talk
from training.catalogue import samples
from training.opinions.models import CaseState, OpinionCase
from training.opinions.routes import router as opinions
from training.pages import SCREENS, Screen
from training.paths import Paths
from training.room import TrainingRoom
from training.routes import router

PASSWORD = "a long password"


@pytest.fixture
async def trainer(
    database: Database, clock: FakeClock, room: TrainingRoom, paths: Paths
) -> AsyncIterator[httpx.AsyncClient]:
    app, settings = FastAPI(), Settings(var=paths.var)
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        training=room,
    )
    install_error_handlers(app)
    app.include_router(router)
    app.include_router(opinions)
    async with database.write() as db:
        await create_staff(
            db, clock, login="tess", name="Tess", password=PASSWORD, roles=[Role.TRAINER]
        )
    async with database.write() as db:
        token = await sign_in(db, clock, "tess", PASSWORD, 1)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test/api/training",
        cookies={COOKIE: token},
        headers={CSRF_HEADER: "1"},
    ) as client:
        yield client


async def test_the_page_learns_the_words_the_intents_and_what_was_done_today(
    trainer: httpx.AsyncClient, talk: Talk, clock: FakeClock
) -> None:
    first = await talk.says("where has it gone")
    second = await talk.says("bananas are yellow")
    await trainer.post("/labels", json={"turn_ids": [str(first)], "intent": "order_status"})
    await trainer.post("/ignore", json={"turn_ids": [str(second)]})

    async def page(since: timedelta) -> dict[str, object]:
        moment = (clock.now() + since).isoformat()
        answer = await trainer.get("/page", params={"since": moment})
        found: dict[str, object] = answer.raise_for_status().json()
        return found

    now = await page(-timedelta(hours=1))
    assert now["today"] == 1
    assert (await page(timedelta(hours=1)))["today"] == 0
    intents = {one["name"]: one for one in now["intents"]}  # type: ignore[attr-defined]
    assert intents["order_status"] == {
        "name": "order_status",
        "words": "order status",
        "examples": 3,
        "samples": ["where is my order", "track FW-204411", "where has it gone"],
    }
    assert "nlu_fallback" not in intents
    assert (await trainer.get("/page", params={"since": "2026-03-02"})).status_code == 422


async def test_several_labels_are_taken_back_at_once_and_none_is_no_error(
    trainer: httpx.AsyncClient, talk: Talk, room: TrainingRoom
) -> None:
    turns = [str(await talk.says(f"where is number {word}")) for word in ("one", "two", "three")]
    labelled = await trainer.post("/labels", json={"turn_ids": turns, "intent": "order_status"})
    assert len(labelled.json()["done"]) == 3
    body = {"turn_ids": [*turns[:2], str(uuid.uuid4())]}
    assert (await trainer.post("/undo", json=body)).status_code == 204
    texts = [example.text for example in room.labels.folder.examples()]
    assert "where is number three" in texts
    assert "where is number one" not in texts
    assert (await trainer.post("/undo", json=body)).status_code == 204


async def test_undo_withdraws_what_waits_for_a_colleague(
    trainer: httpx.AsyncClient, talk: Talk, database: Database
) -> None:
    turn = str(await talk.says("where has it gone"))
    asked = await trainer.post("/opinions", json={"turn_id": turn, "intent": "order_status"})
    assert asked.status_code == 201
    assert (await trainer.post("/undo", json={"turn_ids": [turn]})).status_code == 204
    async with database.read() as db:
        assert await db.scalar(select(OpinionCase.state)) is CaseState.WITHDRAWN


async def test_the_conversation_is_shown_masked_in_order_with_the_message_marked(
    trainer: httpx.AsyncClient, talk: Talk, database: Database, clock: FakeClock
) -> None:
    person = {"entity": "PERSON", "value": "Sofie Maes", "masked": True}
    await talk.says("Sofie Maes here, mail me at sofie@example.org", entities=[person])
    turn_id = await talk.says("it is still not here")
    async with database.write() as db:
        turn = await db.get_one(Turn, turn_id)
        await db.execute(update(Visitor).values(name="Fien"))
        db.add(
            Message(
                conversation_id=turn.conversation_id,
                seq=3,
                episode=1,
                author=Author.AGENT,
                agent_name="Ada",
                text="Hello Sofie, or Fien? Ada speaking",
                payload={},
                created_at=clock.now(),
            )
        )
        db.add(
            Thumb(
                conversation_id=turn.conversation_id, seq=3, episode=1, article_id="a", up=False,
                at=clock.now(), comment="Sofie can't find it",
            )
        )  # fmt: skip
    lines = (await trainer.get(f"/conversations/{turn_id}")).raise_for_status().json()["lines"]
    assert [(line["author"], line["here"]) for line in lines] == [
        ("customer", False), ("customer", True), ("agent", False),
    ]  # fmt: skip
    shown = " ".join(line["text"] for line in lines)
    assert "it is still not here" in shown
    assert [line["helped"] for line in lines] == [None, None, False]
    assert "can't find it" in lines[2]["comment"]
    for secret in ("Sofie", "Maes", "Fien", "Ada", "sofie@"):
        assert secret not in shown + lines[2]["comment"]
    assert (await trainer.get(f"/conversations/{uuid.uuid4()}")).status_code == 404


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.title)
def test_every_link_of_the_room_leads_to_a_page_that_registers_itself(screen: Screen) -> None:
    module = import_module(screen.module)
    assert callable(module.register_pages)
    assert screen.path == module.PATH


def test_samples_lie_apart_and_prefer_short_sentences() -> None:
    assert samples([]) == ()
    assert samples(["a", "b", "c", "d", "e"]) == ("a", "c", "e")
    assert samples(["x" * 70, "short"]) == ("short",)
    assert samples(["x" * 70]) == ("x" * 60,)

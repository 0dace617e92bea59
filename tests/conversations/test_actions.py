"""Where Rasa calls: every run is written down, whatever the action does."""

from __future__ import annotations

import asyncio
import json
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection
from sqlalchemy import select

from conversations import speaking
from conversations.action_endpoint import ActionRunner
from conversations.models import Turn, TurnStep
from conversations.turn_guard import TurnGuard
from tests.conversations.conftest import Room
from tests.conversations.fakes import Gate

RECORDS: ContextVar[dict[str, Any]] = ContextVar("records")


@contextmanager
def recording() -> Iterator[dict[str, Any]]:
    records: dict[str, Any] = {}
    token = RECORDS.set(records)
    try:
        yield records
    finally:
        RECORDS.reset(token)


class Demo(Action):  # type: ignore[misc]
    """Does what the order in the tracker's slot says."""

    def name(self) -> str:
        return "action_demo"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        order = tracker.get_slot("order")
        RECORDS.get()["decision"] = {"kind": order, "article": uuid.UUID(int=7)}
        if order == "reject":
            raise ActionExecutionRejection("action_demo", "not mine")
        if order == "raise":
            raise ValueError("a secret detail")
        if order == "hang":
            await asyncio.sleep(60)
        dispatcher.utter_message(text="done", json_message={"kind": "answer"})
        return [{"event": "slot", "name": "stage", "value": "confirm"}]


@pytest.fixture
async def turn(room: Room) -> Turn:
    """A turn that the bot is thinking about."""
    gate = Gate()
    room.bot.before = gate
    room.actions = ActionRunner(room.database, [Demo()], recording, timeout=0.1)
    chat, _ = await room.visitor()
    await room.say(chat, "hello")
    room.turns.wake(chat)
    await gate.reached.wait()
    async with room.database.read() as db:
        return (await db.scalars(select(Turn))).one()


def call(turn_id: object, order: str, action: str = "action_demo") -> dict[str, Any]:
    metadata = {"turn_id": str(turn_id), "epoch": 0}
    return {
        "next_action": action,
        "sender_id": "c:1",
        "tracker": {
            "sender_id": "c:1",
            "slots": {"order": order},
            "latest_message": {"text": "hello", "metadata": metadata},
            "events": [],
        },
        "domain": {},
        "version": "3.6.21",
    }


async def post(room: Room, http: httpx.AsyncClient, body: object) -> httpx.Response:
    secret = room.settings.channel_secret.get_secret_value()
    return await http.post(
        "/internal/actions/webhook", json=body, headers={"X-Handrail-Secret": secret}
    )


async def steps(room: Room) -> list[TurnStep]:
    async with room.database.read() as db:
        return list(await db.scalars(select(TurnStep)))


async def test_an_action_runs_and_is_recorded(
    room: Room, http: httpx.AsyncClient, turn: Turn
) -> None:
    answer = await post(room, http, call(turn.id, "answer"))
    assert answer.status_code == 200
    assert answer.json()["events"] == [{"event": "slot", "name": "stage", "value": "confirm"}]
    (response,) = answer.json()["responses"]
    assert (response["text"], response["custom"]) == ("done", {"kind": "answer"})
    (step,) = await steps(room)
    assert (step.turn_id, step.action, step.failed) == (turn.id, "action_demo", None)
    assert step.records == {"decision": {"kind": "answer", "article": str(uuid.UUID(int=7))}}
    assert step.milliseconds > 0


@pytest.mark.parametrize(
    ("order", "action", "status", "failed"),
    [
        ("reject", "action_demo", 400, None),
        ("raise", "action_demo", 500, "ValueError"),
        ("hang", "action_demo", 500, "TimeoutError"),
        ("answer", "action_unknown", 404, "ActionNotFoundException"),
    ],
)
async def test_what_goes_wrong_is_answered_in_rasa_sdks_form_and_recorded(
    room: Room, http: httpx.AsyncClient, turn: Turn,
    order: str, action: str, status: int, failed: str | None,
) -> None:  # fmt: skip
    answer = await post(room, http, call(turn.id, order, action))
    assert answer.status_code == status
    assert answer.json()["action_name"] == action
    assert "secret detail" not in answer.text
    (step,) = await steps(room)
    assert (step.action, step.failed) == (action, failed)


async def test_rasa_may_send_its_call_deflated(
    room: Room, http: httpx.AsyncClient, turn: Turn
) -> None:
    headers = {
        "X-Handrail-Secret": room.settings.channel_secret.get_secret_value(),
        "Content-Encoding": "deflate",
    }
    for content, status in (
        (zlib.compress(json.dumps(call(turn.id, "answer")).encode()), 200),
        (zlib.compress(b" " * 5_000_000), 422),
        (b"no zlib", 422),
    ):
        answer = await http.post("/internal/actions/webhook", content=content, headers=headers)
        assert answer.status_code == status


async def test_a_call_without_a_known_turn_is_refused(
    room: Room, http: httpx.AsyncClient, turn: Turn
) -> None:
    bodies: list[object] = [
        call(uuid.uuid4(), "answer"),
        call("x", "answer"),
        {},
        [],
        {"tracker": 5},
    ]
    for body in bodies:
        assert (await post(room, http, body)).status_code == 422
    assert await steps(room) == []


async def test_only_our_own_rasa_may_call(room: Room, http: httpx.AsyncClient, turn: Turn) -> None:
    for secret in (None, b"", b"wrong", b"\xff"):
        headers = [] if secret is None else [(b"X-Handrail-Secret", secret)]
        answer = await http.post(
            "/internal/actions/webhook", json=call(turn.id, "answer"), headers=headers
        )
        assert answer.status_code == 403
    assert await steps(room) == []


async def test_the_guard_knows_whether_a_turn_still_counts(room: Room, turn: Turn) -> None:
    guard = TurnGuard(room.database)
    assert await guard.still_owned(turn.id, 0)
    assert await guard.still_owned(str(turn.id), 0)
    assert not await guard.still_owned(turn.id, 1)
    assert not await guard.still_owned(uuid.uuid4(), 0)
    assert not await guard.still_owned("nonsense", 0)
    async with room.database.write() as db:
        await speaking.request_person(db, room.clock, room.desk, turn.conversation_id)
    assert not await guard.still_owned(turn.id, 0)

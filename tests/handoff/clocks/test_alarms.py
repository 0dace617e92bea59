"""An alarm reaches everybody, jumps the queue, and stays raised until somebody owns it."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI

from conversations.desk import Reason
from conversations.events import QUEUE
from conversations.models import Owner
from handoff import queue
from handoff.clocks import alarms, raising, routes
from handoff.events import AlarmOwned, AlarmRaised
from handoff.models import Priority
from server.auth import Role, Staff
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.clocks.conftest import Scene
from tests.handoff.conftest import Api, Hire


async def test_a_moment_of_truth_raises_it_with_the_request_and_claiming_owns_it(
    scene: Scene, database: Database, ada: Staff
) -> None:
    async with database.write() as db:
        chat = await Chat.begin(db, scene.clock)
        await chat.says("there is smoke coming out of it")
        await chat.needs_person(scene.desk)
    case = await scene.case(chat)
    assert alarms.is_raised(case)
    assert (case.alarm_by, case.alarm_why) == (None, case.priority_reason)
    await scene.sweep(3600)
    assert alarms.is_raised(await scene.case(chat)), "time does not end an alarm"
    await scene.presence.enter(ada.id)
    await scene.claims(chat, ada)
    assert (await scene.case(chat)).alarm_owned_at == scene.clock.now()
    assert await scene.lines(chat, "alarm_raised", "alarm_owned") == ["alarm_raised", "alarm_owned"]


async def test_a_customer_who_writes_of_danger_while_waiting_raises_it_by_the_rules(
    scene: Scene, ada: Staff
) -> None:
    calm, chat = await scene.asks(), await scene.asks()
    scene.clock.advance(5)
    await scene.says(calm, "it is the blue one")
    await scene.says(chat, "now there is smoke coming out of it")
    await scene.sweep(5)
    await scene.sweep(5)
    case = await scene.case(chat)
    assert (alarms.is_raised(case), case.priority) == (True, Priority.URGENT)
    assert (case.due_at - case.requested_at).total_seconds() == 15
    assert await scene.lines(chat, "prioritised", "alarm_raised") == ["prioritised", "alarm_raised"]
    assert (await scene.case(calm)).alarm_at is None
    await scene.presence.enter(ada.id)
    await scene.claims(chat, ada)
    await scene.sweep(5)
    assert not alarms.is_raised(await scene.case(chat)), "owned, it is not raised again"


async def test_an_agent_raises_it_on_a_waiting_chat_which_goes_to_the_head_of_the_queue(
    scene: Scene, database: Database, bus: LocalBus, ada: Staff
) -> None:
    for _ in range(2):
        await scene.asks()
        scene.clock.advance(1)
    chat = await scene.asks()
    case = await scene.case(chat)
    async with bus.subscribe(QUEUE) as events:
        async with database.write() as db:
            await raising.raise_on(db, scene.desk, chat.id, ada, " somebody is hurt ")
        raised = AlarmRaised(conversation_id=chat.id, handoff_id=case.id)
        assert await asyncio.wait_for(events.next(), 1) == raised
    async with database.read() as db:
        waiting = await queue.waiting(db, scene.desk, ada)
    assert waiting[0].conversation == chat.id
    case = await scene.case(chat)
    assert (case.alarm_by, case.alarm_why, case.priority) == (
        ada.id, "somebody is hurt", Priority.URGENT,
    )  # fmt: skip
    assert (case.due_at - case.requested_at).total_seconds() == 15


async def test_raised_twice_it_is_one_alarm_with_both_reasons_and_may_be_raised_anew_once_owned(
    scene: Scene, database: Database, ada: Staff, bob: Staff
) -> None:
    chat = await scene.asks()
    for why in ("fire", "legal steps", "fire"):
        async with database.write() as db:
            await raising.raise_on(db, scene.desk, chat.id, bob, why)
    assert (await scene.case(chat)).alarm_why == "fire; legal steps"
    async with database.write() as db:
        await raising.take_on(db, scene.desk, chat.id, ada)
    async with database.write() as db:
        with pytest.raises(raising.NoAlarm):
            await raising.take_on(db, scene.desk, chat.id, bob)
    assert (await scene.conversation(chat)).owner is Owner.QUEUED, (
        "the alarm's owner has not the chat"
    )
    async with database.write() as db:
        await raising.raise_on(db, scene.desk, chat.id, ada, "worse now")
    case = await scene.case(chat)
    assert (alarms.is_raised(case), case.alarm_why) == (True, "worse now")
    assert len(await scene.lines(chat, "alarm_raised")) == 2


async def test_one_raised_on_the_assistants_chat_brings_the_customer_to_the_people(
    scene: Scene, database: Database, hire: Hire
) -> None:
    lea = await hire("lea", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await Chat.begin(db, scene.clock)
        await chat.says("it sparks when I plug it in", "product_question")
    async with database.write() as db:
        await raising.raise_on(db, scene.desk, chat.id, lea, "sparks")
    case = await scene.case(chat)
    assert (await scene.conversation(chat)).owner is Owner.QUEUED
    assert (case.reason, alarms.is_raised(case)) == (Reason.MOMENT_OF_TRUTH, True)
    assert "sparks" in case.alarm_why


async def test_two_who_take_it_on_at_once_one_of_them_owns_it(
    any_database: Database, scene: Scene, bus: LocalBus, ada: Staff, hire: Hire
) -> None:
    scene.database = any_database
    chat = await scene.asks()
    async with any_database.write() as db:
        await raising.raise_on(db, scene.desk, chat.id, ada, "fire")

    async def own() -> bool:
        try:
            async with any_database.write() as db:
                await raising.take_on(db, scene.desk, chat.id, ada)
        except raising.NoAlarm:
            return False
        return True

    async with bus.subscribe(QUEUE) as events:
        assert sum(await asyncio.gather(*(own() for _ in range(6)))) == 1
        case = await scene.case(chat)
        assert await events.next() == AlarmOwned(conversation_id=chat.id, handoff_id=case.id)
    assert await scene.lines(chat, "alarm_owned") == ["alarm_owned"]


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    app.include_router(routes.router)
    return app


async def test_over_rest_it_is_raised_and_owned_and_says_what_is_wrong(
    scene: Scene, api: Api, ada: Staff
) -> None:
    chat = await scene.asks()
    agent = await api.as_staff(ada)
    path = f"/api/conversations/{chat.id}/alarm"
    assert (await agent.post(f"{path}/own")).json()["error"]["code"] == "no_alarm"
    assert (await agent.post(path, json={"why": " \n "})).status_code == 422
    assert (await agent.post(path, json={"why": "x" * 301})).status_code == 422
    raised = (await agent.post(path, json={"why": "fire"})).json()
    assert (raised["alarm_why"], raised["alarm_by"]) == ("fire", str(ada.id))
    assert raised["alarm_owned_at"] is None
    assert (await agent.post(f"{path}/own")).json()["alarm_owned_at"] is not None
    async with scene.database.write() as db:
        await queue.claim(db, scene.desk, chat.id, ada)
    await agent.post(f"/api/conversations/{chat.id}/close")
    refused = await agent.post(path, json={"why": "too late"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_with_people")
    unknown = await agent.post(f"/api/conversations/{ada.id}/alarm", json={"why": "fire"})
    assert unknown.status_code == 404


async def test_a_supervisor_reads_and_changes_the_promises_and_the_change_is_kept(
    api: Api, hire: Hire, ada: Staff
) -> None:
    lea = await api.as_staff(await hire("lea", Role.SUPERVISOR))
    book = (await lea.get("/api/desk/clocks")).json()
    assert (book["promises"]["first"]["urgent"], book["changes"]) == (15, [])
    book["promises"]["first"]["urgent"] = 10
    body = {"promises": book["promises"], "note": "faster when it burns"}
    assert (await lea.put("/api/desk/clocks", json=body)).status_code == 200
    again = (await lea.get("/api/desk/clocks")).json()
    assert again["promises"]["first"]["urgent"] == 10
    assert [(one["by"], one["note"]) for one in again["changes"]] == [
        ("lea", "faster when it burns")
    ]
    del body["promises"]["next"]
    assert (await lea.put("/api/desk/clocks", json=body)).status_code == 422
    assert (await (await api.as_staff(ada)).get("/api/desk/clocks")).status_code == 403

"""Saved views, mentions, topic and tags."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from conversations.events import Mentioned, person_topic
from handoff.desk import HandoffDesk
from handoff.library.mentions import named
from server.auth import Role, Staff
from server.database import Database
from server.events import LocalBus
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock


@pytest.fixture
async def chat(database: Database, clock: FakeClock, desk: HandoffDesk) -> uuid.UUID:
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("Where is my parcel?")
        await chat.needs_person(desk)
        return chat.id


async def test_views_are_ones_own_unless_a_supervisor_shares_them(api: Api, hire: Hire) -> None:
    ada = await api.as_staff(await hire("ada"))
    bob = await api.as_staff(await hire("bob"))
    chief = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    late = {"name": "Late ones", "filters": {"overdue": True, "priority": ["urgent"]}}
    mine = (await ada.post("/api/desk/views", json=late)).json()
    assert mine["filters"] == late["filters"]
    assert (await ada.post("/api/desk/views", json=late)).json()["error"]["code"] == "name_taken"
    shared = {"name": "VIP", "filters": {"tag": " Gold  Customer"}, "shared": True}
    assert (await ada.post("/api/desk/views", json=shared)).status_code == 403
    given = (await chief.post("/api/desk/views", json=shared)).json()
    assert given["filters"] == {"tag": "gold customer"}
    seen = [(one["name"], one["mine"]) for one in (await ada.get("/api/desk/views")).json()]
    assert seen == [("VIP", False), ("Late ones", True)]
    assert [one["name"] for one in (await bob.get("/api/desk/views")).json()] == ["VIP"]
    assert (await bob.delete(f"/api/desk/views/{mine['id']}")).status_code == 404
    assert (await ada.delete(f"/api/desk/views/{given['id']}")).status_code == 404
    assert (await ada.delete(f"/api/desk/views/{mine['id']}")).status_code == 204
    assert (await chief.delete(f"/api/desk/views/{given['id']}")).status_code == 204
    for filters in ({}, {"state": "lost"}, {"colour": "red"}, {"text": "x" * 101}):
        answer = await ada.post("/api/desk/views", json={"name": "No", "filters": filters})
        assert answer.status_code == 422, filters


async def test_a_colleague_named_in_a_note_is_told_and_finds_it(
    api: Api, hire: Hire, chat: uuid.UUID, bus: LocalBus
) -> None:
    ada, bob = await hire("ada"), await hire("bob")
    hers, his = await api.as_staff(ada), await api.as_staff(bob)
    async with bus.subscribe(person_topic(bob.id)) as told:
        text = "@bob please call @nobody, mail bob@ada.example, and @ada is me"
        note = (await hers.post(f"/api/conversations/{chat}/note", json={"text": text})).json()
        event = await asyncio.wait_for(told.next(), 1)
    assert isinstance(event, Mentioned)
    assert (event.conversation_id, str(event.note_id)) == (chat, note["id"])
    assert (await hers.get("/api/desk/mentions")).json() == {"unread": 0, "mentions": []}
    waiting = (await his.get("/api/desk/mentions")).json()
    [one] = waiting["mentions"]
    assert (waiting["unread"], one["by"], one["text"], one["read_at"]) == (1, "Ada", text, None)
    assert (await hers.post(f"/api/desk/mentions/{note['id']}/read")).status_code == 404
    assert (await his.post(f"/api/desk/mentions/{note['id']}/read")).status_code == 204
    await hers.post(f"/api/conversations/{chat}/note", json={"text": "@Bob once more"})
    texts = [one["text"] for one in (await his.get("/api/desk/mentions")).json()["mentions"]]
    assert texts == ["@Bob once more", text]  # unread first
    assert (await his.post("/api/desk/mentions/read")).status_code == 204
    assert (await his.get("/api/desk/mentions")).json()["unread"] == 0


def test_only_names_that_fit_one_person_mention_them() -> None:
    people = [
        Staff(id=uuid.uuid4(), login=login, name=name)
        for login, name in (("ada", "Ada Lovelace"), ("a.king", "Ada King"), ("bo", "Bob Ross"))
    ]
    ada, king, bob = people
    assert named("@ada and @Ada King, @bob.", people) == [ada, king, bob]
    assert named("@Ada Lovelace! (@a.king)", people) == [ada, king]
    assert named("@bobby @adam @ ada x@bob bob @@bo", people) == []


async def test_topic_and_tags_are_set_by_hand_and_clean(
    api: Api, hire: Hire, chat: uuid.UUID
) -> None:
    ada = await api.as_staff(await hire("ada"))
    path = f"/api/conversations/{chat}"
    body = {"tags": [" Gold   customer", "GOLD customer", "lost"]}
    labels = (await ada.put(f"{path}/tags", json=body)).json()
    assert labels == {"topic": None, "tags": ["gold customer", "lost"]}
    assert (await ada.put(f"{path}/topic", json={"topic": "parcel_lost"})).json()["topic"] == (
        "parcel_lost"
    )
    [entry] = (await ada.get("/api/queue")).json()["waiting"]
    assert (entry["topic"], entry["tags"]) == ("parcel_lost", ["gold customer", "lost"])
    assert (await ada.put(f"{path}/topic", json={"topic": None})).json()["topic"] is None
    for wrong in ({"tags": ["x"] * 13}, {"tags": ["x" * 41]}, {"tags": [" "]}, {}):
        assert (await ada.put(f"{path}/tags", json=wrong)).status_code == 422, wrong
    unknown = await ada.put(f"/api/conversations/{uuid.uuid4()}/tags", json={"tags": []})
    assert unknown.status_code == 404

"""Macros: several actions in one, all of them or none, and once however often they are sent."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from conversations.models import Author, Conversation, Message, Owner
from handoff import queue
from handoff.clocks.alarms import is_raised
from handoff.desk import HandoffDesk
from handoff.library import macros
from handoff.models import Handoff, HandoffEvent, Note
from server.auth import Staff
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

EVERYTHING: list[dict[str, Any]] = [
    {"do": "reply", "text": "Hello{to_name}, I am on it."},
    {"do": "note", "text": "For {order_number}: ask the courier"},
    {"do": "tag", "tags": ["Gold  Customer", "lost"]},
    {"do": "topic", "topic": "parcel_lost"},
    {"do": "priority", "priority": "high", "why": "lost twice"},
    {"do": "alarm", "why": "lost twice"},
    {"do": "close", "outcome": "follow_up"},
]


class Room:
    """One agent who has one chat."""

    def __init__(self, http: httpx.AsyncClient, agent: Staff, chat: uuid.UUID, database: Database):
        self.http = http
        self.agent = agent
        self.chat = chat
        self.database = database

    async def macro(self, *steps: dict[str, Any], title: str = "Macro") -> str:
        made = await self.http.post("/api/desk/macros", json={"title": title, "steps": list(steps)})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def run(self, macro: str, run: str = "run-00001", **body: Any) -> httpx.Response:
        path = f"/api/conversations/{self.chat}/macros/{macro}"
        return await self.http.post(path, json={"run": run, **body})

    async def plan(self, macro: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/api/conversations/{self.chat}/macros/{macro}")
        assert answer.status_code == 200, answer.text
        steps: list[dict[str, Any]] = answer.json()["steps"]
        return steps

    async def said(self) -> list[str]:
        async with self.database.read() as db:
            found = await db.scalars(
                select(Message.text)
                .where(Message.conversation_id == self.chat, Message.author == Author.AGENT)
                .order_by(Message.seq)
            )
            return list(found)

    async def case(self) -> Handoff:
        async with self.database.read() as db:
            return (await db.scalars(select(Handoff))).one()

    async def owner(self) -> Owner:
        async with self.database.read() as db:
            return (await db.get_one(Conversation, self.chat)).owner

    async def journal(self) -> list[str]:
        async with self.database.read() as db:
            return list(await db.scalars(select(HandoffEvent.what).order_by(HandoffEvent.id)))


@pytest.fixture
async def room(
    api: Api, hire: Hire, database: Database, clock: FakeClock, desk: HandoffDesk
) -> Room:
    ada = await hire("ada")
    http = await api.as_staff(ada)
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Ann Peeters")
        turn = await chat.says("Where is 4411?", entities={"order_number": "4411"})
        await chat.needs_person(desk, turn=turn)
        await queue.claim(db, desk, chat.id, ada)
    return Room(http, ada, chat.id, database)


async def test_all_steps_are_done_in_their_order_and_written_down(room: Room) -> None:
    macro = await room.macro(*EVERYTHING)
    planned = await room.plan(macro)
    assert [step["text"] for step in planned[:3]] == [
        "Hello Ann, I am on it.",
        "For 4411: ask the courier",
        None,
    ]
    assert [step["refused"] for step in planned] == [None] * 7
    answer = await room.run(macro)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"]["owner"] == "closed"
    assert answer.json()["steps"][-1] == "Close: follow up"
    assert await room.said() == ["Hello Ann, I am on it."]
    case = await room.case()
    assert (case.tags, case.topic, case.outcome) == (
        ["gold customer", "lost"],
        "parcel_lost",
        "follow_up",
    )
    assert is_raised(case)
    async with room.database.read() as db:
        note = (await db.scalars(select(Note))).one()
    assert note.text == "For 4411: ask the courier"
    lines = await room.journal()
    assert lines[-6:] == [
        "tagged",
        "topic_set",
        "priority_set",
        "alarm_raised",
        "closed",
        "macro",
    ]


async def test_a_macro_that_was_changed_after_its_preview_is_shown_again(room: Room) -> None:
    macro = await room.macro({"do": "tag", "tags": ["lost"]}, title="Lost")
    path = f"/api/conversations/{room.chat}/macros/{macro}"
    seen = (await room.http.get(path)).json()["version"]
    close = [{"do": "tag", "tags": ["lost"]}, {"do": "close", "outcome": "solved"}]
    changed = await room.http.put(
        f"/api/desk/macros/{macro}", json={"title": "Lost", "steps": close}
    )
    assert changed.status_code == 200
    refused = await room.run(macro, version=seen)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "macro_changed")
    assert (await room.owner(), (await room.case()).tags) == (Owner.AGENT, [])
    now = (await room.http.get(path)).json()["version"]
    assert now != seen
    assert (await room.run(macro, version=now)).status_code == 200
    # What was done is done: a retry of it hears so, whatever became of the macro since.
    await room.http.put(f"/api/desk/macros/{macro}", json={"title": "Lost", "steps": close[:1]})
    assert (await room.run(macro, version=now)).json()["repeated"] is True


async def test_the_same_run_again_does_nothing_twice(room: Room) -> None:
    macro = await room.macro(*EVERYTHING)
    first = await room.run(macro)
    again = await room.run(macro)
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert again.status_code == 200
    assert await room.said() == ["Hello Ann, I am on it."]
    assert (await room.journal()).count("macro") == 1
    other = await room.run(macro, run="run-00002")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "no_open_case")


async def test_a_step_that_is_refused_takes_everything_back_and_is_named(
    room: Room, hire: Hire
) -> None:
    bob = await hire("bob")  # is not at his desk
    before = await room.journal()
    macro = await room.macro(*EVERYTHING[:-1], {"do": "transfer", "to": str(bob.id)})
    answer = await room.run(macro)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "macro_refused")
    assert error["details"] == {"step": 7, "do": "transfer", "code": "invalid"}
    assert "Step 7, “Transfer to Bob”: Bob is not here now." in error["message"]
    assert await room.said() == []
    case = await room.case()
    assert (case.tags, case.topic, case.closed_at) == ([], None, None)
    assert await room.journal() == before
    assert await room.owner() is Owner.AGENT
    assert (await room.run(macro)).json()["error"]["code"] == "macro_refused"  # not "repeated"


async def test_who_does_not_have_the_chat_is_told_before_and_refused(
    room: Room, api: Api, hire: Hire
) -> None:
    macro = await room.macro(*EVERYTHING)
    bob = await hire("bob")
    theirs = Room(await api.as_staff(bob), bob, room.chat, room.database)
    planned = await theirs.plan(macro)
    assert planned[0]["refused"] and planned[6]["refused"]
    assert not any(step["refused"] for step in planned[1:6])
    answer = await theirs.run(macro)
    assert answer.json()["error"]["details"] == {"step": 1, "do": "reply", "code": "not_owner"}


async def test_a_blank_that_nobody_can_fill_needs_the_agents_own_words(room: Room) -> None:
    macro = await room.macro({"do": "reply", "text": "You wait {wait}."})
    [step] = await room.plan(macro)
    assert (step["text"], step["missing"]) == ("You wait [wait].", ["wait"])
    refused = await room.run(macro)
    assert refused.json()["error"]["details"]["code"] == "missing_details"
    done = await room.run(macro, texts={"0": "You wait 3 minutes."})
    assert done.status_code == 200
    assert await room.said() == ["You wait 3 minutes."]


async def test_a_canned_reply_is_sent_as_it_is_now_and_counted(room: Room) -> None:
    body = {"title": "Hello", "text": "Old"}
    reply = (await room.http.post("/api/desk/replies", json=body)).json()["id"]
    macro = await room.macro({"do": "reply", "reply_id": reply})
    await room.http.put(f"/api/desk/replies/{reply}", json={**body, "text": "New{to_name}"})
    assert (await room.run(macro)).json()["steps"] == ["Reply: Hello"]
    assert await room.said() == ["New Ann"]
    assert (await room.http.get("/api/desk/replies")).json()[0]["uses"] == 1
    await room.http.post(f"/api/desk/replies/{reply}/archive")
    [step] = await room.plan(macro)
    assert step["refused"] == "What this step names is not there any more."
    gone = await room.run(macro, run="run-00002")
    assert gone.json()["error"]["details"]["code"] == "not_found"


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"do": "close", "outcome": "solved"}, {"do": "note", "text": "late"}],
        [{"do": "reply"}],
        [{"do": "reply", "text": "a", "reply_id": str(uuid.uuid4())}],
        [{"do": "transfer"}],
        [{"do": "priority", "priority": "huge", "why": "x"}],
        [{"do": "launch", "text": "x"}],
        [{"do": "note", "text": "   "}],
        [{"do": "tag", "tags": []}],
        [{"do": "note", "text": "x"}] * 13,
    ],
)
async def test_steps_are_validated_as_data(room: Room, steps: list[dict[str, Any]]) -> None:
    answer = await room.http.post("/api/desk/macros", json={"title": "x", "steps": steps})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_macros_are_kept_changed_and_archived(room: Room, api: Api, hire: Hire) -> None:
    steps = [{"do": "note", "text": "Hi {agent}"}]
    macro = await room.macro(*steps)
    bob = await api.as_staff(await hire("bob"))
    taken = await bob.post("/api/desk/macros", json={"title": "Macro", "steps": steps})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "title_taken")
    unknown = await bob.post(
        "/api/desk/macros", json={"title": "B", "steps": [{"do": "note", "text": "{boss}"}]}
    )
    assert unknown.json()["error"]["code"] == "unknown_variable"
    path = f"/api/desk/macros/{macro}"
    body = {"title": "Renamed", "steps": steps}
    assert (await bob.put(path, json=body)).status_code == 403
    assert (await room.http.put(path, json=body)).json()["title"] == "Renamed"
    assert (await room.http.post(f"{path}/archive")).json()["archived"] is True
    assert (await room.http.get("/api/desk/macros")).json() == []
    assert (await room.run(macro)).status_code == 404
    assert (await room.http.post(f"{path}/restore")).json()["archived"] is False


async def test_shipped_macros_are_there_once_and_can_run(
    room: Room, database: Database, clock: FakeClock
) -> None:
    for _ in range(2):
        async with database.write() as db:
            await macros.seed(db, clock)
    kept = (await room.http.get("/api/desk/macros")).json()
    assert {one["title"] for one in kept} == {one.title for one in macros.shipped()}
    for one in kept:
        assert len(one["words"]) == len(one["steps"])
        planned = await room.plan(one["id"])
        assert not any(step["refused"] or step["missing"] for step in planned)

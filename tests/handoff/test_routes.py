from __future__ import annotations

import asyncio
import uuid

import pytest

from conversations.models import Conversation
from conversations.presence import Presence
from handoff.desk import HandoffDesk
from server.auth import Role
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, FakeKnowledge, Hire
from tests.support import FakeClock

AGENTS = 64


@pytest.fixture
async def waiting(database: Database, clock: FakeClock, desk: HandoffDesk) -> Chat:
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Marta")
        await chat.says("where is my parcel", "order_status")
        await chat.needs_person(desk)
    return chat


async def test_one_of_many_agents_gets_the_chat_and_all_others_hear_why(
    api: Api, hire: Hire, waiting: Chat, database: Database
) -> None:
    ada, bob = [await api.as_staff(await hire(login)) for login in ("ada", "bob")]
    path = f"/api/conversations/{waiting.id}/claim"
    answers = await asyncio.gather(
        *[(ada if number % 2 else bob).post(path) for number in range(AGENTS)]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * (AGENTS - 1)
    codes = {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"already_claimed"}
    async with database.read() as db:
        conversation = await db.get_one(Conversation, waiting.id)
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert (conversation.owner, conversation.epoch) == ("agent", 2)
    assert winner["owner"] == "agent"


async def test_a_whole_chat_over_rest(
    api: Api, hire: Hire, waiting: Chat, clock: FakeClock, knowledge: FakeKnowledge
) -> None:
    knowledge.holds("Track my parcel")
    ada = await api.as_staff(await hire("ada"))
    base = f"/api/conversations/{waiting.id}"
    clock.advance(12)
    queue = (await ada.get("/api/queue")).json()
    (line,) = queue["waiting"]
    assert (line["customer"], line["first_ask"], line["reason_words"]) == (
        "Marta",
        "where is my parcel",
        "Asked for a person",
    )
    state = (await ada.post(f"{base}/claim")).json()
    assert (state["owner"], state["agent"]) == ("agent", "Ada")
    card = (await ada.get(f"{base}/card")).json()
    assert card["evidence"]["summary"]["first_ask"] == "where is my parcel"
    assert card["suggested_articles"][0]["url"] == "/help/track-my-parcel"
    assert "said" not in card["evidence"]
    body = {"client_id": "client-0001", "text": "Hello Marta"}
    seqs = [(await ada.post(f"{base}/messages", json=body)).json()["seq"] for _ in range(2)]
    assert seqs[0] == seqs[1], "a retry is the same message"
    log = (await ada.get(f"{base}/messages", params={"after": seqs[0] - 1})).json()
    assert [m["text"] for m in log["messages"]] == ["Hello Marta"]
    assert [e["conversation"] for e in (await ada.get("/api/queue")).json()["mine"]] == [
        str(waiting.id)
    ]
    closed = await ada.post(f"{base}/close", json={"outcome": "solved"})
    assert (closed.status_code, closed.json()["owner"]) == (200, "closed")
    again = await ada.post(f"{base}/close", json={"outcome": "solved"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_owner")


@pytest.mark.parametrize("act", ["release", "close", "hand-back"])
async def test_only_the_owner_may_act(api: Api, hire: Hire, waiting: Chat, act: str) -> None:
    ada, bob = [await api.as_staff(await hire(login)) for login in ("ada", "bob")]
    base = f"/api/conversations/{waiting.id}"
    await ada.post(f"{base}/claim")
    refused = await bob.post(f"{base}/{act}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    said = await bob.post(f"{base}/messages", json={"client_id": "client-0002", "text": "hi"})
    assert said.json()["error"]["code"] == "not_owner"
    assert (await ada.post(f"{base}/{act}")).status_code == 200


async def test_a_note_never_becomes_a_message(api: Api, hire: Hire, waiting: Chat) -> None:
    ada = await api.as_staff(await hire("ada"))
    base = f"/api/conversations/{waiting.id}"
    before = (await ada.get(f"{base}/messages")).json()
    answer = await ada.post(f"{base}/note", json={"text": "is probably lost <b>again</b>"})
    assert answer.status_code == 201
    after = (await ada.get(f"{base}/messages")).json()
    assert after["messages"] == before["messages"]
    assert after["last_seq"] == before["last_seq"]
    notes = (await ada.get(f"{base}/card")).json()["notes"]
    assert [(note["staff_name"], note["text"]) for note in notes] == [
        ("Ada", "is probably lost <b>again</b>")
    ]


@pytest.mark.parametrize(
    ("text", "status"), [("", 422), (" \u200b\n", 422), ("x" * 4001, 413), ("x" * 20_000, 422)]
)
async def test_bad_notes_are_refused(
    api: Api, hire: Hire, waiting: Chat, text: str, status: int
) -> None:
    ada = await api.as_staff(await hire("ada"))
    answer = await ada.post(f"/api/conversations/{waiting.id}/note", json={"text": text})
    assert answer.status_code == status


async def test_transfer_goes_to_a_colleague_who_is_there(
    api: Api, hire: Hire, waiting: Chat, presence: Presence, database: Database
) -> None:
    ada_, bob_, eve_ = await hire("ada"), await hire("bob"), await hire("eve", Role.EDITOR)
    ada, bob = await api.as_staff(ada_), await api.as_staff(bob_)
    base = f"/api/conversations/{waiting.id}"
    await ada.post(f"{base}/claim")
    for to in (bob_.id, eve_.id, ada_.id):  # not there, no agent, oneself
        refused = await ada.post(f"{base}/transfer", json={"to": str(to)})
        assert refused.status_code == 422
    await presence.enter(bob_.id)
    colleagues = (await ada.get("/api/queue")).json()["colleagues"]
    seen = {one["name"]: (one["id"], one["online"], one["state"]) for one in colleagues}
    assert seen == {"Bob": (str(bob_.id), True, "online")}
    moved = await ada.post(f"{base}/transfer", json={"to": str(bob_.id), "note": "knows parcels"})
    assert moved.json()["agent"] == "Bob"
    card = (await bob.get(f"{base}/card")).json()
    assert card["notes"][0]["text"] == "To Bob: knows parcels"
    async with database.read() as db:
        from conversations import messages

        texts = [m.text for m in await messages.list_after(db, waiting.id, 0)]
    assert not any("knows parcels" in text for text in texts)


async def test_agents_read_only_what_came_to_the_desk(
    api: Api, hire: Hire, database: Database, clock: FakeClock
) -> None:
    async with database.write() as db:
        private = await Chat.begin(db, clock)
        await private.says("between me and the assistant")
    ada = await api.as_staff(await hire("ada"))
    lead = await api.as_staff(await hire("lea", Role.SUPERVISOR))
    for path in ("card", "messages"):
        for conversation in (private.id, uuid.uuid4()):
            answer = await ada.get(f"/api/conversations/{conversation}/{path}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        assert (await lead.get(f"/api/conversations/{private.id}/{path}")).status_code == 200
        far = await lead.get(f"/api/conversations/{private.id}/messages?after={10**30}")
        assert far.status_code == 422
    note = await ada.post(f"/api/conversations/{private.id}/note", json={"text": "x"})
    assert note.status_code == 404


ROUTES = [
    ("GET", "/api/queue"),
    ("GET", "/api/conversations/{}/card"),
    ("GET", "/api/conversations/{}/messages"),
    *[
        ("POST", f"/api/conversations/{{}}/{act}")
        for act in ("claim", "release", "close", "hand-back", "transfer", "note", "messages")
    ],
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_the_desk_is_for_agents_with_the_header(
    api: Api, hire: Hire, waiting: Chat, method: str, path: str
) -> None:
    url = path.format(waiting.id)
    assert (await api.client().request(method, url)).status_code == 401
    for role in (Role.EDITOR, Role.TRAINER):
        other = await api.as_staff(await hire(role.value, role))
        assert (await other.request(method, url)).status_code == 403
    ada = await api.as_staff(await hire("ada"))
    del ada.headers["x-handrail"]
    answer = await ada.request(method, url)
    assert answer.status_code == (200 if method == "GET" else 403)


async def test_supervisors_may_take_chats_too(api: Api, hire: Hire, waiting: Chat) -> None:
    lead = await api.as_staff(await hire("lea", Role.SUPERVISOR))
    assert (await lead.post(f"/api/conversations/{waiting.id}/claim")).status_code == 200


@pytest.mark.parametrize(
    "body", [{"client_id": "short", "text": "x"}, {"text": "x"}, {"client_id": "client-0003"}, []]
)
async def test_malformed_bodies_are_refused(
    api: Api, hire: Hire, waiting: Chat, body: object
) -> None:
    ada = await api.as_staff(await hire("ada"))
    answer = await ada.post(f"/api/conversations/{waiting.id}/messages", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_a_hand_back_starts_a_new_episode_with_the_bot(
    api: Api, hire: Hire, waiting: Chat, database: Database
) -> None:
    ada = await api.as_staff(await hire("ada"))
    base = f"/api/conversations/{waiting.id}"
    await ada.post(f"{base}/claim")
    state = (await ada.post(f"{base}/hand-back", json={"note": "A plain question."})).json()
    assert (state["owner"], state["episode"]) == ("bot", 2)
    (note,) = (await ada.get(f"{base}/card")).json()["notes"]
    assert note["text"] == "Handed back: A plain question."
    assert (await ada.get("/api/queue")).json()["mine"] == []
    async with database.read() as db:
        from handoff.desk import latest

        handoff = await latest(db, waiting.id)
    assert handoff is not None
    assert handoff.outcome == "handed_back"

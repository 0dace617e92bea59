"""A lead makes a practice chat: what is copied, from what, and who may."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from conversations.models import Author, Conversation, Visitor
from handoff.practice import candidates, errors
from handoff.practice.models import PracticeChat
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.practice.conftest import SCORES, Handled, Made, Person, Sign

pytestmark = pytest.mark.usefixtures("app")
PATH = "/api/desk/practice"
# What the chat of the fixture holds of Marta, Bob and her order.
SECRETS = ("marta", "nowak", "204411", "high street", "0470", "bob", "example.org")


async def test_the_copy_is_masked_and_says_what_to_look_at(
    handled: Handled, lead: Staff, sign: Sign
) -> None:
    source = {"conversation": str(await handled()), "episode": 1}
    api = await sign(lead)
    copy = (await api.post(f"{PATH}/preview", json=source)).json()
    assert copy["topic"] == "Order status"
    assert copy["points"] == 2
    assert copy["lines"] == [
        {"author": "customer", "text": "where is order [order number]"},
        {"author": "assistant", "text": "I pass you on, [name]."},
        {"author": "agent", "text": "Hello [name], I am Agent. I see [order number]."},
        {"author": "agent", "text": "Is [address] still right?"},
        {"author": "customer", "text": "yes, [name], [phone]"},
        {"author": "agent", "text": "Then it comes again. Did that solve it?"},
        {"author": "customer", "text": "thanks Agent"},
    ]


async def test_what_was_written_into_the_form_is_masked_and_what_was_chosen_is_not(
    handled: Handled, lead: Staff, sign: Sign, database: Database
) -> None:
    conversation = await handled(
        (Author.AGENT, "Hello, Brouwerij Tango in shed B-17?"),
        (Author.CUSTOMER, "yes, the delivery"),
    )
    async with database.write() as db:
        chat = await db.get_one(Conversation, conversation)
        visitor = await db.get_one(Visitor, chat.visitor_id)
        visitor.answers = {
            "company": {"label": "Company", "value": "Brouwerij Tango", "kind": "text"},
            "place": {"label": "Where", "value": "shed B-17", "kind": "text"},
            "topic": {"label": "Topic", "value": "Delivery", "kind": "choice"},
        }
    api = await sign(lead)
    source = {"conversation": str(conversation), "episode": 1}
    copy = (await api.post(f"{PATH}/preview", json=source)).json()
    texts = [one["text"] for one in copy["lines"]][-2:]
    assert texts == ["Hello, [detail] in [detail]?", "yes, the delivery"]


async def test_what_was_read_is_kept_and_nothing_else(
    handled: Handled, lead: Staff, sign: Sign, database: Database
) -> None:
    source = {"conversation": str(await handled()), "episode": 1, "strikes": ["solve"]}
    api = await sign(lead)
    copy = (await api.post(f"{PATH}/preview", json=source)).json()
    wanted = source | {
        "topic": "Marta’s order", "scores": SCORES, "why": "Bob greets marta", "seen": copy["mark"]
    }  # fmt: skip
    other = await api.post(f"{PATH}/chats", json=wanted | {"strikes": []})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "practice_copy_changed")
    made = await api.post(f"{PATH}/chats", json=wanted)
    assert made.status_code == 201
    again = await api.post(f"{PATH}/chats", json=wanted)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "practice_chat_exists")
    kept = made.json()
    assert "Did that [removed] it?" in kept["lines"][5]["text"]
    assert (kept["why"], kept["conversation"]) == ("Agent greets [removed]", source["conversation"])
    async with database.read() as db:
        stored = (await db.scalars(select(PracticeChat))).one()
    text = json.dumps([stored.topic, stored.why, stored.lines]).lower()
    assert [secret for secret in SECRETS if secret in text] == []


async def test_agents_hear_of_no_conversation(
    handled: Handled, lead: Staff, ada: Staff, sign: Sign
) -> None:
    conversation = str(await handled())
    source = {"conversation": conversation, "episode": 1}
    leads_api, api = await sign(lead), await sign(ada)
    copy = (await leads_api.post(f"{PATH}/preview", json=source)).json()
    wanted = source | {"topic": "x", "scores": SCORES, "why": "y", "seen": copy["mark"]}
    chat = (await leads_api.post(f"{PATH}/chats", json=wanted)).json()["id"]
    seen = [
        (await api.get(PATH)).text,
        (await api.post(f"{PATH}/chats/{chat}/attempts")).text,
    ]
    assert chat in seen[0]
    text = " ".join(seen).lower()
    assert [one for one in (conversation, "conversation", *SECRETS) if one in text] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/candidates", None),
        ("GET", "/chats", None),
        ("GET", "/attempts", None),
        ("POST", "/preview", {"episode": 1}),
        ("POST", "/chats", {"episode": 1, "topic": "x", "scores": SCORES, "why": "y", "seen": "0" * 64}),
    ],
)  # fmt: skip
async def test_the_leads_doors_are_not_there_for_agents(
    handled: Handled, ada: Staff, person: Person, sign: Sign,
    method: str, path: str, body: dict[str, object] | None,
) -> None:  # fmt: skip
    conversation = str(await handled())
    wanted = body and {**body, "conversation": conversation}
    refused = await (await sign(ada)).request(method, f"{PATH}{path}", json=wanted)
    assert refused.status_code == 404
    supervisor = await person("sue", role=Role.SUPERVISOR)
    answer = await (await sign(supervisor)).request(method, f"{PATH}{path}", json=wanted)
    assert answer.status_code in (200, 409)


async def test_what_can_not_be_practised_on_says_why(
    handled: Handled, lead: Staff, sign: Sign
) -> None:
    api = await sign(lead)

    async def code(conversation: UUID, episode: int = 1) -> str:
        body = {"conversation": str(conversation), "episode": episode}
        error: str = (await api.post(f"{PATH}/preview", json=body)).json()["error"]["code"]
        return error

    assert await code(await handled(closed=False)) == "chat_not_finished"
    assert await code(await handled((Author.CUSTOMER, "hello?"))) == "nothing_to_practise"
    assert await code(await handled(), 2) == "not_found"
    many = [(Author.CUSTOMER, "and?"), (Author.AGENT, "yes")] * 41
    assert await code(await handled(*many)) == "chat_too_long"


async def test_the_list_holds_finished_chats_that_people_handled(
    handled: Handled, lead: Staff, sign: Sign, database: Database
) -> None:
    first = await handled(intent="refund")
    await handled(closed=False)
    await handled((Author.CUSTOMER, "hello?"))
    second = await handled()
    api = await sign(lead)
    found = (await api.get(f"{PATH}/candidates")).json()
    assert [one["conversation"] for one in found] == [str(second), str(first)]
    assert [(one["topic"], one["messages"], one["replies"]) for one in found] == [
        ("order_status", 7, 3),
        ("refund", 7, 3),
    ]
    copy = (
        await api.post(f"{PATH}/preview", json={"conversation": str(first), "episode": 1})
    ).json()
    wanted = {"topic": "x", "scores": SCORES, "why": "y", "seen": copy["mark"]}
    await api.post(f"{PATH}/chats", json={"conversation": str(first), "episode": 1, **wanted})
    async with database.read() as db:
        assert [one.conversation_id for one in await candidates.recent(db, lead)] == [second]


async def test_only_so_many_are_kept(
    handled: Handled, lead: Staff, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "MOST_IN_USE", 1)
    api = await sign(lead)
    ids = []
    for _ in range(2):
        source = {"conversation": str(await handled()), "episode": 1}
        copy = (await api.post(f"{PATH}/preview", json=source)).json()
        wanted = source | {"topic": "x", "scores": SCORES, "why": "y", "seen": copy["mark"]}
        answer = await api.post(f"{PATH}/chats", json=wanted)
        ids.append(answer.json())
    assert ids[1]["error"]["code"] == "too_many_practice_chats"
    assert (await api.post(f"{PATH}/chats/{ids[0]['id']}/retire")).status_code == 204
    second = await api.post(f"{PATH}/chats", json=wanted)
    assert second.status_code == 201
    full = await api.post(f"{PATH}/chats/{ids[0]['id']}/restore")
    assert full.json()["error"]["code"] == "too_many_practice_chats"
    monkeypatch.setattr(errors, "MOST_KEPT", 2)
    third = await api.post(f"{PATH}/chats", json=wanted)
    assert "Erase one first" in third.json()["error"]["message"]
    assert (await api.delete(f"{PATH}/chats/{ids[0]['id']}")).status_code == 204
    assert len((await api.get(f"{PATH}/chats")).json()) == 1


async def test_what_was_overlooked_is_struck_from_the_kept_copy(
    made: Made, lena: AsyncClient
) -> None:
    api, chat = lena, await made()
    for strikes in ([], ["x"], ["y" * 81]):
        refused = await api.post(f"{PATH}/chats/{chat}/strike", json={"strikes": strikes})
        assert refused.status_code == 422
    answer = await api.post(
        f"{PATH}/chats/{chat}/strike", json={"strikes": ["COMES again", "late"]}
    )
    assert answer.status_code == 204
    kept = (await api.get(f"{PATH}/chats")).json()[0]
    assert kept["lines"][5]["text"] == "Then it [removed]. Did that solve it?"
    assert (kept["topic"], kept["why"]) == ("[removed]", "Asked too [removed].")

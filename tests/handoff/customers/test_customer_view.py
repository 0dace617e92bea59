"""What an agent sees of a customer, and what of their other chats."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from conversations import identity
from conversations.models import Visitor
from handoff import queue
from handoff.customers import followups, history
from handoff.customers.models import FollowUp
from handoff.desk import HandoffDesk
from handoff.models import CloseOutcome
from server.auth import Role
from server.database import Database
from server.errors import Invalid
from tests.handoff.building import Chat
from tests.handoff.cases.conftest import Begin, Person, Sign, known, resumed
from tests.support import FakeClock

pytestmark = pytest.mark.usefixtures("app")


async def test_a_signed_customers_chats_are_linked_and_typed_names_link_nothing(
    database: Database,
    begin: Begin,
    person: Person,
    sign: Sign,
    clock: FakeClock,
    desk: HandoffDesk,
) -> None:
    agent, boss = await person("ada"), await person("boss", role=Role.SUPERVISOR)
    phone = await begin(agent, external_id="customer-17", plan="pro", name="x")
    async with database.write() as db:
        await queue.close(db, desk, phone.id, agent, CloseOutcome.SOLVED)
        with_bot = await Chat.begin(db, clock, name="Marta")
        await known(db, clock, with_bot, "customer-17", plan="pro")
        await with_bot.says("a secret for the assistant", "order_status")
        stranger = await Chat.begin(db, clock, name="Marta", email="marta@example.org")
        await stranger.says("somebody else", "order_status")
    clock.advance(60)
    here = await begin(agent, "item_damaged", external_id="customer-17", plan="pro")
    async with database.write() as db:
        await identity.claim(db, here.conversation.visitor_id, {"plan": "gold", "shoe_size": 38})
    path = f"/api/conversations/{here.id}/customer"
    seen = (await (await sign(agent)).get(path)).json()
    assert (seen["segment"], seen["segment_why"]) == (
        "high_value",
        "High value: a customer of the highest plan",
    )
    assert seen["identity"]["external_id"] == "customer-17"
    assert seen["identity"]["email"] == "marta@example.org"
    assert seen["identity"]["verified_email"] is None, "typed, not signed"
    assert seen["attributes"] == [
        {"name": "plan", "value": "pro", "verified": True},
        {"name": "shoe_size", "value": 38.0, "verified": False},
    ]
    chats = {one["conversation"]: one["readable"] for one in seen["chats"]}
    assert chats == {str(phone.id): True, str(with_bot.id): False}
    assert [one["topic"] for one in seen["cases"]] == ["Item damaged", "Refund status"]
    episodes: dict[str, Any] = {one["conversation"]: one for one in seen["episodes"]}
    assert set(episodes) == {str(one.id) for one in (here, phone, with_bot)}
    assert episodes[str(phone.id)]["intents"] == ["Refund status"]
    assert [one["here"] for one in seen["episodes"]].count(True) == 1

    # Linked is not opened: a chat that never came to the desk stays shut for an agent, by whatever way.
    ada, lead = await sign(await person("eve")), await sign(boss)
    other = f"/api/conversations/{with_bot.id}"
    for door in ("messages", "customer", "case"):
        assert (await ada.get(f"{other}/{door}")).status_code == 404
    assert (await lead.get(f"{other}/customer")).json()["identity"]["external_id"] == "customer-17"
    assert (await lead.get(f"{other}/case")).status_code == 404
    alone = (await lead.get(f"/api/conversations/{stranger.id}/customer")).json()
    assert (alone["chats"], alone["identity"]["external_id"]) == ([], None)
    assert len(alone["episodes"]) == 1


async def test_a_customer_of_very_many_browsers_is_known_by_the_newest(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LINKED", 3)
    ids = []
    async with database.write() as db:
        for _ in range(5):
            clock.advance(60)
            chat = await Chat.begin(db, clock)
            await known(db, clock, chat, "customer-17")
            ids.append(chat.conversation.visitor_id)
        first = await db.get_one(Visitor, ids[0])
        assert await history.linked(db, first) == [ids[0], ids[4], ids[3], ids[2]]


async def test_follow_ups_are_promised_taken_and_done_once(
    database: Database, begin: Begin, person: Person, sign: Sign, clock: FakeClock
) -> None:
    agent, other = await person("ada"), await person("bob")
    ada, bob = await sign(agent), await sign(other)
    chat = await begin(agent)
    path = f"/api/conversations/{chat.id}/follow-up"
    made = await ada.post(path, json={"why": "Send the  photo back"})
    assert made.status_code == 201
    (line,) = made.json()["follow_ups"]
    assert (line["why"], line["owner"], line["due_at"]) == (
        "Send the photo back",
        "Ada",
        "2026-03-04T09:00:00Z",
    )
    assert (await ada.post(path, json={"why": " "})).status_code == 422
    item = f"/api/desk/follow-ups/{line['id']}"
    assert (await bob.post(f"{item}/take")).status_code == 204
    clock.advance(3 * 24 * 3600)
    async with database.read() as db:
        (found,) = await followups.listed(db, clock.now())
    assert (found.customer, found.overdue, found.follow_up.owner_id) == ("Marta", True, other.id)
    assert (await bob.post(f"{item}/done", json={"note": "It arrived"})).status_code == 204
    assert (await ada.post(f"{item}/done")).status_code == 409
    assert (await ada.post(f"{item}/take")).status_code == 409
    nobody = await ada.post(f"/api/desk/follow-ups/{chat.id}/take")
    assert nobody.status_code == 404
    async with database.read() as db:
        assert await followups.listed(db, clock.now()) == []
        (finished,) = await followups.listed(db, clock.now(), done=True)
    assert finished.follow_up.done_note == "It arrived"


async def test_who_is_at_risk_is_put_on_the_list_once(
    database: Database, begin: Begin, person: Person, clock: FakeClock, desk: HandoffDesk
) -> None:
    agent = await person("ada")
    for _ in range(2):
        chat = await begin(agent, external_id="customer-5", plan="free")
        async with database.write() as db:
            await resumed(db, chat)
            await chat.says("this is useless", "frustrated", frustration=0.9)
            await queue.close(db, desk, chat.id, agent, CloseOutcome.NOT_SOLVED)
            await followups.if_at_risk(db, clock, desk.segments, chat.conversation, days=2)
    async with database.read() as db:
        found = (await db.scalars(select(FollowUp))).all()
    assert [(one.why, one.by, one.owner_id) for one in found] == [
        ("At risk of leaving", None, None)
    ]
    with pytest.raises(Invalid):
        async with database.write() as db:
            await followups.add(db, clock, chat.id, agent, why="x" * 301, due_at=None, days=2)

"""Canned replies: kept as rows, filled with what is known of one chat, and checked for vague times."""

from __future__ import annotations

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from conversations.desk import Reason
from conversations.models import Visitor
from handoff import replies
from handoff.desk import HandoffDesk
from handoff.library import canned, variables
from handoff.library.facts import clock_time, spread
from handoff.library.variables import VARIABLES, UnknownVariable
from handoff.models import Handoff
from server.auth import Role
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, FakeKnowledge, Hire
from tests.support import FakeClock

BRUSSELS = ZoneInfo("Europe/Brussels")


async def a_chat(
    database: Database, clock: FakeClock, desk: HandoffDesk, *, zone: str | None = None
) -> uuid.UUID:
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Ann Peeters")
        visitor = await db.get_one(Visitor, chat.conversation.visitor_id)
        visitor.zone = zone
        turn = await chat.says(
            "Where is order 4411?", "order_status", entities={"order_number": "4411"}
        )
        await chat.needs_person(desk, Reason.FRUSTRATION, turn=turn)
        return chat.id


async def test_the_first_start_fills_the_table_once_and_the_card_reads_it(
    database: Database, clock: FakeClock
) -> None:
    async with database.read() as db:
        assert await canned.templates(db) == replies.load()
    for _ in range(2):
        async with database.write() as db:
            await canned.seed(db, clock)
    async with database.read() as db:
        assert await canned.templates(db) == replies.load()
        rows = await canned.every(db)
    async with database.write() as db:
        for row in rows:
            (await db.get_one(type(row), row.id)).archived = True
    async with database.read() as db:
        assert await canned.templates(db) == ()


async def test_every_shipped_reply_has_only_known_variables_and_no_vague_time(
    api: Api, hire: Hire, database: Database, clock: FakeClock
) -> None:
    async with database.write() as db:
        await canned.seed(db, clock)
    ada = await api.as_staff(await hire("ada"))
    shipped = (await ada.get("/api/desk/replies")).json()
    assert [one["title"] for one in shipped] == [one.title for one in replies.load()]
    for one in shipped:
        variables.check(one["text"])
        assert one["warnings"] == []


async def test_a_reply_is_added_changed_found_and_archived(api: Api, hire: Hire) -> None:
    ada, bob = await hire("ada"), await hire("bob")
    mine, his = await api.as_staff(ada), await api.as_staff(bob)
    body = {"title": "Refund", "text": "It is refunded{to_name}.", "shortcut": "refund"}
    made = (await mine.post("/api/desk/replies", json=body)).json()
    assert (made["shortcut"], made["by"], made["mine"]) == ("refund", "ada", True)
    taken = await his.post("/api/desk/replies", json={**body, "title": "Other"})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "shortcut_taken")

    path = f"/api/desk/replies/{made['id']}"
    assert (await his.put(path, json=body)).status_code == 403
    changed = await mine.put(path, json={**body, "title": "Refund done", "seen": made["at"]})
    assert changed.json()["title"] == "Refund done"
    stale = await mine.put(path, json={**body, "seen": "2020-01-01T00:00:00Z"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")
    found = (await his.get("/api/desk/replies", params={"q": "REFUND done"})).json()
    assert [(one["id"], one["mine"]) for one in found] == [(made["id"], False)]

    assert (await his.post(f"{path}/archive")).status_code == 403
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    assert (await lead.post(f"{path}/archive")).json()["archived"] is True
    assert (await mine.get("/api/desk/replies")).json() == []
    again = await his.post("/api/desk/replies", json={**body, "title": "New"})
    assert again.status_code == 201  # the shortcut is free again
    assert (await mine.post(f"{path}/restore")).json()["shortcut"] is None


async def test_an_unknown_variable_is_refused_with_the_list(api: Api, hire: Hire) -> None:
    ada = await api.as_staff(await hire("ada"))
    for text in (
        "Hello {nmae}",
        "{agent.__class__}",
        "{agent!r}",
        "{}",
        "half {agent",
        "{{agent}}",
    ):
        answer = await ada.post("/api/desk/replies", json={"title": "x", "text": text})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (422, "unknown_variable"), text
        assert error["details"]["known"] == list(VARIABLES)
    assert variables.unknown("Hello{to_name}, {agent}") == []
    with pytest.raises(UnknownVariable, match="nmae"):
        variables.check("{nmae}")


async def test_vague_times_are_said_and_not_forbidden(api: Api, hire: Hire) -> None:
    ada = await api.as_staff(await hire("ada"))
    text = "We answer soon."
    found = (await ada.post("/api/desk/replies/check", json={"text": text})).json()
    [one] = found["vague"]
    assert (text[one["start"] : one["end"]], found["advice"] != "") == ("soon", True)
    made = (await ada.post("/api/desk/replies", json={"title": "Vague", "text": text})).json()
    assert [warning["words"] for warning in made["warnings"]] == ["soon"]
    clear = (await ada.post("/api/desk/replies/check", json={"text": "By 14:40."})).json()
    assert clear["vague"] == []
    huge = await ada.post("/api/desk/replies/check", json={"text": "x" * 8001})
    assert huge.status_code == 422


async def test_a_chat_is_offered_the_replies_with_its_own_facts_and_times(
    api: Api, hire: Hire, database: Database, clock: FakeClock, desk: HandoffDesk, knowledge: FakeKnowledge
) -> None:  # fmt: skip
    knowledge.holds("Track an order")
    chat = await a_chat(database, clock, desk, zone="America/New_York")
    ada = await api.as_staff(await hire("ada"))
    everything = {
        "title": "Everything",
        "text": "{to_name}|{agent}|{order_number}|{first_ask}|{by}|{article}|{url}|{opens}|{due}",
        "minutes": 22,
        "intents": ["order_status"],
    }
    for body in (
        {"title": "General", "text": "Hello{to_name}."},
        everything,
        {"title": "Other case", "text": "Hm.", "reasons": ["asked"]},
        {"title": "French", "text": "Bonjour.", "language": "fr"},
        {"title": "Waits", "text": "It takes {wait}.", "reasons": ["frustration"]},
    ):
        assert (await ada.post("/api/desk/replies", json=body)).status_code == 201
    offered = (await ada.get(f"/api/conversations/{chat}/replies")).json()
    first = offered[0]
    assert (first["title"], first["suggested"], first["missing"]) == ("Everything", True, [])
    name, agent, order, ask, by, article, url, opens, due = first["text"].split("|")
    assert (name, agent, order, ask) == (" Ann", "Ada", "4411", "Where is order 4411?")
    assert by == "04:25"  # 9:22 UTC, up to five minutes, in New York
    assert (article, url) == ("Track an order", "http://testserver/help/track-an-order")
    assert "(your time)" in opens and "(your time)" in due
    waits = offered[1]
    assert (waits["title"], waits["missing"], waits["suggested"]) == ("Waits", ["wait"], False)
    assert waits["text"] == "It takes [wait]."
    assert [one["title"] for one in offered[2:]] == ["General", "French", "Other case"]

    used = f"/api/desk/replies/{offered[2]['id']}/used"
    assert (await ada.post(used)).status_code == 204
    assert (await ada.get("/api/desk/replies")).json()[0]["title"] == "General"
    stranger = await ada.get(f"/api/conversations/{uuid.uuid4()}/replies")
    assert stranger.status_code == 404


def test_a_time_is_on_the_customers_clock_or_says_whose_it_is(clock: FakeClock) -> None:
    now = clock.now()
    at = now + timedelta(minutes=11)
    assert clock_time(at, now, "Asia/Tokyo", BRUSSELS) == "18:15"
    assert clock_time(at, now, None, BRUSSELS) == "10:15 (Europe/Brussels time)"
    tomorrow = clock_time(now + timedelta(hours=20), now, "Europe/Brussels", BRUSSELS)
    assert tomorrow == "Tuesday, 3 March at 06:00 (your time)"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0, 59, "less than a minute"), (5, 60, "about 1 minute"), (61, 181, "2 to 4 minutes")],
)
def test_a_wait_is_said_with_its_spread(low: int, high: int, said: str) -> None:
    assert spread(low, high) == said


async def test_a_chat_that_never_came_to_the_desk_lends_no_facts(
    api: Api, hire: Hire, database: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    async with database.write() as db:
        private = await Chat.begin(db, clock, name="Eve")
        await private.says("secret")
    ada = await api.as_staff(await hire("ada"))
    assert (await ada.get(f"/api/conversations/{private.id}/replies")).status_code == 404


async def test_the_card_suggests_in_the_customers_language_first_and_what_fits_the_topic(
    database: Database, api: Api, hire: Hire, clock: FakeClock, desk: HandoffDesk,
    knowledge: FakeKnowledge,
) -> None:  # fmt: skip
    chat = await a_chat(database, clock, desk)
    knowledge.holds("Track my parcel")
    boss = await api.as_staff(await hire("boss", Role.SUPERVISOR))

    async def keep(title: str, text: str, **more: object) -> None:
        body = {"title": title, "text": text, **more}
        assert (await boss.post("/api/desk/replies", json=body)).status_code == 201

    await keep("General", "I read all of it now.")
    await keep("Parcels", "I ask the courier.", intents=["order_status"])
    await keep("Refunds", "I look for your money.", intents=["refund_status"])
    await keep("Bonjour", "Je lis tout.", language="fr")
    await keep("Colis", "Je demande au livreur.", language="fr", intents=["order_status"])
    await keep("Lien", "Voici : {article} – {url}", language="fr", intents=["order_status"])
    await keep("Link for money", "See {article} – {url}", language="fr", intents=["refund_status"])
    await keep("Hallo", "Ich lese alles.", language="de")

    async def titles() -> list[str]:
        card = (await boss.get(f"/api/conversations/{chat}/card")).json()
        return [one["title"] for one in card["suggested_replies"]]

    assert await titles() == ["Parcels", "General"]
    async with database.write() as db:
        (await db.scalars(select(Handoff))).one().language = "fr"
    # The assistant's own language comes after the customer's, and says that it is another one.
    assert await titles() == ["Colis", "Bonjour", "Lien", "Parcels (English)", "General (English)"]

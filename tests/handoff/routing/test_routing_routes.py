"""The same over REST: what the console asks for and gets."""

from __future__ import annotations

import uuid

from conversations.presence import Presence
from handoff.desk import HandoffDesk
from handoff.routing import offers
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, Hire
from tests.handoff.routing.staff import MakeTeam
from tests.support import FakeClock


async def test_an_agents_offers_and_presence(
    api: Api, hire: Hire, team: MakeTeam, database: Database, clock: FakeClock, desk: HandoffDesk,
    presence: Presence,
) -> None:  # fmt: skip
    ada_, bob_ = await hire("ada"), await hire("bob")
    await team("Support", ada_, assign="round_robin")
    await presence.enter(ada_.id)
    ada, bob = await api.as_staff(ada_), await api.as_staff(bob_)
    async with database.write() as db:
        chats = [await Chat.begin(db, clock) for _ in range(2)]
        for chat in chats:
            await chat.needs_person(desk)
    base = f"/api/conversations/{chats[0].id}"
    seen = (await ada.get("/api/queue")).json()
    assert [one["offered"] for one in seen["waiting"]] == [True, True]
    assert seen["me"] == {
        "state": "online", "automatic": False, "chats": 0, "capacity": 4, "leads": False,
    }  # fmt: skip
    assert [one["name"] for one in seen["teams"]] == ["Support"]
    for what in ("accept", "decline"):
        refused = await bob.post(f"{base}/{what}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "offer_over")
    assert (await ada.post(f"{base}/accept")).json()["agent"] == "Ada"
    assert (await ada.post(f"/api/conversations/{chats[1].id}/decline")).status_code == 204
    away = await ada.put("/api/desk/presence", json={"away": True, "automatic": True})
    assert away.json() == {"state": "away", "automatic": True}
    seen = (await bob.get("/api/queue")).json()
    assert [(one["name"], one["state"], one["chats"]) for one in seen["colleagues"]] == [
        ("Ada", "away", 1)
    ]
    assert not seen["teams"][0]["online"]
    assert await offers.lapse(database, desk) == 0
    refused = await ada.post(f"{base}/join")
    assert refused.status_code == 403
    assert (await ada.post(f"{base}/leave")).json()["error"]["code"] == "not_owner"
    moved = await ada.post(f"{base}/someone-else", json={"note": "please"})
    assert (moved.json()["owner"], moved.json()["agent"]) == ("queued", None)
    both = {"to": str(bob_.id), "team": str(uuid.uuid4())}
    for body in ({}, both):
        assert (await ada.post(f"{base}/transfer", json=body)).status_code == 422

"""Who changed what of teams, people and routing is kept with the change, or neither is."""

from __future__ import annotations

import httpx

from handoff import rule_books
from handoff.teams.versions import PEOPLE, ROUTING, TEAMS
from server.auth import Role
from server.database import Database
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

WEEK = {"0": [["09:00", "12:00"]]}


async def test_each_change_is_kept_with_who_when_and_what(
    api: Api, hire: Hire, home: None, database: Database, clock: FakeClock
) -> None:
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    carla = await hire("carla")

    async def kept(key: str) -> list[str]:
        async with database.read() as db:
            found = await rule_books.changes(db, key)
        assert {one.by for one in found} <= {"chief"}
        return [one.note for one in found]

    def done(answer: httpx.Response) -> httpx.Response:
        assert answer.status_code < 300, answer.text
        return answer

    team = done(await lead.post("/api/desk/teams", json={"name": "Billing", "week": WEEK})).json()
    base = f"/api/desk/teams/{team['id']}"
    assert await kept(TEAMS) == ["Billing is new"]
    again = {"name": "Billing", "week": WEEK, "offer_seconds": 45}
    done(await lead.put(base, json=again))
    assert (await kept(TEAMS))[0] == "Billing: offer seconds 20 → 45"
    done(await lead.put(base, json=again))
    assert len(await kept(TEAMS)) == 2, "what changes nothing is no change"
    done(await lead.put(f"{base}/members", json={"members": [str(carla.id)]}))
    assert (await kept(TEAMS))[0] == "Billing: people none → Carla"

    profile = {"skills": ["refunds"], "teams": [team["id"]], "capacity": 6}
    done(await lead.put(f"/api/desk/people/{carla.id}", json=profile))
    (last, *_) = await kept(PEOPLE)
    assert last.startswith("Carla: ") and "capacity none → 6" in last and "refunds" in last
    clock.advance(60)
    done(await lead.put(f"/api/desk/people/{carla.id}", json={**profile, "level": "lead"}))
    assert (await kept(PEOPLE))[0] == "Carla: level front line → lead"

    rule = {"name": "Money", "when": {"languages": ["fr"]}, "team_id": team["id"]}
    made = done(await lead.post("/api/desk/rules", json=rule)).json()
    done(await lead.delete(f"/api/desk/rules/{made['id']}"))
    assert await kept(ROUTING) == ["Money was removed", "Money is new"]
    async with database.read() as db:
        newest, first = await rule_books.changes(db, ROUTING)
    assert newest.value[made["id"]]["before"]["when"] == {"languages": ["fr"]}
    assert (newest.at, first.value[made["id"]]["before"]) == (clock.now(), None)


async def test_what_is_refused_leaves_no_version(
    api: Api, hire: Hire, home: None, database: Database
) -> None:
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    assert (
        await lead.post("/api/desk/teams", json={"name": "support", "week": WEEK})
    ).status_code == 409
    async with database.read() as db:
        assert await rule_books.changes(db, TEAMS) == []

"""The desk's set-up over REST, as a lead and as an agent."""

from __future__ import annotations

from typing import Any

from handoff import rule_books
from handoff.priority import KEY, Priorities, Rules
from server.auth import Role
from server.database import Database
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

TEAM: dict[str, Any] = {"name": "Billing", "week": {"0": [["09:00", "12:00"], ["13:00", "24:00"]]}}


async def test_a_lead_sets_up_the_desk_and_an_agent_reads_it(
    api: Api, hire: Hire, home: None
) -> None:
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    carla = await hire("carla")
    agent = await api.as_staff(carla)
    made = await lead.post("/api/desk/teams", json={**TEAM, "zone": "Asia/Tokyo"})
    assert made.status_code == 201
    team = made.json()
    # 9:00 UTC on a Monday is 18:00 in Tokyo, until the midnight that ends the day.
    assert (team["open"], team["next_change"]) == (True, "2026-03-02T15:00:00Z")
    assert team["week"] == TEAM["week"]

    days = (await lead.get("/api/desk/holidays?country=be&year=2026")).json()
    change = {**TEAM, "holidays": days, "seen": team["mark"]}
    changed = await lead.put(f"/api/desk/teams/{team['id']}", json=change)
    assert changed.status_code == 200
    assert {"day": "2026-12-25", "name": "Christmas Day"} in changed.json()["holidays"]
    stale = await lead.put(f"/api/desk/teams/{team['id']}", json=change)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")

    profile = {"skills": ["refunds"], "languages": ["fr"], "teams": [team["id"]], "capacity": 6}
    answer = await lead.put(f"/api/desk/people/{carla.id}", json=profile)
    assert answer.status_code == 204
    rule = {"name": "French money", "when": {"languages": ["fr"]}, "team_id": team["id"]}
    first = (await lead.post("/api/desk/rules", json={**rule, "skill": "refunds"})).json()
    second = (await lead.post("/api/desk/rules", json={**rule, "name": "Second"})).json()
    await lead.post(f"/api/desk/rules/{second['id']}/move", json={"by": -1})
    tried = (await lead.post("/api/desk/rules/try", json={"language": "fr"})).json()
    assert (tried["team"], tried["because"], tried["able"]) == (
        "Billing",
        "rule “Second”",
        ["Carla"],
    )
    await lead.delete(f"/api/desk/rules/{second['id']}")
    rules = (await agent.get("/api/desk/rules")).json()
    assert [one["id"] for one in rules] == [first["id"]]
    [person] = [
        one for one in (await agent.get("/api/desk/people")).json() if one["name"] == "Carla"
    ]
    assert (person["capacity"], person["teams"]) == (6, [team["id"]])
    teams = (await agent.get("/api/desk/teams")).json()
    assert [one["name"] for one in teams] == ["Support", "Billing"]
    for method, path in (("POST", "/teams"), ("GET", "/priorities"), ("POST", "/rules/try")):
        refused = await agent.request(method, f"/api/desk{path}", json={})
        assert refused.status_code == 403


async def test_what_can_not_be_is_refused_by_code(api: Api, hire: Hire, home: None) -> None:
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    wrongs: tuple[dict[str, Any], ...] = (
        {"zone": "Mars/Olympus"},
        {"week": {"0": [["12:00", "09:00"]]}},
        {"overflow_seconds": 10**9},
        {"overflow_team_id": "00000000-0000-4000-8000-000000000000"},
        {"colour": "blue"},
    )
    for wrong in wrongs:
        answer = await lead.post("/api/desk/teams", json={**TEAM, **wrong})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), wrong
    assert len((await lead.get("/api/desk/teams")).json()) == 1


async def test_the_book_of_priorities_is_changed_with_a_reason_and_followed_everywhere(
    api: Api, hire: Hire, home: None, database: Database, clock: FakeClock
) -> None:
    elsewhere = Priorities(clock)
    async with database.read() as db:
        assert await elsewhere.now(db) == Rules.load()
    lead = await api.as_staff(await hire("chief", Role.SUPERVISOR))
    shipped = (await lead.get("/api/desk/priorities")).json()
    assert (shipped["version"], shipped["changes"]) == (0, [])
    book = shipped["book"]
    book["rules"] = [
        {
            "why": "is at risk",
            "when": {"segments": ["at_risk"]},
            "impact": "high",
            "urgency": "high",
        }
    ]
    body = {"book": book, "note": "segments count", "seen": 0}
    assert (await lead.put("/api/desk/priorities", json=body)).status_code == 204
    assert (await lead.put("/api/desk/priorities", json=body)).status_code == 409
    facts = {"segments": ["at_risk"]}
    verdict = (await lead.post("/api/desk/priorities/try", json=facts)).json()
    assert (verdict["priority"], verdict["why"]) == ("urgent", "is at risk")
    held = (await lead.get("/api/desk/priorities")).json()
    [change] = held["changes"]
    assert (change["by"], change["note"]) == ("chief", "segments count")
    book["matrix"].pop("low")
    broken = {"book": book, "seen": held["version"]}
    assert (await lead.put("/api/desk/priorities", json=broken)).status_code == 422
    clock.advance(2)
    async with database.read() as db:
        assert (await elsewhere.now(db)).stored() == held["book"]


async def test_a_book_of_another_version_leaves_nobody_without_a_priority(
    database: Database, clock: FakeClock, hire: Hire
) -> None:
    chief = await hire("chief", Role.SUPERVISOR)
    async with database.write() as db:
        rule_books.write(db, clock, KEY, {"from": "the future"}, chief, "")
    async with database.read() as db:
        assert await Priorities(clock).now(db) == Rules.load()

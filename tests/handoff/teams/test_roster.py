from __future__ import annotations

import asyncio
import uuid

from handoff.hours import HOUSE
from handoff.models import Level
from handoff.teams import manage, people, rules
from handoff.teams.inputs import PersonChange, RuleChange, TeamChange, checked
from handoff.teams.roster import AgentSkills, Roster, Rosters, RouteFacts, load
from handoff.teams.setup import ensure_home
from server.auth import Role, Staff
from server.database import Database
from tests.handoff.conftest import Hire
from tests.support import FakeClock

WEEK = {"0": [("09:00", "12:00"), ("13:00", "24:00")]}


async def roster_of(database: Database) -> Roster:
    async with database.read() as db:
        return await load(db)


async def test_a_desk_without_teams_still_has_a_home(database: Database) -> None:
    roster = await roster_of(database)
    assert (roster.home.name, roster.home.hours) == ("Support", HOUSE)
    assert roster.route(RouteFacts("asked")).team is roster.home
    assert roster.can_take(uuid.uuid4(), roster.home, language="en")


async def test_home_is_made_once_with_the_agents(
    database: Database, hire: Hire, home: None, ada: Staff, bob: Staff
) -> None:
    async with database.write() as db:
        await ensure_home(db)
    roster = await roster_of(database)
    assert [team.name for team in roster.teams] == ["Support"]
    assert roster.home.hours == HOUSE
    assert roster.home.members == {ada.id, bob.id}
    late = await hire("late", Role.AGENT)
    assert roster.can_take(late.id, roster.home)


async def test_two_processes_that_start_together_make_one_home(postgres: Database) -> None:
    async def start() -> None:
        async with postgres.write() as db:
            await ensure_home(db)

    await asyncio.gather(*(start() for _ in range(6)))
    async with postgres.read() as db:
        assert len(await manage.every(db)) == 1


async def test_skill_language_and_level_decide_who_can_take_a_chat(
    database: Database, home: None, lead: Staff, ada: Staff, bob: Staff
) -> None:
    async with database.write() as db:
        billing = await manage.create(db, checked(TeamChange, name="Billing", week=WEEK), lead)
        wanted = PersonChange(
            level=Level.SPECIALIST,
            skills=["Refunds "],
            languages=["fr", "en"],
            capacity=2,
            teams=frozenset({billing.id}),
        )
        await people.change(db, ada.id, wanted, lead)
    roster = await roster_of(database)
    team = roster.team(billing.id)
    assert roster.agent(ada.id) == AgentSkills(
        ada.id, Level.SPECIALIST, frozenset({"refunds"}), frozenset({"en", "fr"}), 2
    )
    assert roster.can_take(ada.id, team, skill="refunds", language="fr", level=Level.SPECIALIST)
    assert roster.can_take(ada.id, team, level=Level.FRONT_LINE)
    assert not roster.can_take(ada.id, team, level="lead")
    assert not roster.can_take(ada.id, team, skill="repairs")
    assert not roster.can_take(ada.id, team, language="nl")
    assert not roster.can_take(ada.id, roster.home)
    assert not roster.can_take(bob.id, team)
    assert roster.can_take(bob.id, roster.home, language="en")
    assert not roster.can_take(bob.id, roster.home, language="fr")


async def test_the_first_rule_that_holds_decides(
    database: Database, home: None, lead: Staff
) -> None:
    async with database.write() as db:
        billing = await manage.create(db, checked(TeamChange, name="Billing", week=WEEK), lead)
        french = await manage.create(db, checked(TeamChange, name="Français", week=WEEK), lead)
        for name, when, team, skill in (
            ("money", {"intents": ["refund_status", "double_charge"]}, billing, "refunds"),
            ("french", {"languages": ["fr"]}, french, None),
            (
                "angry regulars",
                {"segments": ["frequent"], "reasons": ["frustration"]},
                french,
                None,
            ),
        ):
            change = checked(RuleChange, name=name, when=when, team_id=team.id, skill=skill)
            await rules.add(db, change, lead)
    roster = await roster_of(database)

    def goes(**facts: object) -> str:
        return roster.route(RouteFacts(**{"reason": "asked", **facts})).team.name  # type: ignore[arg-type]

    assert goes(intents=frozenset({"refund_status"}), language="fr") == "Billing"
    assert goes(intents=frozenset({"greet"}), language="fr") == "Français"
    assert goes(intents=frozenset({"greet"})) == "Support"
    assert goes(segment="frequent") == "Support"
    assert goes(segment="frequent", reason="frustration") == "Français"
    route = roster.route(RouteFacts("asked", intents=frozenset({"double_charge"})))
    assert (route.skill, route.because) == ("refunds", "rule “money”")


async def test_a_change_is_seen_at_once_here_and_within_two_seconds_elsewhere(
    database: Database, clock: FakeClock, home: None, lead: Staff
) -> None:
    here, elsewhere = Rosters(clock), Rosters(clock)
    async with database.read() as db:
        assert len((await here.now(db)).teams) == len((await elsewhere.now(db)).teams) == 1
    async with here.changing(database) as db:
        await manage.create(db, checked(TeamChange, name="Billing", week=WEEK), lead)
    async with database.read() as db:
        assert len((await here.now(db)).teams) == 2
        assert len((await elsewhere.now(db)).teams) == 1
    clock.advance(2)
    async with database.read() as db:
        assert len((await elsewhere.now(db)).teams) == 2


async def test_what_was_read_before_a_change_is_not_kept_after_it(
    database: Database, clock: FakeClock, home: None, lead: Staff
) -> None:
    rosters = Rosters(clock)
    async with database.read() as old:
        await load(old)  # opens the snapshot

        async def late() -> int:
            reading = asyncio.create_task(rosters.now(old))
            await asyncio.sleep(0)
            rosters.forget()
            return len((await reading).teams)

        async with database.write() as db:
            await manage.create(db, checked(TeamChange, name="Billing", week=WEEK), lead)
        assert await late() == 1
    async with database.read() as db:
        assert len((await rosters.now(db)).teams) == 2

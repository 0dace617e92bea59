from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from handoff.teams import explain, manage, people, rules
from handoff.teams.calendar import public_holidays
from handoff.teams.inputs import PersonChange, RuleChange, TeamChange, checked
from handoff.teams.roster import RouteFacts, load
from server.auth import Role, Staff
from server.database import Database
from server.errors import Conflict, HandrailError, Invalid, NotFound
from tests.handoff.conftest import Hire

WEEK = {"0": [("09:00", "17:00")]}


async def make(database: Database, lead: Staff, name: str, **more: Any) -> UUID:
    async with database.write() as db:
        wanted = checked(TeamChange, **{"name": name, "week": WEEK, **more})
        return (await manage.create(db, wanted, lead)).id


async def order(database: Database) -> list[str]:
    async with database.read() as db:
        return [team.name for team in (await load(db)).teams]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Europe/Brussel"}, "no time zone"),
        ({"week": {"0": [("17:00", "09:00")]}}, "Monday: 17:00 to 09:00 ends before it begins"),
        ({"week": {"4": [("09:00", "13:00"), ("12:00", "17:00")]}}, "Friday: the hours from 12:00"),
        ({"week": {"4": [("13:00", "17:00"), ("09:00", "12:00")]}}, "Friday: the hours from 09:00"),
        ({"week": {"2": [("9:00", "17:00")]}}, "Wednesday: “9:00” is no time"),
        ({"week": {"7": [("09:00", "17:00")]}}, "Week"),
        ({"week": {"0": [("09:00", "17:00")] * 7}}, "6 items"),
        ({"holidays": [{"day": "2026-02-30", "name": "x"}]}, "“2026-02-30” is no date"),
        ({"holidays": [{"day": "2026-12-25", "name": "x"}] * 2}, "2026-12-25 is a holiday twice"),
        ({"name": "  "}, "Name: "),
        ({"offer_seconds": 1}, "Offer seconds: "),
        ({"assign": "lottery"}, "Assign: "),
    ],
)
def test_what_is_wrong_with_a_team_is_said(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked(TeamChange, **{"name": "Billing", "week": WEEK, **wrong})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"languages": ["xx"]}, "“xx” is no language code of ISO 639-1"),
        ({"languages": ["FR"]}, "“FR” is no language code"),
        ({"capacity": 0}, "Capacity: "),
        ({"capacity": 51}, "Capacity: "),
        ({"skills": ["<b>"]}, "a skill is named by plain letters"),
        ({"level": "boss"}, "Level: "),
    ],
)
def test_what_is_wrong_with_a_profile_is_said(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked(PersonChange, **wrong)


async def test_overflow_and_escalation_never_come_back(
    database: Database, home: None, lead: Staff
) -> None:
    first = await make(database, lead, "First")
    second = await make(database, lead, "Second", overflow_team_id=first, escalates_to_id=first)
    third = await make(database, lead, "Third", overflow_team_id=second, escalates_to_id=second)
    for way, said in (("overflow_team_id", "overflow"), ("escalates_to_id", "escalation")):
        for target in (first, third):
            wanted = checked(TeamChange, name="First", week=WEEK, **{way: target})
            with pytest.raises(Invalid, match=f"The {said} would come back to its start: First → "):
                async with database.write() as db:
                    await manage.change(db, first, wanted, lead)
    with pytest.raises(Invalid, match="does not exist"):
        await make(database, lead, "Fourth", overflow_team_id=uuid4())
    async with database.read() as db:
        roster = await load(db)
    climb = explain.chain(roster, roster.team(third))
    assert [team.name for team in climb] == ["Third", "Second", "First"]


async def test_the_second_of_two_editors_is_told(
    database: Database, home: None, lead: Staff
) -> None:
    billing = await make(database, lead, "Billing")
    async with database.read() as db:
        seen = manage.mark(next(one for one in await manage.every(db) if one.id == billing))
    async with database.write() as db:
        wanted = checked(TeamChange, name="Money", week=WEEK)
        await manage.change(db, billing, wanted, lead, seen=seen)
    with pytest.raises(Conflict, match="Somebody else changed this team"):
        async with database.write() as db:
            await manage.change(db, billing, wanted, lead, seen=seen)
    for taken in ("money", "Support"):
        with pytest.raises(Conflict, match="is the name of another team"):
            await make(database, lead, taken)


async def test_the_first_team_and_one_with_rules_are_not_archived(
    database: Database, home: None, lead: Staff, ada: Staff
) -> None:
    async with database.read() as db:
        support = (await load(db)).home.id
    billing = await make(database, lead, "Billing")
    async with database.write() as db:
        rule = await rules.add(db, checked(RuleChange, name="money", team_id=billing), lead)
        wanted = checked(TeamChange, name="Support", week=WEEK, overflow_team_id=billing)
        await manage.change(db, support, wanted, lead)
        await manage.set_members(db, billing, [ada.id])
    for team, said in ((support, "first team"), (billing, "“money”")):
        with pytest.raises(Conflict, match=said):
            async with database.write() as db:
                await manage.archive(db, team, lead)
    async with database.write() as db:
        await rules.remove(db, rule.id, lead)
        await manage.archive(db, billing, lead)
    async with database.read() as db:
        roster = await load(db)
        [support_now, archived] = await manage.every(db)
    assert [team.name for team in roster.teams] == ["Support"]
    assert roster.team(billing) is roster.home
    assert roster.home.overflow_team_id is None
    assert roster.can_take(ada.id, roster.home)
    assert (support_now.archived, archived.archived) == (False, True)
    with pytest.raises(Conflict, match="an archived team"):
        await make(database, lead, "Billing")
    async with database.write() as db:
        await manage.restore(db, billing)
    assert await order(database) == ["Support", "Billing"]


async def test_teams_are_ordered_and_the_first_is_home(
    database: Database, home: None, lead: Staff
) -> None:
    for name in ("Billing", "Repairs"):
        await make(database, lead, name)
    async with database.read() as db:
        repairs = (await load(db)).teams[-1].id
    for by, expected in (
        (-1, ["Support", "Repairs", "Billing"]),
        (-5, ["Repairs", "Support", "Billing"]),
        (9, ["Support", "Billing", "Repairs"]),
    ):
        async with database.write() as db:
            await manage.move(db, repairs, by)
        assert await order(database) == expected


async def test_rules_are_moved_and_removed_without_gaps(
    database: Database, home: None, lead: Staff
) -> None:
    team = await make(database, lead, "Billing")
    async with database.write() as db:
        made = [
            await rules.add(db, checked(RuleChange, name=name, team_id=team), lead)
            for name in "abcd"
        ]
    async with database.write() as db:
        await rules.move(db, made[3].id, -2)
        await rules.remove(db, made[0].id, lead)
    async with database.read() as db:
        found = await rules.every(db)
    assert [(rule.name, rule.position) for rule in found] == [("d", 0), ("b", 1), ("c", 2)]
    with pytest.raises(NotFound):
        async with database.write() as db:
            await rules.move(db, made[0].id, 1)


async def test_only_people_who_take_chats_are_members(
    database: Database, hire: Hire, home: None, lead: Staff
) -> None:
    writer = await hire("writer", Role.EDITOR)
    team = await make(database, lead, "Billing")
    refused: list[type[HandrailError]] = []
    for deed in ("member", "profile", "backup"):
        try:
            async with database.write() as db:
                if deed == "member":
                    await manage.set_members(db, team, [writer.id])
                elif deed == "profile":
                    await people.change(db, writer.id, PersonChange(), lead)
                else:
                    wanted = checked(TeamChange, name="B", week=WEEK, backup_id=writer.id)
                    await manage.change(db, team, wanted, lead)
        except HandrailError as error:
            refused.append(type(error))
    assert refused == [Invalid, NotFound, Invalid]


async def test_a_trial_names_who_could_take_it_or_what_is_missing(
    database: Database, home: None, lead: Staff, ada: Staff, bob: Staff
) -> None:
    async with database.read() as db:
        roster = await load(db)
        french = await explain.trial(db, roster, RouteFacts("asked", language="fr"))
        assert french.able == ()
    async with database.write() as db:
        change = PersonChange(languages=["fr"], teams=frozenset({roster.home.id}))
        await people.change(db, ada.id, change, lead)
    async with database.read() as db:
        roster = await load(db)
        french = await explain.trial(db, roster, RouteFacts("asked", language="fr"))
        dutch = await explain.trial(db, roster, RouteFacts("asked", language="nl"))
    assert (french.able, french.gap) == (("Ada",), None)
    assert (dutch.able, dutch.gap) == ((), "Support has nobody with Dutch.")


def test_belgian_holidays_come_from_the_calendar() -> None:
    found = public_holidays("BE", 2027)
    days = {day.isoformat(): name for day, name in found.items()}
    assert days["2027-07-21"] == "National Day"
    assert {"2027-01-01", "2027-03-29", "2027-05-06", "2027-12-25"} <= days.keys()
    for country, year in (("ZZ", 2027), ("be", 2027), ("BE", 1900)):
        with pytest.raises(Invalid):
            public_holidays(country, year)

"""Whom a chat is offered to: pure, so any desk may be tried."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff.hours import HOUSE
from handoff.models import Handoff, Level
from handoff.routing.assign import LEAST_BUSY, ROUND_ROBIN, Load, choose, takes
from handoff.teams.roster import AgentSkills, Roster, TeamOnDuty

STAFF = [uuid.UUID(int=number) for number in range(1, 7)]
FIRST, SECOND = uuid.UUID(int=100), uuid.UUID(int=101)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ids = st.sampled_from(STAFF)


def team(
    team_id: uuid.UUID, members: frozenset[uuid.UUID], assign: str, **more: object
) -> TeamOnDuty:
    made = {"id": team_id, "name": str(team_id.int), "hours": HOUSE, "assign": assign}
    return TeamOnDuty(**{**made, "members": members, **more})  # type: ignore[arg-type]


def case(**values: object) -> Handoff:
    made: dict[str, object] = {"team_id": FIRST, "declined": [], "level": Level.FRONT_LINE.value}
    return Handoff(**{**made, **values})


@st.composite
def desks(draw: st.DrawFn) -> tuple[Roster, frozenset[uuid.UUID], dict[uuid.UUID, Load], Handoff]:
    assign = st.sampled_from(["claim", ROUND_ROBIN, LEAST_BUSY])
    agents = {
        one: AgentSkills(
            one,
            level=draw(st.sampled_from(list(Level))),
            skills=draw(st.frozensets(st.sampled_from(["billing", "legal"]))),
            languages=draw(st.frozensets(st.sampled_from(["en", "fr"]), min_size=1)),
            capacity=draw(st.integers(1, 3)),
        )
        for one in STAFF
    }
    groups = st.frozensets(ids, min_size=1)
    roster = Roster(
        teams=(
            team(FIRST, draw(groups), draw(assign), overflow_team_id=SECOND),
            team(SECOND, draw(groups), draw(assign)),
        ),
        agents=agents,
    )
    moments = st.none() | st.integers(0, 9).map(lambda n: START + timedelta(minutes=n))
    load = {
        one: Load(draw(st.integers(0, 3)), draw(st.integers(0, 1)), draw(moments)) for one in STAFF
    }
    handoff = case(
        team_id=draw(st.sampled_from([FIRST, SECOND])),
        skill=draw(st.sampled_from([None, "billing"])),
        level=draw(st.sampled_from(list(Level))).value,
        language=draw(st.sampled_from([None, "en", "fr"])),
        wanted_agent_id=draw(st.none() | ids),
        excluded_agent_id=draw(st.none() | ids),
        declined=[str(one) for one in draw(st.frozensets(ids))],
        overflowed_at=draw(st.sampled_from([None, START])),
    )
    return roster, draw(st.frozensets(ids)), load, handoff


@given(desks())
def test_nobody_is_chosen_who_may_not_have_it(
    desk: tuple[Roster, frozenset[uuid.UUID], dict[uuid.UUID, Load], Handoff],
) -> None:
    roster, online, load, handoff = desk
    chosen = choose(roster, online, load, handoff)
    if chosen is None:
        return
    assert chosen in online
    assert chosen != handoff.excluded_agent_id
    assert str(chosen) not in handoff.declined
    assert load[chosen].total < roster.agent(chosen).capacity
    assert takes(roster, chosen, handoff, online)


@given(desks())
def test_somebody_is_chosen_while_anybody_of_a_pushing_team_is_free(
    desk: tuple[Roster, frozenset[uuid.UUID], dict[uuid.UUID, Load], Handoff],
) -> None:
    roster, online, load, handoff = desk
    own = roster.team(handoff.team_id)
    free = [
        one
        for one in online
        if one in own.members
        and one != handoff.excluded_agent_id
        and str(one) not in handoff.declined
        and load[one].total < roster.agent(one).capacity
        and takes(roster, one, case(**_of(handoff, overflowed_at=None)), online)
    ]
    chosen = choose(roster, online, load, handoff)
    if own.assign == "claim" and handoff.overflowed_at is None:
        assert chosen is None
    elif own.assign != "claim" and free:
        assert chosen in free
        if handoff.wanted_agent_id in free:
            assert chosen == handoff.wanted_agent_id


def _of(handoff: Handoff, **changes: object) -> dict[str, object]:
    names = ("team_id", "skill", "level", "language", "wanted_agent_id", "excluded_agent_id")
    return {**{name: getattr(handoff, name) for name in names}, **changes}


def test_round_robin_takes_turns_and_least_busy_looks_at_room() -> None:
    ada, bob = STAFF[:2]
    both = frozenset({ada, bob})
    agents = {ada: AgentSkills(ada, capacity=2), bob: AgentSkills(bob, capacity=10)}
    load = {ada: Load(1, 0, START), bob: Load(3, 0, START + timedelta(minutes=1))}
    turns = Roster(teams=(team(FIRST, both, ROUND_ROBIN),), agents=agents)
    room = Roster(teams=(team(FIRST, both, LEAST_BUSY),), agents=agents)
    assert choose(turns, both, load, case()) == ada, "asked longer ago"
    assert choose(room, both, load, case()) == bob, "3 of 10 is less than 1 of 2"


def test_a_language_nobody_speaks_keeps_nobody_waiting() -> None:
    ada, bob = STAFF[:2]
    agents = {bob: AgentSkills(bob, languages=frozenset({"en", "fr"}))}
    roster = Roster(teams=(team(FIRST, frozenset({ada, bob}), ROUND_ROBIN),), agents=agents)
    french, dutch = case(language="fr"), case(language="nl")
    assert choose(roster, {ada, bob}, {}, french) == bob
    assert choose(roster, {ada}, {}, french) == ada, "better in English than never"
    assert choose(roster, {ada, bob}, {}, dutch) == ada


def test_the_backup_stands_in_for_the_lead() -> None:
    ada, bob = STAFF[:2]
    roster = Roster(teams=(team(FIRST, frozenset({ada, bob}), LEAST_BUSY, backup_id=bob),))
    assert choose(roster, {ada, bob}, {}, case(level=Level.LEAD.value)) == bob
    assert choose(roster, {ada}, {}, case(level=Level.LEAD.value)) is None

"""Complaint: chats are routed to somebody who has gone to lunch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import WebSocket, expect

from tests.browser.people import PASSWORD, Colleague, Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]

ALL_WEEK = {str(day): [["00:00", "23:59"]] for day in range(7)}
# As if the last key had been pressed a quarter of an hour ago; nothing else of the page is touched.
GONE = "localStorage.setItem('handrail:console:touched', String(Date.now() - 15 * 60_000))"


@pytest.fixture
def bobs_team(desk: str) -> Iterator[str]:
    """A team of Bob alone that offers its chats."""
    sue = Colleague(desk, "sue", PASSWORD)
    bob = next(one for one in sue.call("GET", "/api/desk/people") if one["name"].startswith("Bob"))
    new = {"name": "Night desk", "week": ALL_WEEK, "assign": "round_robin", "offer_seconds": 300}
    team = sue.call("POST", "/api/desk/teams", **new)["id"]
    sue.call("PUT", f"/api/desk/teams/{team}/members", members=[bob["id"]])
    yield team
    sue.call("POST", f"/api/desk/teams/{team}/archive")
    sue.leave()


def test_nobody_is_offered_to_who_left_and_the_first_key_takes_chats_again(
    agent: Agents, customer: Customers, bobs_team: str
) -> None:
    ada, bob = agent("ada"), agent("bob")
    bob.opens()
    bob.page.evaluate(GONE)
    expect(bob.page.get_by_role("button", name="You: Away")).to_be_visible()
    expect(bob.page.get_by_text("nobody touched the console for a while")).to_be_visible()

    una = customer("Una")
    ada.claims(una)
    path = f"/api/conversations/{una.conversation}/transfer"
    ada.rest.call("POST", path, team=bobs_team, note="")
    entry = next(
        one
        for one in bob.rest.call("GET", "/api/queue")["waiting"]
        if one["conversation"] == una.conversation
    )
    assert (entry["team_id"], entry["offered"], entry["offered_to"]) == (bobs_team, False, None)
    offered = bob.page.get_by_role("list", name="Chats offered to you")
    expect(bob.page.get_by_text("Una needs help").first).to_be_visible()
    expect(offered.get_by_text("Una needs help")).to_have_count(0)

    bob.page.keyboard.press("Shift")
    expect(bob.page.get_by_role("button", name="You: Taking chats")).to_be_visible()
    expect(offered.get_by_text("Una needs help")).to_be_visible()
    bob.page.keyboard.press("a")
    expect(
        bob.page.get_by_role("list", name="Your chats").get_by_text("Una", exact=True)
    ).to_be_visible()


def test_who_went_away_by_hand_stays_away_at_the_next_key(agent: Agents) -> None:
    bob = agent("bob")
    sockets: list[WebSocket] = []
    bob.page.on("websocket", lambda socket: sockets.append(socket))
    bob.opens()
    socket = next(one for one in sockets if one.url.endswith("/ws/staff"))
    bob.page.keyboard.press("m")
    away = bob.page.get_by_role("button", name="You: Away")
    expect(away).to_be_visible()
    with socket.expect_event("framesent", lambda frame: '"presence"' in frame):
        bob.page.evaluate(GONE)
    with socket.expect_event("framesent", lambda frame: '"presence"' in frame):
        bob.page.keyboard.press("Shift")
    bob.page.reload()
    expect(away).to_be_visible()
    bob.page.get_by_role("button", name="I am back").click()
    expect(bob.page.get_by_role("button", name="You: Taking chats")).to_be_visible()

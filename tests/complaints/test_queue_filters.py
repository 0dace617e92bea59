"""Complaint: a filter hides what is urgent, a saved view can't be got rid of, and nobody sees who has a chat."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PASSWORD, Colleague, Customer
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]
Customers = Callable[[str], Customer]

ALL_WEEK = {str(day): [["00:00", "23:59"]] for day in range(7)}


@pytest.fixture
def sue(desk: str) -> Iterator[Colleague]:
    supervisor = Colleague(desk, "sue", PASSWORD)
    yield supervisor
    supervisor.leave()


def of(sue: Colleague, name: str) -> str:
    """The id of a member of staff."""
    people = sue.call("GET", "/api/desk/people")
    return next(str(one["id"]) for one in people if one["name"].startswith(name))


@pytest.fixture
def second_team(sue: Colleague) -> Iterator[str]:
    """A second team, of Bob alone; Ada and Bob are in the first one."""
    name = f"Parcels {secrets.token_hex(2)}"
    team = sue.call("POST", "/api/desk/teams", name=name, week=ALL_WEEK)["id"]
    sue.call("PUT", f"/api/desk/teams/{team}/members", members=[of(sue, "Bob")])
    yield team
    sue.call("POST", f"/api/desk/teams/{team}/archive")


def shown(page: Page, tag: str) -> set[str]:
    """Which of this test's customers are in the list."""
    names = page.locator(".hc-line strong").all_text_contents()
    return {name.split()[0] for name in names if name.endswith(tag)}


def filters(page: Page) -> Locator:
    return page.locator("handrail-filters")


def test_each_filter_shows_what_it_says_and_hides_no_alarm(
    agent: Agents, customer: Customers, sue: Colleague, second_team: str
) -> None:
    tag = secrets.token_hex(2)
    ada, bob = agent("ada"), agent("bob")
    made = {name: customer(f"{name} {tag}") for name in ("Own", "Topic", "Team", "Plain")}
    ada.claims(made["Own"])
    topic = f"/api/conversations/{made['Topic'].conversation}/topic"
    sue.call("PUT", topic, topic="return_item")
    bob.claims(made["Team"])
    moved = f"/api/conversations/{made['Team'].conversation}/transfer"
    bob.rest.call("POST", moved, team=second_team, note="")
    alarm = customer(f"Alarm {tag}")
    alarm.says("this is dangerous: the lamp caught fire")
    sue.call("POST", f"/api/conversations/{alarm.conversation}/alarm", why="Fire")
    ada.opens()
    page = ada.page
    page.get_by_text("For other teams").click()
    everybody = {"Own", "Topic", "Team", "Plain", "Alarm"}
    expect(page.locator(".hc-line:visible").filter(has_text=tag)).to_have_count(5)
    assert shown(page, tag) == everybody

    page.locator("handrail-filters summary").click()
    field = {
        name: filters(page).get_by_label(name, exact=True)
        for name in ("State", "Priority", "Team", "Topic", "Language")
    }
    clear = filters(page).get_by_role("button", name="Clear")
    for name, option, wanted in (
        ("State", "mine", {"Own"}),
        ("State", "unassigned", {"Topic", "Team", "Plain"}),
        ("State", "alarm", set()),
        ("State", "overdue", set()),
        ("Team", second_team, {"Team"}),
        ("Topic", "return_item", {"Topic"}),
        ("Priority", "low", set()),
        ("Priority", "normal", {"Own", "Topic", "Plain"}),
        ("Priority", "high", {"Team"}),  # who was passed on comes sooner
    ):
        field[name].select_option(value=option)
        assert shown(page, tag) == wanted | {"Alarm"}, (name, option)
        clear.click()
        assert shown(page, tag) == everybody
    filters(page).get_by_role("searchbox").fill(f"plain {tag}")
    assert shown(page, tag) == {"Plain", "Alarm"}
    sue.call("POST", f"/api/conversations/{alarm.conversation}/alarm/own")


def test_a_view_is_saved_chosen_and_deleted_and_only_who_may_shares_it(
    agent: Agents, sue: Colleague
) -> None:
    bob = of(sue, "Bob")
    sue.call("PUT", f"/api/desk/people/{bob}", level="lead")
    try:
        page = agent("bob").opens().page
        page.locator("handrail-filters summary").click()
        filters(page).get_by_label("Priority").select_option("urgent")
        filters(page).get_by_role("button", name="Save as a view").click()
        dialog = page.get_by_role("dialog", name="Save as a view")
        expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
        expect(dialog.get_by_role("checkbox")).to_have_count(0)
        page.keyboard.type("Burning")
        page.keyboard.press("Enter")
        view = filters(page).get_by_label("Saved view")
        expect(view.locator("option:checked")).to_have_text("Burning")
        page.reload()
        view.select_option(label="Burning")
        page.locator("handrail-filters summary").click()
        expect(filters(page).get_by_label("Priority")).to_have_value("urgent")
        filters(page).get_by_role("button", name="Delete view").click()
        page.get_by_role("dialog", name="Delete the view “Burning”?").get_by_role(
            "button", name="Delete"
        ).click()
        expect(view).to_be_hidden()
        expect(filters(page).get_by_label("Priority")).to_have_value("")
    finally:
        sue.call("PUT", f"/api/desk/people/{bob}", level="front_line")

    page = agent("sue").opens().page
    page.locator("handrail-filters summary").click()
    filters(page).get_by_label("Priority").select_option("high")
    filters(page).get_by_role("button", name="Save as a view").click()
    dialog = page.get_by_role("dialog", name="Save as a view")
    dialog.get_by_role("textbox").fill("For all")
    dialog.get_by_role("checkbox", name="For all colleagues").check()
    dialog.get_by_role("button", name="Save").click()
    expect(filters(page).locator("option:checked", has_text="For all (shared)")).to_have_count(1)
    for one in sue.call("GET", "/api/desk/views"):
        sue.call("DELETE", f"/api/desk/views/{one['id']}")


def test_a_supervisor_sees_who_has_a_chat(agent: Agents, customer: Customers) -> None:
    vic, bob = customer("Vic"), agent("bob")
    bob.claims(vic)
    page = agent("sue").opens().page
    page.get_by_text("With colleagues").click()
    line = page.get_by_role("list", name="Chats of colleagues").get_by_role("button", name="Vic")
    expect(line).to_contain_text("With Bob Colleague")
    line.click()
    expect(page.get_by_role("region", name="Vic").get_by_text("With Bob Colleague")).to_be_visible()

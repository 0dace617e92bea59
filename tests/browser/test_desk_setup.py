"""A supervisor sets a team's hours and a routing rule; the line that tries them follows.

Saves what was seen under results/screenshots/.
"""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Browser, Page, expect

from server.trial import Trial
from tests.browser.test_two_windows import browser, shot, sign_in, window

__all__ = ["browser"]


def choose(page: Page, field: str, option: str) -> None:
    """Type into a field of choices and take the first that fits, by keyboard."""
    box = page.get_by_role("combobox", name=field, exact=True).last
    box.click()
    box.fill(option)
    page.get_by_role("option", name=re.compile(option)).first.click()
    page.keyboard.press("Tab")


def test_hours_and_a_rule_are_set_and_tried(system: Trial, browser: Browser) -> None:
    page = window(browser, 1280, 1000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, system, "/staff/desk/teams")
    team = f"Belgian desk {secrets.token_hex(3)}"
    page.get_by_role("button", name="New team").click()
    form = page.get_by_role("region", name="New team")
    form.get_by_role("textbox", name="Name", exact=True).first.fill(team)
    form.get_by_role("button", name="Remove the hours on Monday").click()
    form.get_by_role("button", name="Add hours on Sunday").click()
    expect(form.get_by_label("Sunday opens")).to_be_focused()
    form.get_by_label("Sunday opens").fill("14:00")
    form.get_by_label("Sunday closes").fill("10:00")
    form.get_by_role("button", name="Save team").click()
    alert = form.get_by_role("alert")
    expect(alert).to_have_text("Sunday: 14:00 to 10:00 ends before it begins.")
    form.get_by_label("Sunday closes").fill("18:00")
    form.get_by_label("Year").fill("2027")
    form.get_by_role("button", name="Add Belgium’s holidays for 2027").click()
    expect(form.get_by_text("Armistice Day")).to_be_visible()
    shot(page, "desk-team")
    form.get_by_role("button", name="Save team").click()
    expect(form).to_be_hidden()
    teams = page.get_by_role("table", name="Teams in their order")
    line = teams.get_by_role("row").filter(has_text=team)
    expect(line).to_contain_text("Nobody yet")
    line.get_by_role("button", name=f"Edit {team}").click()
    form = page.get_by_role("region", name=f"Edit {team}")
    expect(form.get_by_label("Sunday opens")).to_have_value("14:00")
    expect(form.get_by_text("National Day")).to_be_visible()

    page.get_by_role("link", name="Routing").click()
    trial = page.get_by_role("region", name="Try it")
    choose(page, "Language", "French")
    answer = trial.get_by_role("status")
    expect(answer).to_contain_text("no routing rule applies")
    page.get_by_role("button", name="New rule").click()
    rule = page.get_by_role("dialog")
    rule.get_by_role("textbox", name="Name", exact=True).fill("French speakers")
    choose(page, "Languages", "French")
    choose(page, "Goes to team", team)
    rule.get_by_role("button", name="Save rule").click()
    expect(rule).to_be_hidden()
    expect(answer).to_have_text(f"Goes to {team}: rule “French speakers”.")
    expect(trial).to_contain_text(f"{team} has no people.")
    shot(page, "desk-routing")
    choose(page, "Language", "English")
    expect(answer).to_contain_text("no routing rule applies")

    page.get_by_role("button", name="Remove French speakers").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    choose(page, "Language", "French")
    expect(answer).to_contain_text("no routing rule applies")
    page.get_by_role("link", name="Teams").click()
    page.get_by_role("button", name=f"Edit {team}").click()
    page.get_by_role("button", name="Archive").click()
    expect(teams.get_by_role("row").filter(has_text=team)).to_be_hidden()
    assert not problems

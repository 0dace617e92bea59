"""Two editors at one article in two real windows, then its history, a set time, and the way back to the list.

Saves what they saw under results/screenshots/.
"""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Browser, expect

from server.trial import Trial
from tests.browser.test_two_windows import browser, shot, sign_in, window

__all__ = ["browser"]


def test_two_editors_keep_both_texts_and_set_a_time(system: Trial, browser: Browser) -> None:
    ada = window(browser)
    problems: list[str] = []
    ada.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(ada, system, "/staff/articles")
    title = f"Clean the lens {secrets.token_hex(3)}"
    ada.goto(f"{system.base_url}/staff/articles/new")
    ada.get_by_role("textbox", name="Title, in").fill(title)
    ada.get_by_role("textbox", name="Context").fill("For every telescope.")
    ada.get_by_role("textbox", name="Action").fill("Wipe it with a cloth.")
    ada.get_by_role("textbox", name="Outcome").fill("It is clear after 1 minute.")
    ada.get_by_role("button", name="Save draft").click()
    ada.wait_for_url("**/staff/articles/clean-the-lens-*")
    expect(ada.get_by_text("Version 1 by admin")).to_be_visible()

    bob = ada.context.new_page()
    bob.goto(ada.url)
    bob.get_by_role("textbox", name="Context").fill("For every telescope <b>and</b> camera.")
    bob.keyboard.press("Control+s")
    expect(bob.get_by_text("Version 2 by admin")).to_be_visible()

    ada.get_by_role("textbox", name="Outcome").fill("It is clear after 2 minutes.")
    ada.get_by_role("button", name="Save draft").click()
    expect(ada.get_by_text("saved version 2 while you were writing")).to_be_visible()
    changes = ada.get_by_role("region", name="Changes by somebody else")
    expect(changes.get_by_role("insertion")).to_contain_text("<b>and</b> camera")
    shot(ada, "editor-two-at-once")
    changes.get_by_role("button", name="Take their context").click()
    expect(ada.get_by_role("textbox", name="Context")).to_have_value(
        "For every telescope <b>and</b> camera."
    )
    expect(ada.get_by_role("textbox", name="Outcome")).to_have_value("It is clear after 2 minutes.")
    ada.get_by_role("button", name="Save draft").click()
    expect(ada.get_by_text("Version 3 by admin")).to_be_visible()

    ada.get_by_role("button", name="What changed in version 3").click()
    expect(ada.get_by_role("dialog").get_by_role("deletion")).to_contain_text("1 minute")
    shot(ada, "editor-diff")
    ada.get_by_role("button", name="Close").click()

    ada.get_by_role("button", name="Help page").click()
    page = ada.frame_locator("iframe[title^='The article as a page']")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("<b>and</b> camera")).to_be_visible()
    ada.get_by_role("button", name="Publish at").click()
    ada.get_by_label("Day and time (UTC)").fill("2028-01-01T08:00")
    ada.get_by_role("button", name="Set the time").click()
    timed = ada.get_by_text("version 3 will answer from 2028-01-01 08:00 UTC").first
    # What changes is asked about first, where anything does.
    changes = ada.get_by_role("dialog", name=re.compile("what changes"))
    expect(changes.or_(timed).first).to_be_visible()
    if changes.is_visible():
        changes.get_by_role("button", name="Publish", exact=True).click()
    expect(timed).to_be_visible()
    shot(ada, "editor-scheduled")

    ada.goto(f"{system.base_url}/staff/articles?need=scheduled")
    search = ada.get_by_role("textbox", name="Search titles")
    words = f"camera {title.split()[-1].upper()}"
    search.fill(words)
    expect(ada.get_by_text("1 article", exact=True)).to_be_visible()
    expect(ada).to_have_url(re.compile(r"need=scheduled"))
    expect(ada).to_have_url(re.compile(r"words=camera"))
    ada.get_by_role("link", name=title).click()
    expect(ada.get_by_role("button", name="Drop the set time")).to_be_visible()
    ada.get_by_role("link", name="All articles").click()
    expect(search).to_have_value(words)
    expect(ada.get_by_text("1 article", exact=True)).to_be_visible()
    assert not problems

"""Complaint: the set-up can't be used on a phone. Every page of the desk in a window of 375 px."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from handoff.screens.nav import PLACES
from tests.complaints.conftest import Agent

Agents = Callable[[str], Agent]

WIDTH = 375
OUTSIDE = """() => [...document.querySelectorAll("#main :is(button, input, select, textarea, a, h1, h2)")]
  .filter((one) => one.checkVisibility())
  .filter((one) => {
    const { width, left, right } = one.getBoundingClientRect();
    return width && (left < 0 || right > innerWidth);
  }).map((one) => one.getAttribute("aria-label") ?? one.textContent)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"


def test_nothing_of_the_desk_is_out_of_reach_on_a_phone(agent: Agents) -> None:
    sue = agent("sue")
    page = sue.page
    page.set_viewport_size({"width": WIDTH, "height": 740})
    for name, path in PLACES:
        page.goto(sue.url + path)
        here = page.get_by_role("navigation", name="The desk").locator("[aria-current=page]")
        expect(here).to_have_text(name)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_function("window.did_handshake")
        assert (page.evaluate(OUTSIDE), page.evaluate(TOO_WIDE)) == ([], 0), path


@pytest.mark.parametrize("path", ["people", "replies", "macros", "procedures"])
def test_a_dialog_fits_and_its_buttons_can_be_reached(agent: Agents, path: str) -> None:
    sue = agent("sue")
    page = sue.page
    page.set_viewport_size({"width": WIDTH, "height": 740})
    page.goto(f"{sue.url}/staff/desk/{path}")
    page.wait_for_function("window.did_handshake")
    page.get_by_role("button", name="Edit").first.click()
    card = page.locator(".q-dialog .q-card")
    expect(card).to_be_visible()
    save = card.get_by_role("button", name="Save")
    save.scroll_into_view_if_needed()
    expect(save).to_be_in_viewport(ratio=0.99)
    box = card.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= WIDTH
    assert card.evaluate("(card) => card.scrollWidth - card.clientWidth") == 0

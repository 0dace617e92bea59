"""Doubtful examples in a real browser: decided by one key each, taken back, on a phone in the dark."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.training.opinions.site import PHONE, RESULTS, WIDE, site

PATH = "/staff/training/suspects"


async def test_doubtful_examples_are_decided_by_key(tmp_path: Path) -> None:
    async with site(tmp_path) as opened:
        page = await opened.open("ann", PATH)
        cards = page.get_by_role("list", name="Doubtful examples").locator("> li")
        await expect(cards).to_have_count(3)
        await expect(page.get_by_text("3 examples", exact=True)).to_be_visible()
        await page.screenshot(path=RESULTS / "suspects.png", full_page=True)
        files = tmp_path / "nlu"

        # The first: to the likelier intent, by key; the next one has the focus. Back again by key.
        text = await cards.first.locator(".su-text").inner_text()
        (before,) = [path for path in files.glob("*.yml") if f"- {text}\n" in path.read_text()]
        await cards.first.focus()
        await page.keyboard.press("1")
        await expect(page.get_by_text("It is an example of")).to_be_visible()
        await expect(cards).to_have_count(2)
        (after,) = [path for path in files.glob("*.yml") if f"- {text}\n" in path.read_text()]
        assert after != before
        await expect(cards.first).to_be_focused()
        await page.keyboard.press("u")
        await expect(cards).to_have_count(3)
        assert f"- {text}\n" in before.read_text()

        # Keep one, take one out; typing into a field decides nothing.
        await expect(cards.first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("and is not shown again")).to_be_visible()
        await expect(cards).to_have_count(2)
        await expect(cards.first).to_be_focused()
        await page.keyboard.press("/")
        await expect(cards.first.get_by_label("Another intent for")).to_be_focused()
        await page.keyboard.type("i1")
        await expect(cards).to_have_count(2)
        # What is typed marks an intent, and Tab goes on without choosing it.
        field = cards.first.get_by_label("Another intent for")
        await field.fill("")
        await field.press_sequentially("passw")
        await expect(page.get_by_role("option", name="password")).to_have_class(
            re.compile("focused")
        )
        await page.keyboard.press("Tab")
        await expect(cards.first.get_by_role("button", name="Take it out")).to_be_focused()
        await expect(cards).to_have_count(2)
        gone = await cards.first.locator(".su-text").inner_text()
        await cards.first.get_by_role("button", name="Take it out").click()
        await expect(cards).to_have_count(1)
        assert not [path for path in files.glob("*.yml") if f"- {gone}\n" in path.read_text()]

        phone = await opened.open("ben", PATH, PHONE, color_scheme="dark")
        cards = phone.get_by_role("list", name="Doubtful examples").locator("> li")
        await expect(cards).to_have_count(1)
        assert not await phone.evaluate(WIDE)
        await phone.screenshot(path=RESULTS / "suspects-phone.png", full_page=True)
        # The page that one is on is in sight, though nine links are longer than the window.
        here = phone.get_by_role("navigation", name="The trainer's room").get_by_text("Doubtful")
        await expect(here).to_be_in_viewport()
        await cards.first.get_by_role("button", name="Right as it is").click()
        await expect(phone.get_by_text("No example looks wrong")).to_be_visible()
        await expect(phone.get_by_role("button", name="Undo")).to_be_focused()
        await phone.keyboard.press("Enter")
        await expect(cards).to_have_count(1)
        await expect(cards.first).to_be_focused()

        refused = await (await opened.open("sue", "/staff/training/opinions")).goto(
            opened.url + PATH
        )
        assert refused is not None and refused.status == 403

"""The test console in a real browser: side by side, by button, from a real episode, saved as a test."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from server.settings import ROOT
from tests.chromium import ARGUMENTS, executable
from tests.training.page_site import Site, serving

DESK: ViewportSize = {"width": 1280, "height": 900}
TRY = "/staff/training/try"


def test_from_a_sentence_to_a_story_test(tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        with serving(tmp_path, browser, "tests.training.trying.page_server") as site:
            from_a_sentence_to_a_story_test(site)
            assert site.errors == []
        browser.close()


def from_a_sentence_to_a_story_test(site: Site) -> None:
    shots = ROOT / "results" / "training"
    shots.mkdir(parents=True, exist_ok=True)
    page = site.open(DESK, path=TRY)
    box = page.get_by_label("What the customer says, one message a line")
    box.fill("what does delivery cost\ngood morning")
    box.press("Control+Enter")
    result = page.get_by_role("region", name="Result")
    expect(result.get_by_text("understood differently")).to_be_visible()
    serving = result.get_by_role("article", name="serving").first
    expect(serving).to_contain_text("delivery info, 90%")
    expect(serving).to_contain_text("shows the article (81% that it helps)")
    expect(serving).to_contain_text("Topic - a question")
    expect(result.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    page.screenshot(path=shots / "try.png", full_page=True)

    # A button of the last answer goes on with the conversation.
    result.get_by_role("button", name="Yes").first.click()
    expect(result.get_by_role("heading", name="3. /affirm")).to_be_visible()
    assert (box.input_value()).endswith("\n/affirm")

    # What it means is corrected, what follows is walked anew, and it is saved once.
    panel = page.get_by_role("region", name="Story test", exact=True)
    meant = panel.get_by_label("Right intent for message 1")
    meant.fill("order sta")
    page.get_by_role("option", name="order status").click()
    expect(panel.get_by_text("action_order_status")).to_be_visible()
    panel.get_by_label("Title (optional)").fill("Asks and greets")
    panel.get_by_role("button", name="Save story test").click()
    expect(panel.get_by_text("Saved as story_tests/test_asks_and_greets-")).to_be_visible()
    panel.get_by_role("button", name="Save story test").click()
    expect(panel.get_by_text("is a story test already")).to_be_visible()
    [file] = list((site.folder / "data" / "story_tests").iterdir())
    assert "intent: order_status" in file.read_text("utf-8")
    page.get_by_role("button", name="Run all with the first model").click()
    expect(page.get_by_text("0 of 1 passed.")).to_be_visible()
    expect(page.get_by_text("message 1: understood as delivery_info")).to_be_visible()

    # A real episode, masked; what would be done is said. Also on a phone.
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{site.url}{TRY}?turn={site.tokens['turn']}")
    expect(page.get_by_text("A real conversation, personal data masked.")).to_be_visible()
    expect(page.get_by_role("heading", name="2. cancel my order FW-000000")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375
    page.screenshot(path=shots / "try-phone.png", full_page=True)

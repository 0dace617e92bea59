"""A trainer's morning: from misread messages to a better model in service, at the keyboard.

Rasa, its supervisor and the encoder are stand-ins (tests/training/page_server.py). Saves what was seen under
results/screenshots/.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.test_two_windows import browser, shot
from tests.training.page_site import serving

__all__ = ["browser"]


def test_from_misread_messages_to_a_better_model(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path, browser) as site:
        page = site.open()
        text, last = page.locator(".rv-text"), page.locator(".rv-last p")
        lines = page.get_by_role("list", name="Messages")
        expect(lines.get_by_role("button", name="5 like this")).to_be_visible()
        shot(page, "trainer-1-review")

        # A cluster is one line; it is opened, folded again, and labelled as one.
        while "as a gift" not in text.inner_text():
            page.keyboard.press("j")
        members = page.get_by_role("article").get_by_role("heading", name="5 like this")
        expect(members).to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(lines.get_by_role("button", name="as a gift")).to_have_count(5)
        page.keyboard.press("ArrowLeft")
        expect(lines.get_by_role("button", name="as a gift")).to_have_count(1)
        shot(page, "trainer-2-cluster")
        page.keyboard.press("/")
        page.keyboard.type("order ch")
        shot(page, "trainer-3-picker")
        page.keyboard.press("Enter")
        expect(last).to_have_text("5 messages labelled as order change.")

        # What no intent covers gets one of its own.
        lines.get_by_role("button", name="can I get the same thing but in green").click()
        page.keyboard.press("n")
        page.keyboard.type("Other colour")
        page.keyboard.press("Tab")
        page.keyboard.type("do you have this lamp in green\nis there a blue one, too")
        shot(page, "trainer-4-new-intent")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(last).to_have_text("New intent: other colour.")

        # An entity is marked by keyboard, and goes with the label.
        lines.get_by_role("button", name="the hub blinks red all night").click()
        page.keyboard.press("e")
        page.keyboard.press("ArrowRight")
        for _ in " blinks":
            page.keyboard.press("Shift+ArrowRight")
        for _ in " blinks":
            page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="What is “hub”?")).to_be_visible()
        page.keyboard.type("prod")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Which product is “hub”?")).to_be_visible()
        page.keyboard.type("fern hub")
        page.keyboard.press("Enter")
        expect(text.locator("mark")).to_have_text("hub product")
        shot(page, "trainer-5-entity")
        page.keyboard.press("2")
        expect(last).to_have_text("Labelled as technical problem.")

        # One too many, and back.
        page.keyboard.press("Enter")
        expect(last).to_have_text(re.compile("^Labelled as"))
        page.keyboard.press("u")
        expect(last).to_have_text(re.compile("^Taken back: Labelled as"))
        expect(page.get_by_text("9 of today's 20 best labelled")).to_be_visible()
        shot(page, "trainer-6-undone")

        page.get_by_role("link", name="Model", exact=True).click()
        expect(page.get_by_text("9 labels are not trained yet.")).to_be_visible()
        marked = '[hub]{"entity": "product", "value": "Fernway Hub"}'
        assert f"    - the {marked} blinks red all night\n" in site.examples("technical_problem")
        assert site.examples("order_change").count("as a gift") == 5
        assert "other_colour" in (site.folder / "domain.yml").read_text("utf-8")
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.get_by_role("button", name="Log").click()
        expect(page.get_by_text("a library greets")).to_be_visible()
        shot(page, "trainer-7-training")
        better = page.get_by_text(re.compile(r"The new model is \d\.\d points better\."))
        expect(better).to_be_visible()
        shot(page, "trainer-8-result")
        page.get_by_role("link", name="The whole comparison").click()
        expect(page.get_by_role("heading", name="New model, old model")).to_be_visible()
        shot(page, "trainer-9-comparison")
        page.get_by_role("button", name="Promote…").click()
        why = page.get_by_role("dialog", name="Promote the new model?").get_by_label("Why")
        expect(why).to_have_value(re.compile("^better when compared; .*; 9 new labels$"))
        why.press("Enter")
        expect(page.get_by_text("The new model is in service since")).to_be_visible()
        shot(page, "trainer-10-promoted")
        page.get_by_role("button", name="Roll back…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Why").fill("it reads returns worse")
        dialog.get_by_role("button", name="Roll back", exact=True).click()
        expect(page.get_by_text("The model before is back in service")).to_be_visible()
        expect(page.get_by_text("In service: old", exact=True)).to_be_visible()
        assert site.errors == []

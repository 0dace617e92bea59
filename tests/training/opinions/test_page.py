"""Second opinions in a real browser: blind, by keyboard, seen differently, settled, ruled; a phone in the dark."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.training.opinions.page_server import HOSTILE
from tests.training.opinions.site import PHONE, RESULTS, WIDE, site

PATH = "/staff/training/opinions"


async def test_two_people_read_settle_and_agree(tmp_path: Path) -> None:
    async with site(tmp_path) as opened:
        ben = await opened.open("ben", PATH)
        waiting = ben.get_by_role("region", name="For you")
        await expect(waiting.get_by_text(HOSTILE)).to_be_visible()
        await expect(waiting.get_by_role("heading")).to_have_text("For you (2)")
        # What Ann said of these two is nowhere on the page, and the page says so of nobody.
        assert "Ann" not in await waiting.inner_html()
        assert "password" not in (await waiting.inner_text()).lower()
        await ben.screenshot(path=RESULTS / "opinions.png", full_page=True)

        # By keyboard: the first guess for the first message, then the focus is on the next one.
        first = waiting.get_by_role("listitem").first
        await first.focus()
        await ben.keyboard.press("1")
        await expect(ben.get_by_text("It is settled and written: “delivery”.")).to_be_visible()
        assert "where is my parcel" in (tmp_path / "nlu" / "delivery.yml").read_text("utf-8")
        last = waiting.get_by_role("listitem").first
        await expect(last).to_be_focused()
        await last.get_by_role("button", name="refund").click()
        await expect(ben.get_by_text("Your colleague sees it differently.")).to_be_visible()
        await expect(ben.get_by_text("Nothing waits for your opinion.")).to_be_visible()
        await expect(ben.get_by_role("region", name="Agreement")).to_contain_text("Cohen's kappa")

        # A third person decides, with a reason.
        cleo = await opened.open("cleo", PATH, PHONE, color_scheme="dark")
        disputed = cleo.get_by_role("region", name="Seen differently")
        await expect(disputed.get_by_role("heading")).to_have_text("Seen differently (2)")
        assert not await cleo.evaluate(WIDE)
        await cleo.screenshot(path=RESULTS / "opinions-phone.png", full_page=True)
        card = disputed.get_by_role("listitem").filter(has_text="sign in any more")
        await card.get_by_role("button", name="Settle").click()
        await expect(cleo.get_by_text("Choose an intent and say why.")).to_be_visible()
        await card.get_by_label("It is:").fill("pass")
        await cleo.get_by_role("option", name="password").click()
        await card.get_by_label("Because").fill("They lost their way in")
        await card.get_by_role("button", name="Settle").click()
        await expect(cleo.get_by_text("It is settled and written: “password”.")).to_be_visible()
        assert "sign in any more" in (tmp_path / "nlu" / "password.yml").read_text("utf-8")

        # One of two changes their mind.
        ann = await opened.open("ann", PATH)
        card = ann.get_by_role("region", name="Seen differently").get_by_role("listitem")
        await card.get_by_label("I would say now").press_sequentially("refu")
        # What fits is marked, and Enter chooses it.
        await expect(ann.get_by_role("option", name="refund")).to_have_class(re.compile("focused"))
        await ann.keyboard.press("Enter")
        await expect(card.get_by_label("I would say now")).to_have_value("refund")
        await card.get_by_label("Because").fill("Ben is right")
        await ann.keyboard.press("Enter")
        await expect(ann.get_by_text("It is settled and written: “refund”.")).to_be_visible()
        await expect(ann.get_by_role("heading", level=1)).to_be_focused()

        # The supervisor sees agreement and sets the rules, and is shown no messages.
        sue = await opened.open("sue", PATH)
        rules = sue.get_by_role("region", name="Rules")
        await expect(rules.get_by_text("100 % of all labels, drawn by chance")).to_be_visible()
        await expect(sue.get_by_role("region", name="For you")).to_have_count(0)
        await rules.get_by_text("Change").click()
        await rules.get_by_label("Per cent of labels, by chance").fill("10")
        await rules.get_by_role("button", name="Save").click()
        await expect(rules.get_by_text("10 % of all labels, drawn by chance")).to_be_visible()
        await sue.screenshot(path=RESULTS / "opinions-rules.png", full_page=True)

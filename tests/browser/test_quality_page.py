"""A lead sees what a target means on the house's own questions, sets it, fits, and goes back."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from server.trial import Trial
from tests.browser.test_two_windows import browser, shot, sign_in, tab_to, window

__all__ = ["browser"]


def test_a_lead_sets_the_target_and_fits_by_keyboard(system: Trial, browser: Browser) -> None:
    lead = window(browser, height=1100)
    problems: list[str] = []
    lead.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(lead, system, "/staff/articles/quality")
    expect(lead.get_by_text("Measured on")).to_be_visible(timeout=60_000)
    tab_to(lead, "At least so many percent")
    slider = lead.get_by_role("slider")
    lead.keyboard.press("Home")
    heading = lead.get_by_role("heading", level=2).first
    for percent in range(51, 62):
        lead.keyboard.press("ArrowRight")
        expect(slider).to_have_value(str(percent))
    expect(heading).to_contain_text("at least 61% of such answers help")
    expect(slider).to_have_value("61")
    lead.keyboard.press("End")
    expect(heading).to_have_text("Answer at once when at least 99% of such answers help")
    expect(lead.get_by_role("rowheader", name="99%")).to_be_visible()
    tab_to(lead, "Set")
    lead.keyboard.press("Enter")
    expect(heading).to_contain_text("99% of such answers help (in force)", timeout=60_000)

    lead.get_by_role("button", name="Fit to our questions").click()
    figures = lead.get_by_role("region", name="Fit to our questions").get_by_role("table")
    expect(figures).to_be_visible(timeout=120_000)
    expect(figures.get_by_role("row")).to_have_count(5)
    shot(lead, "quality-fit")

    lead.get_by_role("button", name="As the settings say").click()
    setting = f"{system.settings.answer_precision:.0%} of such answers help (in force)"
    expect(heading).to_contain_text(setting, timeout=60_000)
    back = lead.get_by_role("button", name="Back to the shipped weights")
    if back.is_visible():
        back.click()
        expect(lead.get_by_text("The shipped weights judge.")).to_be_visible(timeout=60_000)
    assert not problems

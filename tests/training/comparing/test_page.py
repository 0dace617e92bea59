"""The page of a comparison in a real browser: read in half a minute, by keyboard, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from server.settings import ROOT
from tests.chromium import ARGUMENTS, executable
from tests.training.page_site import PHONE, Site, serving

DESK: ViewportSize = {"width": 1200, "height": 900}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    program = "tests.training.comparing.page_server"
    with serving(tmp_path_factory.mktemp("comparison"), browser, program) as opened:
        yield opened
        assert opened.errors == []


@pytest.fixture
def results() -> Path:
    folder = ROOT / "results" / "training"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def at(site: Site, run: str) -> str:
    return f"/staff/training/runs/{site.tokens.get(run, run)}"


def test_the_verdict_what_would_change_and_the_tables(site: Site, results: Path) -> None:
    page = site.open(DESK, path=at(site, "better"))
    expect(page.get_by_text("Better, and nothing speaks against it.")).to_be_visible()
    expect(page.get_by_text("5 answers and 1 handoff would change in 36 messages")).to_be_visible()
    expect(page.get_by_text("A message is read in 8.4 ms, 8.2 before")).to_be_visible()
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    expect(page.get_by_text("wrong now: labelled item missing")).to_be_visible()
    page.screenshot(path=results / "comparison.png", full_page=True)
    page.get_by_role("button", name="Handoffs (1)").click()
    expect(page.get_by_text("calls a person (asked for)")).to_be_visible()
    expect(page.get_by_text("my kettle came")).to_have_count(0)

    # The tables open by keyboard; the chart says nothing that the table does not.
    fold = page.get_by_role("button", name="By intent")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="F1, points")).to_be_visible()
    page.get_by_role("button", name="What is taken for what").click()
    expect(page.get_by_role("columnheader", name="Taken for")).to_be_visible()
    expect(page.locator(".cp-chart svg")).to_be_visible()
    page.get_by_role("button", name="Time, memory and size").click()
    expect(page.get_by_role("row", name="Memory, at most (MB) 100 100")).to_be_visible()
    page.screenshot(path=results / "comparison-tables.png", full_page=True)

    page.goto(site.url + at(site, "worse"))
    expect(page.get_by_text("Worse: something speaks against")).to_be_visible()
    expect(page.get_by_text("Moments of truth of the golden set: 0 of")).to_be_visible()

    page.goto(site.url + at(site, "uncompared"))
    page.get_by_role("button", name="Compare now").click()
    expect(page.get_by_text("Better, and nothing speaks")).to_be_visible()

    page.goto(site.url + at(site, "nonsense"))
    expect(page.get_by_text("There is no such training")).to_be_visible()
    agent = site.open(path=at(site, "better"), role="agent")
    expect(agent.get_by_role("region", name="Verdict")).to_have_count(0)
    answer = agent.reload()
    assert answer is not None and answer.status == 403


def test_a_phone_in_the_dark(site: Site, results: Path) -> None:
    page = site.open(PHONE, path=at(site, "better"), dark=True)
    expect(page.get_by_text("Better, and nothing speaks against it.")).to_be_visible()
    for name in ("By intent", "What is taken for what"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_role("columnheader", name="Taken for")).to_be_visible()
    expect(page.locator(".cp-chart")).to_be_hidden()
    assert not page.evaluate(WIDE)
    page.screenshot(path=results / "comparison-phone.png", full_page=True)

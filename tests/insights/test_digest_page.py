"""The digest in a real browser, in front of the whole app: each item leads to a screen that opens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable
from tests.training.page_site import DESK, PATIENCE, PHONE, wait_for

DIGEST = "/staff/insights/digest?week=2026-W10"


@dataclass
class Site:
    url: str
    tokens: dict[str, str]
    browser: Browser
    errors: list[str] = field(default_factory=list)

    def open(
        self, who: str, path: str = DIGEST, *, phone: bool = False, dark: bool = False
    ) -> Page:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESK, color_scheme="dark" if dark else "light",
            locale="en-GB", timezone_id="UTC",
        )  # fmt: skip
        context.add_cookies([{"name": COOKIE, "value": self.tokens[who], "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        page.goto(f"{self.url}{path}")
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "tests.insights.page_server",
            str(tmp_path_factory.mktemp("digest")), str(port),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        # The app's log stands on the same stream before it.
        line = next(line for line in process.stdout if line.startswith('{"editor"'))
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
            opened = Site(f"http://127.0.0.1:{port}", json.loads(line), browser)
            yield opened
            browser.close()
            assert opened.errors == []
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def ready(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Week 10, 2026")


def test_each_item_is_one_click_from_a_screen_that_opens(site: Site) -> None:
    page = site.open("admin")
    ready(page)
    links = page.locator(".in-items a")
    expect(links).to_have_count(13)
    expect(page.locator(".in-items li")).to_have_count(13)
    paths = [link.get_attribute("href") for link in links.all()]
    for path in dict.fromkeys(paths):
        # A screen that is not there says so with 404, one for others with 403.
        answer = page.goto(f"{site.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator("#main")).to_be_visible()


def test_the_links_lead_to_the_very_thing(site: Site) -> None:
    page = site.open("admin")
    for section, link, there in (
        ("Articles that help least", "The lamp does not light", "The lamp does not light"),
        ("Misunderstood intents", "Delivery info", "give me my money"),
        ("Asked in vain", "do you ship to norway", "do you ship to norway"),
        ("Findings of leads", "A real chat about refund", "The amount was never said."),
        ("Answers that did not help", "can I change my address", "can I change my address"),
    ):
        page.goto(f"{site.url}{DIGEST}")
        region = page.get_by_role("region", name=section)
        region.get_by_role("link", name=link).click()
        main = page.locator("#main")
        words = main.get_by_text(there).or_(main.locator(f'input[value="{there}"]'))
        expect(words.first).to_be_visible()


def test_customers_words_are_text_and_masked(site: Site) -> None:
    page = site.open("supervisor")
    ready(page)
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    expect(page.get_by_text("Nowak")).to_have_count(0)


def test_a_supervisor_finds_it_in_the_header_and_reads_what_others_mend(site: Site) -> None:
    page = site.open("supervisor", "/staff/insights")
    expect(page).to_have_url(f"{site.url}/staff/insights/digest")
    ready(page)
    here = page.get_by_role("navigation", name="Staff pages").get_by_role("link", name="Insights")
    expect(here).to_have_attribute("aria-current", "page")
    articles = page.get_by_role("region", name="Articles that help least")
    expect(articles.get_by_text("The lamp does not light")).to_be_visible()
    expect(articles.get_by_text("Editors mend these")).to_be_visible()
    expect(articles.get_by_role("link")).to_have_count(0)
    low = page.get_by_role("region", name="Low ratings").get_by_role("link")
    expect(low).to_have_count(2)
    page.get_by_role("link", name="The week before, 2026-W09").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Week 9, 2026")
    page.get_by_role("link", name="The next week, 2026-W10").click()
    ready(page)


@pytest.mark.parametrize(
    ("who", "group", "hidden"),
    [
        ("editor", "The knowledge base", "Low ratings"),
        ("trainer", "Understanding", "Articles that help least"),
    ],
)
def test_editors_and_trainers_see_their_part(site: Site, who: str, group: str, hidden: str) -> None:
    page = site.open(who)
    ready(page)
    expect(page.get_by_role("heading", level=2)).to_have_text([group])
    expect(page.get_by_text(hidden)).to_have_count(0)
    answer = page.request.get(f"{site.url}/api/insights/digest?week=2026-W10").json()
    keys = {section["key"] for section in answer["sections"]}
    assert "low_ratings" not in keys
    assert ("worst_articles" in keys) == (who == "editor")
    menu = page.get_by_role("navigation", name="Staff pages")
    expect(menu.get_by_role("link", name="Digest")).to_have_attribute("aria-current", "page")


def test_an_agent_is_refused_and_a_wrong_week_says_how_it_is_written(site: Site) -> None:
    refused = site.open("lena")
    expect(refused.get_by_text("Week 10")).to_have_count(0)
    page = site.open("supervisor", "/staff/insights/digest?week=soon")
    expect(page.get_by_role("status")).to_have_text("A week is written like 2026-W47.")
    page.get_by_role("link", name="The week to read now").click()
    ready(page)


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_sticks_out(site: Site, dark: bool) -> None:
    page = site.open("admin", phone=True, dark=dark)
    ready(page)
    for width in (375, 320):
        page.set_viewport_size({"width": width, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    levels = [
        int(one.evaluate("heading => heading.tagName[1]"))
        for one in page.get_by_role("heading").all()
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))

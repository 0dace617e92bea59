"""The history page in a real browser: kept models, the way back, a model that reads along, every step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from server.clock import SystemClock
from server.database import Database
from server.events import LocalBus
from tests.chromium import ARGUMENTS, executable
from tests.training.house_of_models import House
from tests.training.page_site import PHONE, Site, serving
from tests.training.talk import Talk
from training.files import Claim
from training.paths import Paths
from training.shadowing.models import ShadowResult, ShadowTrial, TrialState

HISTORY, MODEL = "/staff/training/history", "/staff/training/model"
GOOD, BAD = "20261123-061500-ffffcd34", "20261123-071500-ab12cd34"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("history"), browser, PAGE_EMPTY="1") as opened:
        yield opened
        assert opened.errors == []


async def fill(folder: Path) -> None:
    """A model that serves after a trial, and a worse candidate that somebody tried to promote."""
    var, clock = folder / "var", SystemClock()
    paths = Paths(domain=folder / "domain.yml", nlu=folder / "nlu", golden=folder, var=var)
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    try:
        house, talk = House(database, clock, paths), Talk(database, clock)
        good = await house.candidate(GOOD, candidate={"right": 9, "share": 0.912})
        said = (
            ("where is parcel FW-204411", "delivery_info", "order_status"),
            ("hello", "greet", "greet"),
        )
        async with database.write() as db:
            trial = ShadowTrial(
                state=TrialState.RUNNING, run_id=good.id, model=good.model or "", share=0.5,
                wanted=500, dropped=3, started_at=clock.now(), why="",
            )  # fmt: skip
            db.add(trial)
        for text, serving_said, shadow_said in said:
            turn = await talk.says(text, serving_said)
            async with database.write() as db:
                db.add(
                    ShadowResult(
                        trial_id=trial.id, turn_id=turn, intent=shadow_said, confidence=0.71,
                        milliseconds=33.0, at=clock.now(),
                    )
                )  # fmt: skip
        await house.promotions.promote(good.id, None, reason="it knows returns")
        await house.promotions.wait()
        await house.candidate(BAD, "worse")
    finally:
        await database.close()


def test_from_nothing_to_a_roll_back(site: Site) -> None:
    page = site.open(path=HISTORY)
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    expect(page.get_by_text("Choose “Let it read along” at a kept model.")).to_be_visible()
    # Another process runs the trial: this one must neither end it nor begin a second.
    claim = Claim(site.folder / "var" / "shadow.lock")
    assert claim.take()
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, fill(site.folder)).result()

    models = page.get_by_role("region", name="Kept models")
    expect(models.get_by_role("listitem").first).to_contain_text(GOOD)
    expect(models.get_by_role("listitem").first).to_contain_text("in service")
    expect(models.get_by_role("listitem").nth(1)).to_contain_text("it knows returns")
    along = page.get_by_role("region", name="Reading along")
    expect(along.get_by_text("1 of 2 understood alike (50.0 %).")).to_be_visible()
    along.get_by_text("1 message understood differently").click()
    expect(along.get_by_text("where is parcel FW-000000")).to_be_visible()
    claim.release()
    along.get_by_role("button", name="Stop").click()
    expect(along.get_by_text("It has ended.")).to_be_visible()

    page.get_by_role("button", name="Roll back to old…").click()
    dialog = page.get_by_role("dialog")
    yes = dialog.get_by_role("button", name="Roll back", exact=True)
    expect(yes).to_be_disabled()
    dialog.get_by_label("Why").fill("it reads returns worse")
    yes.click()
    expect(models.get_by_role("listitem").first).to_contain_text("old")
    steps = page.get_by_role("region", name="What happened to the model")
    first = steps.get_by_role("listitem").first
    expect(first).to_contain_text("Back in service")
    expect(first).to_contain_text("by Tess Trainer: it reads returns worse")

    phone = site.open(PHONE, path=HISTORY, dark=True)
    expect(phone.get_by_role("heading", name="Kept models")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_worse_model_needs_a_reason_and_its_name(site: Site) -> None:
    page = site.open(path=MODEL)
    page.get_by_role("button", name="Promote…").click()
    dialog = page.get_by_role("dialog", name="Promote it all the same?")
    yes = dialog.get_by_role("button", name="Promote", exact=True)
    why, name = dialog.get_by_label("Why it shall serve"), dialog.get_by_label("Name of the model")
    expect(yes).to_be_disabled()
    why.fill("we need its new intent")
    name.fill(GOOD)
    expect(yes).to_be_disabled()
    why.fill("because")
    name.fill(BAD)
    expect(yes).to_be_disabled()
    why.fill("we need its new intent")
    expect(yes).to_be_enabled()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


async def start_with(folder: Path, name: str) -> None:
    """The files were changed, and the system was started again."""
    var = folder / "var"
    paths = Paths(domain=folder / "domain.yml", nlu=folder / "nlu", golden=folder, var=var)
    database = Database(f"sqlite+aiosqlite:///{folder / 'page.db'}", LocalBus())
    try:
        house = House(database, SystemClock(), paths)
        house.serve(house.model(name, "models"))
        await house.promotions.recover()
    finally:
        await database.close()


def test_a_model_that_came_with_a_start_is_a_finding(site: Site) -> None:
    page = site.open(path=HISTORY)
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, start_with(site.folder, "fe12ab34")).result()
    finding = page.get_by_role("region", name="It came with a start")
    expect(
        finding.get_by_text("It has not been compared with the one before, old, yet.")
    ).to_be_visible()
    finding.get_by_role("link", name="Compare it").click()
    expect(page.get_by_role("button", name="Compare now")).to_be_visible()

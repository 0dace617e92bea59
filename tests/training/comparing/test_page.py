"""The page of a comparison in a real browser: read in half a minute, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Site:
    def __init__(self, url: str, told: dict[str, str], context: BrowserContext) -> None:
        self.url, self.told, self.context = url, told, context
        self.errors: list[str] = []

    async def open(self, run: str, role: str = "trainer") -> Page:
        await self.context.add_cookies(
            [{"name": COOKIE, "value": self.told[role], "url": self.url}]
        )
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        for attempt in range(100):
            try:
                answer = await page.goto(
                    f"{self.url}/staff/training/runs/{self.told.get(run, run)}"
                )
                assert answer is not None
                assert answer.status == (403 if role == "agent" else 200)
                break
            except Exception:
                if attempt == 99:
                    raise
                await asyncio.sleep(0.1)
        return page


@pytest.fixture(scope="module")
def results() -> Path:
    folder = ROOT / "results" / "training"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.training.comparing.page_server", str(tmp_path), str(port),
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            opened = Site(
                f"http://127.0.0.1:{port}",
                told,
                await browser.new_context(viewport={"width": 1200, "height": 900}),
            )
            yield opened
            await browser.close()
            assert opened.errors == []
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_the_verdict_what_would_change_and_the_tables(site: Site, results: Path) -> None:
    page = await site.open("better")
    await expect(page.get_by_text("Better, and nothing speaks against it.")).to_be_visible(
        timeout=20_000
    )
    await expect(
        page.get_by_text("5 answers and 1 handoff would change in 36 messages")
    ).to_be_visible()
    await expect(page.get_by_text("A message is read in 8.4 ms, 8.2 before")).to_be_visible()
    await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    await expect(page.get_by_text("wrong now: labelled item missing")).to_be_visible()
    await page.screenshot(path=results / "comparison.png", full_page=True)
    await page.get_by_role("button", name="Handoffs (1)").click()
    await expect(page.get_by_text("calls a person (asked for)")).to_be_visible()
    await expect(page.get_by_text("my kettle came")).to_have_count(0)

    # The tables open by keyboard; the chart says nothing that the table does not.
    fold = page.get_by_role("button", name="By intent")
    await fold.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("columnheader", name="F1, points")).to_be_visible()
    await page.get_by_role("button", name="What is taken for what").click()
    await expect(page.get_by_role("columnheader", name="Taken for")).to_be_visible()
    await expect(page.locator(".cp-chart svg")).to_be_visible()
    await page.get_by_role("button", name="Time, memory and size").click()
    await expect(page.get_by_role("row", name="Memory, at most (MB) 100 100")).to_be_visible()
    await page.screenshot(path=results / "comparison-tables.png", full_page=True)

    page = await site.open("worse")
    await expect(page.get_by_text("Worse: something speaks against")).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("Moments of truth of the golden set: 0 of")).to_be_visible()

    page = await site.open("uncompared")
    await page.get_by_role("button", name="Compare now").click()
    await expect(page.get_by_text("Better, and nothing speaks")).to_be_visible(timeout=30_000)

    page = await site.open("nonsense")
    await expect(page.get_by_text("There is no such training")).to_be_visible(timeout=20_000)
    await site.open("better", role="agent")


async def test_a_phone_in_the_dark(site: Site, results: Path) -> None:
    page = await site.open("better")
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 375, "height": 812})
    await expect(page.get_by_text("Better, and nothing speaks against it.")).to_be_visible(
        timeout=20_000
    )
    for name in ("By intent", "What is taken for what"):
        await page.get_by_role("button", name=name).click()
    await expect(page.get_by_role("columnheader", name="Taken for")).to_be_visible()
    await expect(page.locator(".cp-chart")).to_be_hidden()
    assert not await page.evaluate(WIDE)
    await page.screenshot(path=results / "comparison-phone.png", full_page=True)

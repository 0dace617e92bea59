"""The test console in a real browser: side by side, by button, from a real episode, saved as a test."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable


@dataclass
class Opened:
    page: Page
    url: str
    turn: str


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Opened]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.training.trying.page_server", str(folder), str(port),
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    errors: list[str] = []
    try:
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        url = f"http://127.0.0.1:{port}"
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            context = await browser.new_context(viewport={"width": 1280, "height": 900})
            await context.add_cookies([{"name": COOKIE, "value": ready["token"], "url": url}])
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
            for attempt in range(100):
                try:
                    await page.goto(f"{url}/staff/training/try")
                    break
                except Exception:
                    if attempt == 99:
                        raise
                    await asyncio.sleep(0.1)
            yield Opened(page, url, ready["turn"])
            await browser.close()
            assert errors == []
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_from_a_sentence_to_a_story_test(tmp_path: Path) -> None:
    shots = ROOT / "results" / "training"
    shots.mkdir(parents=True, exist_ok=True)
    async with opened(tmp_path) as site:
        page = site.page
        box = page.get_by_label("What the customer says, one message a line")
        await box.fill("what does delivery cost\ngood morning")
        await box.press("Control+Enter")
        result = page.get_by_role("region", name="Result")
        await expect(result.get_by_text("understood differently")).to_be_visible(timeout=20_000)
        serving = result.get_by_role("article", name="serving").first
        await expect(serving).to_contain_text("delivery info, 90%")
        await expect(serving).to_contain_text("shows the article (81% that it helps)")
        await expect(serving).to_contain_text("Topic - a question")
        await expect(result.get_by_text("<script>alert(1)</script>").first).to_be_visible()
        await page.screenshot(path=shots / "try.png", full_page=True)

        # A button of the last answer goes on with the conversation.
        await result.get_by_role("button", name="Yes").first.click()
        await expect(result.get_by_role("heading", name="3. /affirm")).to_be_visible()
        assert (await box.input_value()).endswith("\n/affirm")

        # What it means is corrected, what follows is walked anew, and it is saved once.
        panel = page.get_by_role("region", name="Story test", exact=True)
        meant = panel.get_by_label("Right intent for message 1")
        await meant.fill("order sta")
        await page.get_by_role("option", name="order status").click()
        await expect(panel.get_by_text("action_order_status")).to_be_visible()
        await panel.get_by_label("Title (optional)").fill("Asks and greets")
        await panel.get_by_role("button", name="Save story test").click()
        await expect(
            panel.get_by_text("Saved as story_tests/test_asks_and_greets-")
        ).to_be_visible()
        await panel.get_by_role("button", name="Save story test").click()
        await expect(panel.get_by_text("is a story test already")).to_be_visible()
        [file] = list((tmp_path / "data" / "story_tests").iterdir())
        assert "intent: order_status" in file.read_text("utf-8")
        await page.get_by_role("button", name="Run all with the first model").click()
        await expect(page.get_by_text("0 of 1 passed.")).to_be_visible()
        await expect(page.get_by_text("message 1: understood as delivery_info")).to_be_visible()

        # A real episode, masked; what would be done is said. Also on a phone.
        await page.set_viewport_size({"width": 375, "height": 800})
        await page.goto(f"{site.url}/staff/training/try?turn={site.turn}")
        await expect(page.get_by_text("A real conversation, personal data masked.")).to_be_visible()
        await expect(
            page.get_by_role("heading", name="2. cancel my order FW-000000")
        ).to_be_visible(timeout=20_000)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 375
        await page.screenshot(path=shots / "try-phone.png", full_page=True)

"""The surveys' page in a real Chromium: figures, comments as text, on a phone, for supervisors only."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

PATH = "/staff/insights/surveys"


expect.set_options(timeout=20_000)


async def opened(browser: Browser, url: str, token: str, width: int, *, dark: bool) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    await context.add_init_script("window.ran = 0")
    await context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
    page = await context.new_page()
    page.set_default_timeout(20_000)
    await page.goto(url + PATH)
    return page


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[str, dict[str, str], Browser]]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.insights.survey_server", str(tmp_path), str(port),
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        tokens = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                break
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            yield f"http://127.0.0.1:{port}", tokens, browser
            await browser.close()
    finally:
        process.terminate()
        await process.wait()


async def test_a_supervisor_reads_the_figures_and_nobody_else_does(
    site: tuple[str, dict[str, str], Browser], tmp_path: Path
) -> None:
    url, tokens, browser = site
    shots = Path(os.environ.get("HANDRAIL_SHOTS", tmp_path))
    page = await opened(browser, url, tokens["supervisor"], 1280, dark=False)
    stars = page.get_by_role("region", name="Satisfaction (CSAT)")
    await expect(stars).to_contain_text("91%")  # 30 of 33
    await expect(stars).to_contain_text("95% sure between 76% and 97%")
    await expect(stars).to_contain_text("33 of 35 asked answered (94%, 81% to 98%); 2 skipped.")
    effort = page.get_by_role("region", name="Effort (CES)")
    await expect(effort).to_contain_text("So few answers say little")
    nobody = page.get_by_role("region", name="Recommendation (NPS)")
    await expect(nobody).to_contain_text("Nobody was asked in this time.")
    await expect(nobody.get_by_role("link")).to_have_attribute("href", "/staff/widget")
    await expect(
        page.get_by_text("<img src=x onerror=ran++> write to [email]").first
    ).to_be_visible()
    assert await page.evaluate("window.ran") == 0
    await page.screenshot(path=shots / "surveys-desktop.png", full_page=True)
    phone = await opened(browser, url, tokens["supervisor"], 320, dark=True)
    await phone.get_by_role("link", name="365 days").click()
    await expect(phone.get_by_role("link", name="365 days")).to_have_attribute(
        "aria-current", "true"
    )
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await phone.evaluate(wide) == 0
    await phone.screenshot(path=shots / "surveys-phone.png", full_page=True)
    agent = await opened(browser, url, tokens["agent"], 1280, dark=False)
    await expect(agent.get_by_text("91%")).to_have_count(0)
    answer = await agent.request.get(f"{url}/api/insights/surveys")
    assert answer.status == 403
    told = await (await page.request.get(f"{url}/api/insights/surveys?days=90")).json()
    assert [(one["kind"], one["asked"], one["answered"]) for one in told["questions"]] == [
        ("csat", 35, 33), ("ces", 5, 4), ("nps", 0, 0),
    ]  # fmt: skip

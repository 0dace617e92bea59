"""The two pages in a real Chromium, as one person after another."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port
from tests.chromium import ARGUMENTS, executable

DESK: ViewportSize = {"width": 1366, "height": 850}
PHONE: ViewportSize = {"width": 375, "height": 800}
RESULTS = ROOT / "results" / "training"
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@dataclass
class Site:
    folder: Path
    url: str
    tokens: dict[str, str]
    browser: Browser
    errors: list[str] = field(default_factory=list)

    async def open(
        self, who: str, path: str, viewport: ViewportSize = DESK, **options: Any
    ) -> Page:
        context = await self.browser.new_context(viewport=viewport, **options)
        await context.add_cookies([{"name": COOKIE, "value": self.tokens[who], "url": self.url}])
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        for attempt in range(200):
            try:
                await page.goto(f"{self.url}{path}")
                break
            except Exception:
                if attempt == 199:
                    raise
                await asyncio.sleep(0.1)
        return page


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    RESULTS.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.training.opinions.page_server", str(folder), str(port),
        stdout=subprocess.PIPE, cwd=ROOT,
        env={
            **os.environ, "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        },
    )  # fmt: skip
    assert process.stdout is not None
    try:
        tokens = json.loads(await asyncio.wait_for(process.stdout.readline(), 90))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable(), args=list(ARGUMENTS)
            )
            opened = Site(folder, f"http://127.0.0.1:{port}", tokens, browser)
            yield opened
            await browser.close()
            assert opened.errors == []
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

"""The trainer's room in Chromium: a server of its own (page_server.py), and windows of signed-in people."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.auth import COOKIE
from server.settings import ROOT
from server.trial import free_port

DESK: ViewportSize = {"width": 1366, "height": 850}
PHONE: ViewportSize = {"width": 375, "height": 780}
PATIENCE = 20_000


@dataclass
class Site:
    folder: Path
    url: str
    tokens: dict[str, str]
    browser: Browser
    errors: list[str] = field(default_factory=list)

    def open(
        self,
        viewport: ViewportSize = DESK,
        *,
        path: str = "/staff/training",
        role: str = "trainer",
        dark: bool = False,
        touch: bool = False,
    ) -> Page:
        """A window of its own; errors in it are kept in `errors`."""
        context = self.browser.new_context(
            viewport=viewport,
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            locale="en-GB",
            timezone_id="UTC",
        )
        context.add_cookies([{"name": COOKIE, "value": self.tokens[role], "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        page.goto(f"{self.url}{path}")
        return page

    def examples(self, intent: str) -> str:
        """The training file of an intent."""
        return (self.folder / "nlu" / f"{intent}.yml").read_text("utf-8")


@contextmanager
def serving(
    folder: Path, browser: Browser, program: str = "tests.training.page_server", **environment: str
) -> Iterator[Site]:
    """Start a page server and wait until it listens; its first line of JSON holds the session tokens."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", program, str(folder), str(port)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert process.stdout is not None
    try:
        tokens = json.loads(process.stdout.readline())
        wait_for(port)
        yield Site(folder, f"http://127.0.0.1:{port}", tokens, browser)
        # The server ends when nobody is connected any more.
        for context in browser.contexts:
            context.close()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def wait_for(port: int) -> None:
    """Return when somebody listens there."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the page's server does not listen")

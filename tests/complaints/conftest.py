"""A real Chromium before a whole app without Rasa, for what an agent's screen must show."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.settings import ROOT
from server.trial import free_port
from tests.browser.people import PASSWORD, Colleague, Customer
from tests.chromium import ARGUMENTS, executable

PATIENCE = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


class Desk:
    """An app with the people of desk_server.py, in a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._log = folder, folder / "log"
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it anew with what it had, and wait until it answers."""
        command = [sys.executable, "-m", "tests.complaints.desk_server"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._folder), str(self._port)], cwd=ROOT, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 120
        while not self._answers():
            over = self._process.poll() is not None or time.monotonic() > deadline
            assert not over, self._log.read_text()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2).is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """No goodbye to anybody."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(15)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(15)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk that all tests share."""
    shared = Desk(tmp_path_factory.mktemp("desk"))
    try:
        shared.start()
        yield shared.url
    finally:
        shared.stop()


class Agent:
    """A signed-in agent: the console in a window, and the same person by REST."""

    def __init__(self, desk: str, browser: Browser, login: str) -> None:
        self.url = desk
        self.rest = Colleague(desk, login, PASSWORD)
        self.context = browser.new_context(viewport={"width": 1400, "height": 860}, locale="en-GB")
        self.context.add_cookies(self.rest.cookies())  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"{error}\n{error.stack}"))

    def opens(self, path: str = "/staff/queue") -> Agent:
        self.page.goto(self.url + path)
        expect(self.page.get_by_role("button", name="Taking chats")).to_be_visible()
        return self

    def opens_chat(self, customer: Customer) -> Agent:
        return self.opens(f"/staff/chat/{customer.conversation}")

    def claims(self, customer: Customer) -> None:
        self.rest.call("POST", f"/api/conversations/{customer.conversation}/claim")

    def releases(self, customer: Customer) -> None:
        self.rest.call("POST", f"/api/conversations/{customer.conversation}/release")

    def leaves(self) -> None:
        """Close the windows, and all chats that are still theirs: the next test's agent begins with none."""
        self.context.close()
        for entry in self.rest.call("GET", "/api/queue")["mine"]:
            if not entry["joined"]:
                path = f"/api/conversations/{entry['conversation']}/close"
                self.rest.call("POST", path, outcome="solved")
        self.rest.leave()


@pytest.fixture
def agent(desk: str, browser: Browser) -> Iterator[Callable[[str], Agent]]:
    """Signs in one more agent; their windows are closed afterwards, and no script may have failed in them."""
    made: list[Agent] = []

    def sign_in(login: str) -> Agent:
        expect.set_options(timeout=PATIENCE)
        made.append(Agent(desk, browser, login))
        return made[-1]

    yield sign_in
    for one in made:
        one.leaves()
    assert [problem for one in made for problem in one.problems] == []


@pytest.fixture
def customer(desk: str) -> Iterator[Callable[[str], Customer]]:
    """Makes a customer of this name who has asked for a person."""
    made: list[Customer] = []

    def arrive(name: str) -> Customer:
        made.append(Customer(desk, name).asks_for_a_person(f"{name} needs help"))
        return made[-1]

    yield arrive
    for one in made:
        one.leave()

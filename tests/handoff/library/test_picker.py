"""The picker, macros with their preview, and the hint about vague times, in real Chromium without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from server.settings import ROOT
from tests.chromium import ARGUMENTS, executable

FILES = {"/staff/console/": "handoff/static", "/widget/": "widget/static"}
PAGE = """<!doctype html><html lang="en"><title>Picker</title><form><textarea aria-label="Reply"></textarea>
<p id="hint"></p></form><script type="module">
import { runMacro } from "/staff/console/macro.js";
import { Picker } from "/staff/console/picker.js";
import { watchHint } from "/staff/console/vague.js";
const box = document.querySelector("textarea");
window.chosen = [];
new Picker({ box, conversation: () => "c1", insert: (text) => { box.value += text; },
  macro: async (macro) => window.chosen.push(await runMacro("c1", macro)) });
watchHint(box, document.querySelector("#hint"));
window.ready = true;
</script></html>"""
REPLIES = [
    {"id": "r1", "title": "Greet", "shortcut": "hi", "text": "Hello Ann, this is Ada.", "suggested": True},
    {"id": "r2", "title": "Refund", "shortcut": "refund", "text": "Order [order number] is refunded.",
     "suggested": False},
    {"id": "r3", "title": "<img src=x onerror=alert(1)>", "shortcut": None, "text": "<b>café</b>",
     "suggested": False},
]  # fmt: skip
MACROS = [{"id": "m1", "title": "Say goodbye", "words": ["Reply to the customer", "Close: solved"]}]
PLAN: dict[str, Any] = {
    "title": "Say goodbye",
    "version": "1",
    "steps": [
        {"do": "reply", "words": "Reply to the customer", "text": "Bye, we write soon.", "missing": [],
         "to_customer": True, "refused": None},
        {"do": "close", "words": "Close: solved", "text": None, "missing": [],
         "to_customer": False, "refused": None},
    ],
}  # fmt: skip


class Server:
    """Answers what the page asks for, and remembers it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.refusal: dict[str, Any] | None = None
        self.plan = PLAN

    def answer(self, route: Route) -> None:
        path = "/" + route.request.url.split("/", 3)[3].split("?")[0]
        for prefix, folder in FILES.items():
            if path.startswith(prefix):
                file = ROOT / folder / path.removeprefix(prefix)
                route.fulfill(path=file, content_type="text/javascript")
                return
        if not path.startswith("/api/"):
            route.fulfill(body=PAGE, content_type="text/html")
            return
        sent = route.request.post_data
        self.calls.append((route.request.method, path, json.loads(sent) if sent else None))
        self.api(route, path)

    def api(self, route: Route, path: str) -> None:
        if path.endswith("/used"):
            route.fulfill(status=204)
        elif path.endswith("/check"):
            text = self.calls[-1][2]["text"]
            at = text.find("soon")
            vague = [{"start": at, "end": at + 4, "words": "soon"}] if at >= 0 else []
            route.fulfill(json={"vague": vague, "advice": "Say when."})
        elif path.endswith("/replies"):
            route.fulfill(json=REPLIES)
        elif path == "/api/desk/macros":
            route.fulfill(json=MACROS)
        elif route.request.method == "GET":
            route.fulfill(json=self.plan)
        elif self.refusal is not None:
            route.fulfill(status=409, json={"error": self.refusal})
        else:
            route.fulfill(json={"steps": [], "repeated": False, "state": {"owner": "closed"}})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.route("**/*", server.answer)
    page.goto("http://desk.example/")
    page.wait_for_function("window.ready === true")
    page.get_by_role("textbox", name="Reply").focus()
    yield page
    context.close()
    assert not problems


def test_a_slash_finds_a_reply_and_enter_puts_it_into_the_box(page: Page, server: Server) -> None:
    page.keyboard.type("/")
    options = page.get_by_role("option")
    expect(options).to_have_count(4)
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.nth(3)).to_have_attribute("aria-selected", "true")
    page.keyboard.type("ref")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Reply")
    expect(box).to_have_value("Order [order number] is refunded.")
    expect(box).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "[order number]"
    assert ("POST", "/api/desk/replies/r2/used", None) in server.calls


def test_who_wants_a_slash_gets_it_and_text_stays_text(page: Page) -> None:
    box = page.get_by_role("textbox", name="Reply")
    page.keyboard.type("and/or /")
    page.keyboard.type("etc")
    expect(page.get_by_role("status")).to_contain_text("Nothing fits")
    page.keyboard.press("Escape")
    expect(box).to_have_value("and/or /etc")
    page.keyboard.press("Control+k")
    page.keyboard.type("cafe")
    expect(page.get_by_role("option")).to_contain_text("<b>café</b>")
    assert page.locator(".hc-picks img, .hc-picks b").count() == 0
    page.keyboard.press("Escape")
    expect(box).to_have_value("and/or /etc")
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_macro_shows_its_texts_first_and_runs_once(page: Page, server: Server) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("goodbye")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Say goodbye")
    text = dialog.get_by_role("textbox", name="Reply to the customer")
    expect(text).to_have_value("Bye, we write soon.")
    expect(dialog).to_contain_text("“soon” – Say when.")
    server.refusal = {"code": "macro_refused", "message": "Step 2: somebody was faster."}
    text.fill("Bye, by 14:40.")
    expect(dialog).not_to_contain_text("Say when.")
    dialog.get_by_role("button", name="Run").click()
    expect(dialog.get_by_role("alert")).to_have_text("Step 2: somebody was faster.")
    server.refusal = None
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_be_hidden()
    page.wait_for_function("window.chosen.length === 1")
    assert page.evaluate("window.chosen[0].state.owner") == "closed"
    first, second = (
        body for method, path, body in server.calls if method == "POST" and "/m1" in path
    )
    assert first == second  # the same run: whatever the first one did is not done again
    assert first["texts"] == {"0": "Bye, by 14:40."}


def test_a_macro_that_was_changed_meanwhile_is_shown_anew(page: Page, server: Server) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("goodbye")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Say goodbye")
    expect(dialog).to_be_visible()
    server.refusal = {"code": "macro_changed", "message": "It was changed. Here it is anew."}
    server.plan = {**PLAN, "version": "2", "steps": PLAN["steps"][:1]}
    dialog.get_by_role("button", name="Run").click()
    expect(dialog.get_by_role("alert")).to_have_text("It was changed. Here it is anew.")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    server.refusal = None
    dialog.get_by_role("button", name="Run").click()
    page.wait_for_function("window.chosen.length === 1")
    versions = [body["version"] for method, path, body in server.calls if "/m1" in path and body]
    assert versions == ["1", "2"]


def test_vague_times_and_open_blanks_are_said_under_the_box(page: Page) -> None:
    hint = page.locator("#hint")
    page.keyboard.type("We answer soon.")
    expect(hint).to_have_text("“soon” – Say when.")
    box = page.get_by_role("textbox", name="Reply")
    box.fill("Order [order number] is sent.")
    expect(hint).to_have_text("Fill in [order number] before you send it.")
    box.fill("You hear from me by 14:40.")
    expect(hint).to_be_hidden()

"""The page of the training files in a real browser: a file is looked at and brought in, an edit is settled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from server.settings import ROOT
from tests.chromium import ARGUMENTS, executable
from tests.training.page_site import PHONE, Site, serving

PATH = "/staff/training/files"
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("files"), browser, PAGE_EMPTY="1") as opened:
        yield opened
        assert opened.errors == []


def test_a_file_is_looked_at_then_brought_in_and_edits_are_settled(
    site: Site, tmp_path: Path
) -> None:
    results = ROOT / "results" / "training"
    results.mkdir(parents=True, exist_ok=True)
    page = site.open(path=PATH)
    expect(page.get_by_text("Nobody has moved or removed a labelled example")).to_be_visible()
    rows = [
        {"text": "<b>is</b> there a voucher for FW-204999", "intent": "gift_card"},
        {"text": "voucher by mail please", "intent": "gift_card"},
        {"text": "thank you so much", "intent": "thanks"},
        {"text": "thank you so much", "intent": "pizza"},
        {"text": "cheers", "intent": "greet"},
    ]
    file = tmp_path / "new.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("new.jsonl: 2 examples to add. Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("In 1 row something was masked or tidied")).to_be_visible()
    page.get_by_text("Contradicting: said to mean something else").click()
    expect(page.get_by_text("Line 5 · greet · It is an example of “thanks” here.")).to_be_visible()
    page.get_by_text("New", exact=True).last.click()
    expect(page.get_by_text("<b>is</b> there a voucher for FW-000000")).to_be_visible()
    expect(page.get_by_text("Line 1 · gift card · Something was masked or tidied.")).to_be_visible()
    page.screenshot(path=results / "files.png", full_page=True)
    assert "voucher by mail" not in site.examples("gift_card")
    page.get_by_role("button", name="Add 2 examples").click()
    expect(page.get_by_text("2 examples added from new.jsonl.")).to_be_visible()
    assert "    - voucher by mail please\n" in site.examples("gift_card")

    for name in ("new.txt", "bad.csv"):
        wrong = tmp_path / name
        wrong.write_text("text;label\n", "utf-8")
        page.locator("input[type=file]").set_input_files(wrong)
        problem = (
            "This file is over 5 MB, or no" if name == "new.txt" else "bad.csv: The first line"
        )
        expect(page.get_by_role("alert")).to_contain_text(problem)

    path = site.folder / "nlu" / "gift_card.yml"
    text = path.read_text("utf-8").replace("    - voucher by mail please\n", "")
    path.write_text(text.replace("    - <b>is</b> there a voucher for FW-000000\n", ""), "utf-8")
    page = site.open(PHONE, path=PATH, dark=True)
    expect(page.get_by_text("Labelled “gift card”, taken out")).to_have_count(2)
    assert not page.evaluate(WIDE)
    page.screenshot(path=results / "files-phone.png", full_page=True)
    page.get_by_role("button", name="Put it back: voucher").click()
    said = page.get_by_text(
        "Put back: “voucher by mail please” is an example of “gift card” again."
    )
    expect(said).to_be_focused()
    expect(page.get_by_text("Labelled “gift card”, taken out")).to_have_count(1)
    page.get_by_role("button", name="Keep the edit: <b>is").click()
    expect(page.get_by_text("stays taken out.")).to_be_focused()
    expect(page.get_by_text("Nobody has moved or removed a labelled example")).to_be_visible()
    assert "    - voucher by mail please\n" in site.examples("gift_card")
    assert "<b>is" not in site.examples("gift_card")


def test_agents_stay_out(site: Site) -> None:
    page = site.open(path=PATH, role="agent")
    expect(page.get_by_role("heading", name="Training files")).to_have_count(0)

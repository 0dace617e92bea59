"""The cases of protocol_cases.js and markdown_cases.js, in a page of a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.widget.fake_server import Running

HERE = Path(__file__).parent
CASES = [
    (name, case)
    for name in ("protocol_cases.js", "markdown_cases.js")
    for case in re.findall(r'^test\("(.+)", async', (HERE / name).read_text(), re.MULTILINE)
]
RUN = """async ([name, title]) => {
  const { cases } = await import(`/tests/${name}`);
  await cases.get(title)();
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with Running() as fake:
        page = browser.new_page()
        page.goto(f"{fake.url}/tests/blank.html")
        yield page
        page.close()


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(page: Page, name: str, case: str) -> None:
    page.evaluate(RUN, [name, case])

"""WCAG 2.2 AA as axe-core finds it, in a page that is open in a test's browser."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Its own evaluation is no script of the page: a strict policy stays in force. The page's own rules (title,
# language) need the whole document, and are skipped by axe itself where only a part is looked at.
RUN = """async ([inside, tags]) => {
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const { violations } = await axe.run(inside ? { include: [inside] } : document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.flat().join(" ")}: ${failureSummary.split("\\n").slice(1).join("; ").trim()}`));
}"""


def breaches(page: Page, inside: str = "", *, tags: list[str] | None = None) -> list[str]:
    """What breaks a rule with one of these tags, one line each; inside: a selector, or the whole document."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[Any] = page.evaluate(RUN, [inside, tags or TAGS])
    return [str(one) for one in found]

"""WCAG 2.2 AA in every moment of the widget: by axe-core, by the accessibility tree, by keyboard, zoomed to 400 %,
in a contrast theme, and without motion."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.axe import breaches
from tests.complaints.ears import nameless
from tests.widget.conftest import Customer
from tests.widget.moments import SIDEWAYS, walk

DESK, PHONE, ZOOMED = (1280, 860), (320, 640), (320, 256)  # 1280 × 1024 at 400 %
STILL = {"reduced_motion": "reduce"}
Views = tuple[tuple[Literal["light", "dark"], tuple[int, int]], ...]
# Each moment is seen in both themes and both sizes, by two walks in two languages.
CASES: dict[str, Views] = {
    "en": (("light", DESK), ("dark", PHONE)),
    "ar": (("dark", DESK), ("light", PHONE)),
}
STEPS = 40

# 2.4.7 and 2.4.11: of each thing that takes the focus, that it can be seen to have it and is not wholly covered.
FOCUS = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const before = root.activeElement;
  const open = root.querySelector(".menu:not([hidden])") ?? root;
  const wrong = [];
  for (const node of open.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")) {
    if (node.disabled || !node.checkVisibility()) continue;
    node.focus();
    const marks = [node, node.parentElement ?? node].map((one) => getComputedStyle(one));
    const seen = marks.some(({ outlineStyle, boxShadow }) => outlineStyle !== "none" || boxShadow !== "none");
    const { left, top, width, height } = node.getBoundingClientRect();
    const free = [.1, .3, .5, .7, .9].some((x) => [.1, .5, .9].some((y) =>
      node.contains(root.elementFromPoint(left + x * width, top + y * height))));
    const name = node.getAttribute("aria-label") || node.textContent || node.className;
    if (!seen) wrong.push(`nobody sees that it has the focus: ${name}`);
    if (!free) wrong.push(`it is covered: ${name}`);
  }
  before?.focus();
  return wrong;
}"""

# What only a colour or a shadow would bound is gone in a contrast theme: a border or a mark must be left.
EDGES = """() => {
  const root = document.querySelector("handrail-widget").shadowRoot;
  const bounded = ".launch, .panel, .menu, .text, .answer, .button, .field, .box, .pill, .news, .hit, .face";
  const bare = [...root.querySelectorAll(bounded)].filter((node) => node.checkVisibility()
    && !node.closest(".row.system") && !node.matches(".is-ask .text")
    && !(node.matches(".panel") && node.clientWidth === innerWidth)
    && getComputedStyle(node).borderTopStyle === "none");
  return bare.map((node) => `no edge in a contrast theme: ${node.className}`);
}"""
MOVING = "document.querySelector('handrail-widget').shadowRoot.getAnimations().length"


def size(page: Page, of: tuple[int, int]) -> None:
    page.set_viewport_size({"width": of[0], "height": of[1]})


def look(page: Page, views: Views) -> list[str]:
    """What is wrong now, with what is on the screen; the window is left as it was."""
    wrong = nameless(page)
    if page.evaluate(MOVING):
        wrong.append("something moves")
    for scheme, viewport in views:
        size(page, viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [f"{scheme} {viewport}: {one}" for one in breaches(page, "handrail-widget")]
    page.keyboard.press("Shift")  # whoever uses the keyboard sees the focus
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    wrong += page.evaluate(EDGES) + page.evaluate(FOCUS)
    page.emulate_media(forced_colors="none", color_scheme="light", reduced_motion="reduce")
    size(page, ZOOMED)
    wrong += [f"cut off at 400 %: {one}" for one in page.evaluate(SIDEWAYS)]
    wrong += [f"at 400 %: {one}" for one in page.evaluate(FOCUS)]
    size(page, DESK)
    return wrong


@pytest.mark.parametrize("window", [STILL], ids=["still"])
@pytest.mark.parametrize("lang", CASES)
def test_no_moment_breaks_wcag(customer: Customer, lang: str, window: dict[str, Any]) -> None:
    found: dict[str, list[str]] = {}
    steps = 0
    for moment in walk(customer, lang):
        steps += 1
        if wrong := look(customer.page, CASES[lang]):
            found[moment] = wrong
    assert found == {}
    assert steps >= STEPS


def test_the_demo_page_breaks_nothing_either(customer: Customer) -> None:
    customer.page.emulate_media(
        reduced_motion="reduce"
    )  # half faded in, no colour is what it will be
    customer.visit()
    customer.page.locator(".launch").wait_for()
    assert breaches(customer.page) == []
    customer.open()
    assert breaches(customer.page) == []


def test_what_axe_looks_for_lies_within_its_sight(customer: Customer) -> None:
    """The shadow root hides nothing from it."""
    customer.visit().open()
    customer.page.evaluate(
        """() => {
          const root = document.querySelector("handrail-widget").shadowRoot;
          root.querySelector(".send").removeAttribute("aria-label");
          root.querySelector(".send").removeAttribute("title");
          root.querySelector(".head h2").style.setProperty("color", "#ccc");
        }"""
    )
    found = " ".join(breaches(customer.page, "handrail-widget"))
    assert "button-name" in found
    assert "color-contrast" in found

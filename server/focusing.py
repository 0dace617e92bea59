"""Where the keyboard is after something was done: never nowhere."""

from __future__ import annotations

import json

from nicegui import ui

# The row alone, and sideways: the page stays where the browser has put it.
_SHOW_CURRENT = """for (const link of document.querySelectorAll("nav > [aria-current]")) {
  const row = link.parentElement, from = row.getBoundingClientRect(), at = link.getBoundingClientRect();
  row.scrollLeft += at.left - from.left - (from.width - at.width) / 2;
}"""


def focus(element: ui.element) -> None:
    """Give it the keyboard, as soon as the browser has drawn it."""
    # By its own client: what was pressed may be gone by now.
    element.client.run_javascript(f"setTimeout(() => getHtmlElement({element.id})?.focus(), 30)")


def focus_marked(mark: str) -> None:
    """Give the keyboard to what has this in `data-mark`, when the browser has drawn it anew; else to the title."""
    wanted = json.dumps(f"[data-mark={json.dumps(mark)}]")
    ui.context.client.run_javascript(
        f"setTimeout(() => (document.querySelector({wanted}) ?? document.querySelector('h1'))?.focus(), 30)"
    )


def busy(button: ui.button, on: bool) -> None:
    """Grey, and the keyboard stays on it; what it does has to ask `is_busy`."""
    button.props("aria-disabled=true" if on else "", remove="" if on else "aria-disabled")


def is_busy(button: ui.button) -> bool:
    return "aria-disabled" in button.props


def show_current() -> None:
    """On a phone a row of links is longer than the window: scroll it to the page that one is on."""
    ui.context.client.run_javascript(_SHOW_CURRENT)

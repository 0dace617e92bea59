"""Nothing that a page shows, or that one reads in the panel, moves because of the widget."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from benchmarks.widget_load import pages, shifts
from tests.widget.fake_server import FakeServer


def test_the_widget_shifts_nothing(context: BrowserContext, server: FakeServer) -> None:
    pages(server)
    moved = dict(shifts(context, server))
    assert moved == dict.fromkeys(moved, 0)
    assert len(moved) == 6


def test_a_shift_would_be_seen(context: BrowserContext, server: FakeServer) -> None:
    """The same figures, with something that does push the page down."""
    pages(server)
    html, _ = server.hosts["shop-with"]
    late = "setTimeout(() => document.body.prepend(document.createElement('hr')), 300);"
    pushing = f"<style>hr {{ block-size: 200px }}</style><script>{late}</script></body>"
    server.hosts["shop-with"] = (html.replace("</body>", pushing), "")
    scenes = shifts(context, server)
    assert next(scenes)[1] == 0
    assert next(scenes)[1] > 0

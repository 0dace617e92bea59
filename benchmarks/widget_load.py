"""`python -m benchmarks.widget_load`: what the widget costs the page that embeds it, in Chromium.

A plain page is loaded with the script tag and without, in turn, each time in a browser profile of its own. What
the main thread works is the processor time of all its tasks in Chromium's own trace, until nothing has come for a
second; what the tag adds is the difference of two loads that follow each other.

On a machine that does other things, Chromium's own slowdown waits for them too and says more than there was to do:
so each load is also measured at full speed, and that time four times over. Layout shift, on the demo shop's page,
is the browser's own figure, and what comes right after a press counts here too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.machine import description, pace_ms
from server.settings import ROOT
from widget.routes import DEMO, DEMO_CSP

if TYPE_CHECKING:
    from tests.widget.fake_server import FakeServer

REPORT = ROOT / "docs" / "benchmarks" / "widget-load.md"
SLOWDOWN = 4
RUNS = 15
TARGET_MS = 50
QUIET_MS = 1000
# Little of its own, so that what the widget adds does not drown in the noise of a shop's pictures.
PLAIN = (
    '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Plain</title><h1>A page</h1>'
    + "<p>Nothing moves here, and nothing is loaded.</p>" * 20
)
TAG = '<script type="module" src="/widget/handrail.js"'
CATEGORIES = ["disabled-by-default-devtools.timeline", "devtools.timeline"]
# Also what follows within half a second of a press, which the figure of the Web Vitals leaves out.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.shifts.push(value);
}).observe({ type: "layout-shift", buffered: true });
"""
ROWS = """| {how}: the page without the widget | {bare} | {bare95} | |
| {how}: **the widget adds, first visit** | **{first}** | {first95} | {target} |
| {how}: the widget adds, returning customer (the chat is fetched when idle) | {again} | {again95} | |
| {how}: longest single task, without | {longest_bare} | {longest_bare95} | |
| {how}: longest single task, with, first visit | {longest} | {longest95} | |"""
PAGE = """# What the widget costs a page at load

{head}, pace {pace:.1f} ms

| main thread, processor time, {runs} loads each | median (ms) | p95 (ms) | target |
|---|---|---|---|
{full}
{slow}

| | requests | kB over the wire, with headers |
|---|---|---|
| before the bubble is pressed | {requests} | {kilobytes:.1f} |

| cumulative layout shift | |
|---|---|
| the page without the widget, at load | {shift_bare:.4f} |
| with it, at load | {shift_load:.4f} |
| on opening the panel | {shift_open:.4f} |
| twelve messages while one reads further up | {shift_read:.4f} |
| twelve messages while one reads the newest | {shift_end:.4f} |
| on closing it | {shift_close:.4f} |

`python -m benchmarks.widget_load`. A plain page, each load in a profile of its own, with and without the tag in
turn. The work is the processor time of all tasks of the page's main thread in Chromium's trace, until a second has
passed quietly; what is added is the difference of neighbours. "{slowdown} × full speed" is what was measured at
full speed, {slowdown} times over; "slowed {slowdown} ×" is Chromium's own slowdown, which on a busy machine also
counts while the thread waits for others. p95 holds the machine's own noise: compare it with that of the page
alone. Load when this was measured: {busy:.1f} processes for {cores} cores; the pace is that of
benchmarks/machine.py (6 on a quiet machine). A returning customer's browser has a token and a conversation that it
connects to. Layout shift is that of the demo shop's page; shifts within half a second of a press are counted,
which Web Vitals leave out.
"""


@dataclass
class Load:
    """One load of the page."""

    work: float
    """Milliseconds of all tasks on the main thread."""
    longest: float


@dataclass
class Figures:
    bare: list[Load] = field(default_factory=list)
    first: list[Load] = field(default_factory=list)
    again: list[Load] = field(default_factory=list)


def pages(server: FakeServer) -> None:
    """The demo shop's page and a plain one, each with the shop's tag and without."""
    html = (DEMO / "index.html").read_text("utf-8")
    start = html.index(TAG)
    end = html.index("</script>", start) + len("</script>")
    server.hosts["shop-with"] = (html, DEMO_CSP)
    server.hosts["shop-without"] = (html[:start] + html[end:], DEMO_CSP)
    server.hosts["with"] = (PLAIN + html[start:end], DEMO_CSP)
    server.hosts["without"] = (PLAIN, DEMO_CSP)


def tasks(trace: bytes) -> tuple[float, float]:
    """Milliseconds of all tasks of the busiest renderer's main thread, and of the longest."""
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    lengths: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in events:
        thread = (event["pid"], event["tid"])
        if event["name"] == "RunTask" and event["ph"] == "X" and thread in mains:
            lengths[thread].append(event.get("tdur", 0) / 1000)
    busiest = max(lengths.values(), key=sum)
    return sum(busiest), max(busiest)


def load(
    browser: Browser, server: FakeServer, name: str, *, slowdown: int = 1, token: str = ""
) -> Load:
    """Load the page in a new profile, on a processor so many times slower."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{server.url}/tests/blank.html")
    if token:
        page.evaluate("token => localStorage.setItem('handrail:token', token)", token)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(f"{server.url}/hosts/{name}", wait_until="load")
    # Nothing that looks into the page: what Playwright puts there for that costs more than the widget.
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    work, longest = tasks(browser.stop_tracing())
    context.close()
    return Load(work, longest)


def transfers(browser: Browser, server: FakeServer, name: str) -> list[int]:
    """Bytes over the wire of each request; by a load of its own, for to be told of them is work, too."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    session.send("Network.enable")
    page.goto(f"{server.url}/hosts/{name}", wait_until="networkidle")
    page.wait_for_timeout(QUIET_MS)
    context.close()
    return sizes


def measure(browser: Browser, server: FakeServer, token: str, runs: int, slowdown: int) -> Figures:
    found = Figures()
    for kind in ("without", "with"):
        load(browser, server, kind)  # the first of a browser is slower than any other
    for _ in range(runs):
        found.bare.append(load(browser, server, "without", slowdown=slowdown))
        found.first.append(load(browser, server, "with", slowdown=slowdown))
        found.again.append(load(browser, server, "with", slowdown=slowdown, token=token))
    return found


def shifted(page: Page) -> float:
    """What has shifted since the last time one asked, after two more frames."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_timeout(100)
    values: list[float] = page.evaluate("window.shifts.splice(0)")
    return sum(values, 0.0)


def shifts(context: BrowserContext, server: FakeServer) -> Iterator[tuple[str, float]]:
    """Layout shift of each scene by its name in the report."""
    context.add_init_script(SHIFTS)
    page = context.new_page()
    for name, kind in (("shift_bare", "shop-without"), ("shift_load", "shop-with")):
        page.goto(f"{server.url}/hosts/{kind}", wait_until="load")
        if kind == "shop-with":
            page.locator("handrail-widget .launch").wait_for()
        page.wait_for_load_state("networkidle")
        yield name, shifted(page)
    for number in range(30):
        server.commit(author="bot", text=f"Line {number} of what was said.")
    page.locator("handrail-widget .launch").click()
    page.locator("handrail-widget .row", has_text="Line 29").wait_for()
    page.wait_for_timeout(400)  # the panel has risen
    yield "shift_open", shifted(page)
    log = page.locator("handrail-widget .scroll")
    log.evaluate("node => node.scrollTo(0, 200)")
    shifted(page)
    for name in ("shift_read", "shift_end"):
        for number in range(12):
            server.say("bot", f"News {number} {name}")
        page.locator("handrail-widget .row", has_text=f"News 11 {name}").wait_for()
        yield name, shifted(page)
        log.evaluate("node => node.scrollTo(0, node.scrollHeight)")
        shifted(page)
    page.locator("handrail-widget .head .tool").last.click()
    yield "shift_close", shifted(page)


def spread(values: list[float]) -> tuple[str, str]:
    """Median and 95th percentile, as the report shows them."""
    last = sorted(values)[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
    return f"{statistics.median(values):.0f}", f"{last:.0f}"


def rows(found: Figures, how: str, times: int) -> str:
    """Lines of the table; times: by how much what was measured counts."""

    def added(loads: list[Load]) -> list[float]:
        return [one.work - bare.work for one, bare in zip(loads, found.bare, strict=True)]

    cells: dict[str, str] = {}
    for name, values in {
        "bare": [one.work for one in found.bare],
        "first": added(found.first),
        "again": added(found.again),
        "longest_bare": [one.longest for one in found.bare],
        "longest": [one.longest for one in found.first],
    }.items():
        cells[name], cells[f"{name}95"] = spread([value * times for value in values])
    return ROWS.format(how=how, target=f"< {TARGET_MS}", **cells)


def report(
    full: Figures, slow: Figures, bare: list[int], with_it: list[int], moved: dict[str, float]
) -> str:
    return PAGE.format(
        head=description(),
        pace=pace_ms(),
        slowdown=SLOWDOWN,
        runs=len(full.bare),
        full=rows(full, f"{SLOWDOWN} × full speed", SLOWDOWN),
        slow=rows(slow, f"slowed {SLOWDOWN} ×", 1),
        requests=len(with_it) - len(bare),
        kilobytes=(sum(with_it) - sum(bare)) / 1000,
        busy=os.getloadavg()[1],
        cores=os.cpu_count(),
        **moved,
    )


def main() -> None:
    # Browser and scripted server are the tests' own.
    from tests.chromium import ARGUMENTS, executable
    from tests.widget.fake_server import TOKEN, Running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print the tables, keep no file")
    parser.add_argument("--runs", type=int, default=RUNS)
    told = parser.parse_args()
    with sync_playwright() as playwright, Running() as server:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        pages(server)
        full = measure(browser, server, TOKEN, told.runs, 1)
        slow = measure(browser, server, TOKEN, told.runs, SLOWDOWN)
        bare, with_it = (transfers(browser, server, kind) for kind in ("without", "with"))
        context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
        moved = dict(shifts(context, server))
        browser.close()
    text = report(full, slow, bare, with_it, moved)
    Console().print(Markdown(text))
    if not told.print:
        REPORT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()

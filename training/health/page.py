"""The page `/staff/training/health`: what ails the training data, each finding with the place to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nicegui import ui

from server.auth import Role, Staff
from server.errors import HandrailError
from server.focusing import busy, focus, is_busy
from server.pages import page_services, require_page
from training.health import words
from training.health.chart import Weeks
from training.health.desk import DataHealth, Progress, Settled, Standing
from training.health.findings import Finding, Kind
from training.health.page_deeds import Deeds
from training.health.page_findings import Card
from training.health.page_lines import draw_keys
from training.pages import room_frame

PATH = "/staff/training/health"
STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
LOOK = 1.0
#: Findings of one kind that are shown at once.
SHOWN = 8


def register_pages() -> None:
    """Declare the page to NiceGUI; called once, before ``ui.run_with``."""

    @ui.page(PATH)
    async def health_page() -> None:
        staff = await require_page(Role.TRAINER)
        ui.add_css(STYLE)
        with room_frame("Data health", staff, PATH), ui.element("div").classes("dh-page"):
            await HealthPage(page_services().health, staff).build()


class HealthPage:
    """One trainer's view; findings that are dealt with leave it without a reload."""

    def __init__(self, desk: DataHealth, staff: Staff) -> None:
        self._desk, self._staff = desk, staff
        self._watching = False
        self._open: set[Kind] = set()
        #: The first that "Show all" has added.
        self._further: dict[Kind, Card] = {}
        self._deeds = Deeds(desk, staff, self.load)

    async def build(self) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="Overview"'):
            with ui.element("div").classes("dh-head"):
                with ui.element("h1").props("tabindex=-1") as self._title:
                    ui.label("Data health")
                self._again = ui.button("Look again", on_click=self._look).props("outline")
            self._stamp = ui.label().classes("tr-quiet")
            with ui.element("div").props("role=status"):
                self._doing = ui.label().classes("tr-quiet")
                self._bar = ui.linear_progress(value=0.0, show_value=False, size="8px")
                self._bar.props('rounded aria-label="Looking"')
            self._facts = ui.element("div").classes("dh-facts")
            self._weeks = Weeks()
        self._deeds.build()
        self._deeds.home = self._title
        self._body = ui.element("div").classes("dh-body")
        try:
            self._watching = await self._desk.look_if_old()
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
        await self.load()
        ui.timer(LOOK, self._watch)

    async def load(self) -> None:
        """Read what is known anew and draw it."""
        try:
            standing = await self._desk.standing()
            names = await self._desk.mending.names()
        except HandrailError as error:
            self._body.clear()
            with self._body, ui.element("section").classes("tr-panel tr-empty"):
                ui.label(str(error))
            return
        self._deeds.intents = {name: words.intent(name) for name in names}
        self._tell(standing.progress)
        self._draw_facts(standing)
        self._deeds.lines = []
        self._body.clear()
        with self._body:
            self._draw_findings(standing)
            if standing.settled:
                self._draw_settled(standing.settled)

    def _tell(self, progress: Progress) -> None:
        text = progress.problem
        if progress.running:
            of = f": {progress.done:,} of {progress.total:,}" if progress.total else ""
            text = f"{progress.doing}{of} …"
        self._doing.set_text(text)
        self._bar.set_visibility(progress.running)
        self._bar.set_value(progress.done / progress.total if progress.total else 0.0)
        busy(self._again, progress.running)

    def _draw_facts(self, standing: Standing) -> None:
        report = standing.report
        self._facts.clear()
        self._weeks.show(report)
        if report is None:
            self._stamp.set_text("")
            return
        self._stamp.set_text(words.stamp(report.at, report.seconds, standing.changed))
        with self._facts:
            ui.label(
                f"{words.plural(report.examples, 'example', 'examples')} of "
                f"{words.plural(report.intents, 'intent', 'intents')}, held against "
                f"{words.plural(report.messages, 'message', 'messages')} of the last 90 days."
            )
            if report.right is not None:
                ui.label(
                    f"{words.percent(report.right)} of the examples are read right by models "
                    "that had not seen them."
                )
            ui.label(words.measured(report.drift))

    def _draw_findings(self, standing: Standing) -> None:
        report = standing.report
        if report is None:
            with ui.element("section").classes("tr-panel tr-empty"):
                with ui.element("h2"):
                    ui.label(
                        "Looking for the first time"
                        if standing.progress.running
                        else "Not looked yet"
                    )
                ui.label("It takes some seconds; the first time a little longer.").classes(
                    "tr-quiet"
                )
            return
        if not standing.findings:
            heading, advice = words.nothing(report.examples, report.messages)
            with ui.element("section").classes("tr-panel tr-empty"):
                with ui.element("h2"):
                    ui.label(heading)
                ui.label(advice).classes("tr-quiet")
        if any(finding.lines for finding in standing.findings):
            draw_keys()
        for kind in Kind:
            found = [one for one in standing.findings if one.kind is kind]
            if found:
                self._draw_kind(kind, found)
        calm = words.calm({one.kind for one in standing.findings}, report)
        if calm and standing.findings:
            with ui.element("section").classes("tr-panel").props('aria-label="What is well"'):
                with ui.element("h2"):
                    ui.label("What is well")
                for sentence in calm:
                    ui.label(sentence).classes("tr-quiet")

    def _draw_kind(self, kind: Kind, found: Sequence[Finding]) -> None:
        with ui.element("section").classes("tr-panel") as section:
            section.props["aria-label"] = words.HEADINGS[kind]
            with ui.element("h2"):
                ui.label(f"{words.HEADINGS[kind]} ({len(found)})")
            ui.label(words.EXPLAINED[kind]).classes("tr-quiet")
            shown = found if kind in self._open else found[:SHOWN]
            with ui.element("ol").classes("dh-findings"):
                for number, finding in enumerate(shown):
                    card = Card(finding, self._desk, self._deeds, self._settle)
                    self._deeds.lines += card.lines
                    if number == SHOWN:
                        self._further[kind] = card
            if len(shown) < len(found):
                more = ui.button(f"Show all {len(found)}", on_click=lambda: self._show_all(kind))
                more.props("flat no-caps")

    def _draw_settled(self, settled: Sequence[Settled]) -> None:
        with ui.element("section").classes("tr-panel").props('aria-label="Not a problem"'):
            title = f"Said to be no problem ({len(settled)})"
            with ui.expansion(title).classes("w-full"), ui.element("ol").classes("dh-findings"):
                for one in settled:
                    with ui.element("li"):
                        ui.label(one.title).classes("dh-title")
                        ui.label(f"{one.by or 'somebody'}, {one.at:%d %b %Y}").classes("tr-quiet")
                        button = ui.button(
                            "Show it again", on_click=lambda key=one.key: self._unsettle(key)
                        )
                        button.props("flat dense no-caps")

    async def _show_all(self, kind: Kind) -> None:
        self._open.add(kind)
        await self.load()
        if further := self._further.get(kind):
            further.focus()

    async def _look(self) -> None:
        if is_busy(self._again):
            return
        try:
            await self._desk.look()
        except HandrailError as error:
            ui.notify(str(error), type="warning")
        self._watching = True

    async def _watch(self) -> None:
        if not self._watching:
            return
        standing = await self._desk.standing()
        self._tell(standing.progress)
        if not standing.progress.running:
            self._watching = False
            await self.load()

    async def _settle(self, finding: Finding) -> None:
        try:
            await self._desk.settle(finding.key, self._staff)
        except HandrailError as error:
            ui.notify(str(error), type="negative")
            await self.load()
            focus(self._title)
            return
        self._deeds.say("It will not be shown again.", lambda: self._unsettle(finding.key))
        await self.load()
        self._deeds.focus_back()

    async def _unsettle(self, key: str) -> None:
        await self._desk.unsettle(key)
        await self.load()
        focus(self._title)

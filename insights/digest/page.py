"""`/staff/insights/digest`: the week beside the one before; each item leads to where it is mended."""

from __future__ import annotations

from nicegui import ui

from insights.digest.found import NAMES, READERS, Digest, Item, Room, Section, seen_by
from insights.digest.service import Digests
from insights.pages import room_frame
from server.auth import Staff
from server.errors import HandrailError
from server.pages import page_services, require_page
from server.week import Week

PATH = "/staff/insights/digest"
MENDED_BY = {
    Room.KNOWLEDGE: "Editors mend these, in the articles' room.",
    Room.TRAINING: "Trainers mend these, in the training room.",
    Room.DESK: "Supervisors mend these, at the desk.",
}


def register_pages() -> None:
    """Declare the page to NiceGUI."""

    @ui.page(PATH)
    async def digest_page(week: str = "") -> None:
        staff = await require_page(*READERS)
        services = page_services()
        with room_frame("Digest", staff, PATH), ui.element("div").classes("in-page"):
            DigestPage(services.digests, staff, week).show()


class DigestPage:
    """The page's state for one browser window."""

    def __init__(self, digests: Digests, staff: Staff, week: str = "") -> None:
        self._digests = digests
        self._staff = staff
        self._week = week

    def show(self) -> None:
        """Draw the page; it stands at once, for counting a busy house's weeks takes seconds."""
        with ui.element("div").classes("in-head"):
            with ui.element("h1"):
                self._heading = ui.label("The week")
            self._status = ui.label("Counting…").classes("in-quiet").props("role=status")
            self._weeks = ui.element("nav").props("aria-label=Weeks").classes("in-weeks")
        self._weeks.set_visibility(False)
        self._body = ui.element("div")
        ui.timer(0.05, self._load, once=True)

    async def _load(self) -> None:
        try:
            found = await self._digests.read(self._digests.wanted(self._week))
        except HandrailError as error:
            self._status.text = str(error)
            with self._body:
                ui.link("The week to read now", PATH)
            return
        week = found.week
        self._heading.text = f"Week {week.number}, {week.year}"
        self._status.text = f"{week.begins:%d %b} to {week.last_day:%d %b %Y}"
        self._weeks.set_visibility(True)
        with self._weeks:
            self._step(f"‹ {week.later(-1)}", "The week before", week.later(-1))
            if found.over:
                self._step(f"{week.later(1)} ›", "The next week", week.later(1))
        with self._body:
            self._draw(seen_by(found, self._staff))

    def _step(self, text: str, name: str, week: Week) -> None:
        link = ui.link(text, f"{PATH}?week={week}")
        link.props["aria-label"] = f"{name}, {week}"

    def _draw(self, found: Digest) -> None:
        if not found.over:
            _hint("The week is not over: these are its figures so far.")
        if found.quiet:
            _hint("Nothing to mend this week.")
        _sums(found)
        for room, name in NAMES.items():
            sections = found.of(room)
            if sections:
                with ui.element("h2"):
                    ui.label(name)
            for section in sections:
                _section(section)


def _hint(text: str) -> None:
    ui.label(text).classes("in-hint")


def _sums(found: Digest) -> None:
    """The counts at a glance, each a link to its list."""
    with ui.element("ul").classes("in-sums").props('aria-label="The week in numbers"'):
        for one in found.sections:
            if one.change is None:
                continue
            with ui.element("li"):
                with ui.element("strong"):
                    ui.label(f"{one.change.now}")
                ui.link(one.title, f"#{one.key}")
                ui.label(one.change.trend if one.change.now else _before(one)).classes("in-quiet")


def _before(section: Section) -> str:
    before = section.change.before if section.change else 0
    return f"{before} the week before" if before else "none the week before either"


def _section(section: Section) -> None:
    panel = ui.element("section").classes("in-panel")
    panel.props["id"] = section.key
    panel.props["aria-label"] = section.title
    with panel:
        with ui.element("h3"):
            counted = section.change.words if section.change else ""
            ui.label(f"{section.title}: {counted}" if counted else section.title)
        if not section.items:
            ui.label(section.empty)
            return
        if section.note:
            ui.label(section.note).classes("in-quiet")
        if section.closed:
            ui.label(MENDED_BY[section.room]).classes("in-quiet")
        with ui.element("ul").classes("in-items"):
            for one in section.items:
                with ui.element("li"):
                    _item(one)


def _item(one: Item) -> None:
    if one.path:
        ui.link(one.text, one.path).classes("in-text")
    else:
        ui.label(one.text).classes("in-text")
    if one.told:
        ui.label(one.told).classes("in-quiet")

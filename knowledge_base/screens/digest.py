"""`/staff/articles/digest`: the editor's week beside the one before; each item leads to where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from knowledge_base.asked.digest import Digest, Doing, Old, Recurring, digest
from knowledge_base.review import gate
from knowledge_base.screens.golden_failing import golden_failing
from server.auth import Staff
from server.errors import HandrailError
from server.week import Week

PATH = "/staff/articles/digest"


class DigestPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff, week: str = "") -> None:
        self._app = app
        self._staff = staff
        self._week = week

    async def show(self) -> None:
        present = Week.of(self._app.clock.now().date())
        wanted = Week.to_read(self._app.clock.now())
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                heading = ui.label("The week")
            status = ui.label("Counting…").classes("kb-muted").props("role=status")
        body = ui.element("div").classes("kb-form").style("gap: 16px")

        async def load() -> None:
            try:
                week = Week.read(self._week) if self._week else wanted
                found = await digest(self._app.database, self._app.clock, self._app.asked, week)
                failing = await gate.failing(self._app) if week in (present, wanted) else []
            except HandrailError as error:
                status.text = str(error)
                with body:
                    ui.link("This week", PATH)
                return
            heading.text = f"Week {found.week.number}, {found.week.year}"
            status.text = f"{found.week.begins:%d %b} to {found.week.last_day:%d %b %Y}"
            with body:
                self._draw(found, present)
                if failing:
                    golden_failing(failing, link=("Look at the quality", "/staff/articles/quality"))

        # The page stands at once: counting a busy house's week takes a second.
        ui.timer(0.05, load, once=True)

    def _draw(self, found: Digest, present: Week) -> None:
        with ui.element("nav").props("aria-label=Weeks").classes("kb-step"):
            ui.link(f"‹ {found.week.later(-1)}", f"{PATH}?week={found.week.later(-1)}")
            if found.week.begins < present.begins:
                ui.link(f"{found.week.later(1)} ›", f"{PATH}?week={found.week.later(1)}")
        self._totals(found)
        if found.quiet:
            ui.label("Nothing waits for you this week.").classes("kb-verdict")
        self._list(
            "Asked in vain", found.recurring, self._recurring, "Every question found a good answer."
        )
        self._list(
            "Helping least", found.worst, _doing, "No article with five votes or more stands out."
        )
        self._list("To read again", found.old, _old, "No article is overdue.")
        self._list(
            "New this week", found.new, _doing, "No article was published for the first time."
        )

    def _totals(self, found: Digest) -> None:
        now, before = found.totals, found.before
        rows = (
            ("Questions without a good answer", now.failed, before.failed),
            ("Of them searches of the help centre", now.searches, before.searches),
            ("Answers shown in chats", now.shown, before.shown),
            ("“That helped”", now.helped, before.helped),
            ("“That did not help”", now.not_helped, before.not_helped),
            ("Help-centre pages read", now.views, before.views),
        )
        with ui.element("table").classes("kb-list"):
            with ui.element("thead"), ui.element("tr"):
                for name in ("", "This week", "The week before"):
                    with ui.element("th").props("scope=col"):
                        ui.label(name)
            with ui.element("tbody"):
                for name, *values in rows:
                    with ui.element("tr"):
                        with ui.element("th").props("scope=row"):
                            ui.label(name)
                        for value in values:
                            with ui.element("td"):
                                ui.label(str(value))

    def _list(
        self, title: str, items: Sequence[Any], draw: Callable[[Any], None], empty: str
    ) -> None:
        with ui.element("section").classes("kb-panel") as section:
            section.props["aria-label"] = title
            with ui.element("h2"):
                ui.label(title)
            if not items:
                ui.label(empty).classes("kb-muted")
            with ui.element("ul").classes("kb-history"):
                for item in items:
                    with ui.element("li"), ui.element("div").classes("kb-step"):
                        draw(item)

    def _recurring(self, one: Recurring) -> None:
        async def draft() -> None:
            try:
                slug = await self._app.asked.draft(one.cluster.key, self._staff.login)
            except HandrailError as error:
                ui.notify(str(error), type="negative")
                return
            ui.navigate.to(f"/staff/articles/{slug}")

        ui.label(one.cluster.heading).style("flex: 1 1 14rem; overflow-wrap: anywhere")
        searches = one.cluster.searches
        place = f", {searches}× in the help centre" if searches else ""
        ui.label(f"{one.cluster.failed}× (the week before: {one.before}×{place})").classes(
            "kb-muted"
        )
        button = ui.button("Draft an article", on_click=draft).props("outline dense")
        button.props["aria-label"] = f"Draft an article: {one.cluster.heading}"


def _doing(one: Doing) -> None:
    share, earlier = one.health.helpfulness, one.before.helpfulness
    ui.link(one.title, f"/staff/articles/{one.slug}").style("flex: 1 1 14rem")
    said = "no votes yet" if share is None else f"helped {share.value:.0%} of {share.of}"
    ui.label(
        f"{said} (the week before: {'–' if earlier is None else f'{earlier.value:.0%}'})"
        f" · shown {one.health.shown}× · read {one.health.views}×"
    ).classes("kb-muted")


def _old(one: Old) -> None:
    ui.link(one.title, f"/staff/articles/{one.slug}").style("flex: 1 1 14rem")
    due = f"review was due on {one.review_by}" if one.overdue else f"unchanged since {one.updated}"
    ui.label(f"{due} · {one.owner or 'no owner'}").classes("kb-muted")

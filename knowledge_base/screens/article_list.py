"""The editor's list of articles: search, filters, health; every choice stands in the address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from knowledge_base.listing import browse
from knowledge_base.listing.browse import Found, Numbers
from knowledge_base.listing.facets import Facets, facets
from knowledge_base.listing.filters import Filters, Need, Sort
from knowledge_base.listing.numbers import DAYS
from knowledge_base.models import Audience, Status
from knowledge_base.screens.article_table import list_table

PATH = "/staff/articles"
_ANY = ""
_NEEDS = {
    _ANY: "Any",
    Need.TO_REVIEW.value: "To review",
    Need.STALE.value: "Stale",
    Need.NO_OWNER.value: "No owner",
    Need.NEVER_SHOWN.value: "Never shown",
    Need.NOT_HELPING.value: "Helps few",
    Need.UNTRANSLATED.value: "Language missing",
    Need.SCHEDULED.value: "Scheduled",
    Need.REPORTED.value: "Called wrong",
}
_SORTS = {
    Sort.CATEGORY.value: "Category",
    Sort.TITLE.value: "Title",
    Sort.UPDATED.value: "Last updated",
    Sort.REVIEW.value: "Review date",
    Sort.VIEWS.value: "Most read",
    Sort.SHOWN.value: "Most shown",
    Sort.NOT_HELPED.value: "Most “no”",
    Sort.DEFLECTED.value: "Most deflected",
}


class ListPage:
    """The list's state for one browser window."""

    def __init__(self, app: Any, login: str, filters: Filters) -> None:
        self._app = app
        self._login = login
        self._filters = filters
        self._numbers: Mapping[uuid.UUID, Numbers] = {}
        self._table = ui.refreshable(self._draw_table)

    async def show(self) -> None:
        async with self._app.database.read() as db:
            known = await facets(db)
            overdue = await browse.overdue(db, self._app.clock, self._login)
        self._numbers = await self._app.asked.health.now()
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                ui.label("Articles")
            if overdue:
                mine = urlencode({"need": Need.TO_REVIEW.value, "owner": self._login})
                said = "article of yours waits" if overdue == 1 else "articles of yours wait"
                ui.link(f"{overdue} {said} to be read again", f"{PATH}?{mine}").classes("kb-badge")
            ui.button("New article", on_click=lambda: ui.navigate.to(f"{PATH}/new"))
        self._draw_filters(known)
        await self._table()

    def _draw_filters(self, known: Facets) -> None:
        now = self._filters
        with ui.element("div").classes("kb-bar").props("role=search"):
            words = ui.input("Search titles, texts, questions, tags and owners", value=now.words)
            words.props("debounce=250 clearable outlined dense autofocus maxlength=200")
            words.style("flex: 1 1 16rem")
            words.on_value_change(lambda: self._choose(words=str(words.value or "")[:200].strip()))
            self._select("Status", "status", {_ANY: "Any", **_same(Status)})
            self._select("Needs", "need", _NEEDS)
            self._select("Sort by", "sort", _SORTS)
        with ui.element("details").classes("kb-more") as more:
            if any((now.category, now.tag, now.audience, now.language, now.owner)):
                more.props("open")
            with ui.element("summary"):
                ui.label("More filters").classes("kb-inline")
            with ui.element("div").classes("kb-bar"):
                owners = {**known.editors, **{one: one for one in known.owners}}
                owners |= {one: name for one, name in known.editors.items() if one in owners}
                self._select("Category", "category", _any(known.categories, now.category))
                self._select("Tag", "tag", _any(known.tags, now.tag))
                self._select("Audience", "audience", {_ANY: "Any", **_same(Audience)})
                self._select("Language", "language", _any(known.languages, now.language))
                self._select("Owner", "owner", {**_any((), now.owner), **owners})
                ui.button("Clear all", on_click=lambda: ui.navigate.to(PATH)).props("flat")

    def _select(self, label: str, name: str, options: dict[str, str]) -> None:
        choice = ui.select(options, value=getattr(self._filters, name), label=label)
        choice.props("outlined dense").style("min-width: 8.5rem")
        choice.on_value_change(lambda: self._choose(**{name: str(choice.value or "")}))

    def _choose(self, **changes: Any) -> None:
        self._filters = self._filters.but(**changes)
        self._table.refresh()
        ui.navigate.history.replace(self._address(self._filters))

    @staticmethod
    def _address(filters: Filters) -> str:
        query = urlencode(filters.as_query())
        return f"{PATH}?{query}" if query else PATH

    async def _draw_table(self) -> None:
        async with self._app.database.read() as db:
            found = await browse.find(db, self._app.clock, self._filters, self._numbers)
        many = "1 article" if found.total == 1 else f"{found.total:,} articles"
        ui.label(many).classes("kb-muted").props("role=status")
        if not found.total:
            self._empty()
            return
        with ui.element("div").classes("kb-scroll"):
            list_table(found, self._numbers, self._app.clock)
        ui.label(
            f"Health over the last {DAYS} days: readings of the help page, times the bot showed it, "
            "“helped” and “not”, and chats that ended without a person."
        ).classes("kb-muted")
        self._pager(found)

    def _empty(self) -> None:
        if self._filters.as_query():
            ui.label("Nothing matches. Clear a filter, or write a new article.")
            ui.button("Clear all filters", on_click=lambda: ui.navigate.to(PATH)).props("outline")
        else:
            ui.label("There are no articles yet. Write the first one, or import what you have.")

    def _pager(self, found: Found) -> None:
        if found.pages < 2:
            return
        with ui.element("nav").props('aria-label="Pages"').classes("kb-bar"):
            if found.page > 1:
                ui.link("‹ Earlier", self._address(self._filters.but(page=found.page - 1)))
            ui.label(f"Page {found.page} of {found.pages}").classes("kb-muted")
            if found.page < found.pages:
                ui.link("More ›", self._address(self._filters.but(page=found.page + 1)))


def _same(kind: type[Status] | type[Audience]) -> dict[str, str]:
    return {one.value: one.value.capitalize() for one in kind}


def _any(values: tuple[str, ...], chosen: str) -> dict[str, str]:
    """Choices with "any" first; what the address names is among them even when nothing has it now."""
    found = {_ANY: "Any", **{one: one for one in values}}
    if chosen:
        found.setdefault(chosen, chosen)
    return found

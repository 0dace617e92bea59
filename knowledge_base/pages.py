"""The editor's list of articles, and where the room's pages are declared."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from nicegui import ui
from starlette.staticfiles import StaticFiles

from knowledge_base import catalogue
from knowledge_base.catalogue import Listed
from knowledge_base.editor_page import EditorPage
from knowledge_base.models import Status
from knowledge_base.trial_panel import trial_panel
from server.auth import Role
from server.pages import page_services, require_page, staff_frame

STYLE = '<link rel="stylesheet" href="/staff/articles-assets/editor.css">'
ALL = "all"


def install_assets(app: FastAPI) -> None:
    """Serve the pages' own style sheet. Called once by create_app, before ``ui.run_with``."""
    folder = Path(__file__).parent / "static"
    app.mount("/staff/articles-assets", StaticFiles(directory=folder), name="article-assets")


def register_pages() -> None:
    """Declare the pages; called once by create_app."""

    @ui.page("/staff/articles")
    async def article_list(status: str = ALL, words: str = "") -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Articles", staff):
            ui.add_head_html(STYLE)
            await _list(status if status in (*Status, ALL) else ALL, words[:200])

    @ui.page("/staff/articles/new")
    async def new_article() -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("New article", staff):
            ui.add_head_html(STYLE)
            await EditorPage(page_services(), staff.login).show(None)

    @ui.page("/staff/articles/{slug}")
    async def edit_article(slug: str) -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Edit article", staff):
            ui.add_head_html(STYLE)
            await EditorPage(page_services(), staff.login).show(slug)


async def _list(status: str, words: str) -> None:
    app = page_services()

    @ui.refreshable
    async def table() -> None:
        chosen = None if by_status.value == ALL else Status(str(by_status.value))
        async with app.database.read() as db:
            found = await catalogue.list_all(
                db, status=chosen, words=str(by_words.value or "")[:200]
            )
        ui.label(f"{len(found)} articles").classes("kb-muted").props("role=status")
        if found:
            _table(found)
        else:
            ui.label("Nothing matches. Clear the filter, or write a new article.")

    with ui.element("div").classes("kb-bar"):
        with ui.element("h1"):
            ui.label("Articles")
        ui.button("New article", on_click=lambda: ui.navigate.to("/staff/articles/new"))
    with ui.element("div").classes("kb-bar"):
        by_words = ui.input(
            "Filter by title, category or address", value=words, on_change=table.refresh
        )
        by_words.props("debounce=250 clearable outlined dense autofocus").style("flex: 1 1 16rem")
        by_status = ui.select(
            [ALL, *(one.value for one in Status)],
            value=status,
            label="Status",
            on_change=table.refresh,
        )
        by_status.props("outlined dense").style("min-width: 10rem")
    await table()
    trial_panel(app)


def _table(found: list[Listed]) -> None:
    with ui.element("table").classes("kb-list"):
        with ui.element("thead"), ui.element("tr"):
            for name, wide in (
                ("Title", False),
                ("Status", False),
                ("Category", True),
                ("Owner", True),
                ("Updated", True),
            ):
                with ui.element("th").props("scope=col").classes("kb-wide" if wide else ""):
                    ui.label(name)
        with ui.element("tbody"):
            for listed in found:
                _row(listed)


def _row(listed: Listed) -> None:
    article, newest = listed.article, listed.version
    with ui.element("tr"):
        with ui.element("td"):
            ui.link(newest.title, f"/staff/articles/{article.slug}")
        with ui.element("td"):
            ui.label(article.status).classes(f"kb-status kb-{article.status}")
            if article.published is not None and article.published != article.newest:
                ui.label("newer draft").classes("kb-muted")
        for text in (
            article.category,
            article.owner or "–",
            article.updated_at.date().isoformat(),
        ):
            with ui.element("td").classes("kb-wide kb-muted"):
                ui.label(text)

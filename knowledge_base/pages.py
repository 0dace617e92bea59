"""Where the pages of the editor's room are declared."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from nicegui import ui
from starlette.staticfiles import StaticFiles

from knowledge_base.editor.page import EditorPage
from knowledge_base.editor.trial_panel import trial_panel
from knowledge_base.listing.filters import Filters
from knowledge_base.screens.article_list import ListPage
from knowledge_base.screens.digest import DigestPage
from knowledge_base.screens.from_chat import FromChatPage
from knowledge_base.screens.import_articles import ImportPage
from knowledge_base.screens.quality import QualityPage
from knowledge_base.screens.questions import QuestionsPage
from knowledge_base.screens.room_nav import room_nav
from knowledge_base.screens.unanswered import UnansweredPage
from server.auth import Role
from server.pages import page_services, require_page, staff_frame


def install_assets(app: FastAPI) -> None:
    """Serve the pages' own style sheet. Called once by create_app, before ``ui.run_with``."""
    folder = Path(__file__).parent / "static"
    app.mount("/staff/articles-assets", StaticFiles(directory=folder), name="article-assets")


def register_pages() -> None:
    """Declare the pages; called once by create_app."""

    @ui.page("/staff/articles")
    async def article_list() -> None:
        staff = await require_page(Role.EDITOR)
        filters = Filters.of(ui.context.client.request.query_params)
        with staff_frame("Articles", staff):
            room_nav("/staff/articles")
            await ListPage(page_services(), staff.login, filters).show()
            trial_panel(page_services())

    @ui.page("/staff/articles/new")
    async def new_article() -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("New article", staff):
            room_nav("/staff/articles")
            await EditorPage(page_services(), staff).show(None)

    @ui.page("/staff/articles/import")
    async def import_articles() -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Import articles", staff):
            room_nav("/staff/articles/import")
            ImportPage(page_services(), staff).show()

    @ui.page("/staff/articles/unanswered")
    async def unanswered(days: int = 30, intent: str = "") -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Asked in vain", staff):
            room_nav("/staff/articles/unanswered")
            await UnansweredPage(page_services(), staff, days, intent).show()

    @ui.page("/staff/articles/unanswered/chat/{conversation}/{episode}")
    async def from_chat(conversation: str, episode: int) -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Draft from a chat", staff):
            room_nav("/staff/articles/unanswered")
            await FromChatPage(page_services(), staff, conversation, episode).show()

    @ui.page("/staff/articles/questions")
    async def stored_questions(words: str = "") -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Stored questions", staff):
            room_nav("/staff/articles/questions")
            await QuestionsPage(page_services(), staff, words).show()

    @ui.page("/staff/articles/digest")
    async def week_digest(week: str = "") -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Digest", staff):
            room_nav("/staff/articles/digest")
            await DigestPage(page_services(), staff, week).show()

    @ui.page("/staff/articles/quality")
    async def answer_quality() -> None:
        staff = await require_page(Role.EDITOR, Role.SUPERVISOR)
        with staff_frame("Quality of the answers", staff):
            QualityPage(page_services(), staff).show()

    # After every page with a fixed address (drafts.RESERVED): the first declared that fits is opened.
    @ui.page("/staff/articles/{slug}")
    async def edit_article(slug: str) -> None:
        staff = await require_page(Role.EDITOR)
        with staff_frame("Edit article", staff):
            room_nav("/staff/articles")
            await EditorPage(page_services(), staff).show(slug)

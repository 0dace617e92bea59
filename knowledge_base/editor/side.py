"""The right-hand column: hints, what publishing would change, files, and the box to try a question."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from knowledge_base.asked.suggest_panel import SuggestPanel
from knowledge_base.drafts import Draft
from knowledge_base.editor.article_form import ArticleForm
from knowledge_base.editor.files_panel import FilesPanel
from knowledge_base.editor.linter import lint
from knowledge_base.editor.trial_panel import trial_panel
from knowledge_base.models import Article
from knowledge_base.review.gate import Passed
from knowledge_base.review.panel import ImpactPanel
from server.auth import Staff

HINTS = 12


class SidePanels:
    """Draw them with `show_first` and `show_rest`; tell them of edits by `changed`."""

    def __init__(self, app: Any, form: ArticleForm, staff: Staff) -> None:
        self._app = app
        self._form = form
        self._staff = staff
        self._hints = ui.refreshable(self._draw_hints)

    def show_first(self, article: Article | None) -> None:
        """What changes with each key."""
        self._hints()
        self._impact = ImpactPanel(self._app, self._form, article.id if article else None)

    async def show_rest(self, article: Article | None) -> None:
        await SuggestPanel(self._app, self._form, article.id if article else None).show()
        trial_panel(self._app)

    async def show_files(self, article: Article | None) -> None:
        """An article has files once it is saved; until then there is room for them."""
        self._files = ui.element("div").style("width: 100%")
        if article is not None:
            await self._draw_files(article)

    def changed(self) -> None:
        self._hints.refresh()
        self._impact.changed()

    async def saved_first(self, article: Article) -> None:
        """The article exists from now on, and may have files."""
        self._impact.article_id = article.id
        await self._draw_files(article)

    async def before_publishing(self, article: Article, draft: Draft) -> Passed | str | None:
        """Show what changes, and ask; a text when it stops here."""
        stopped = await self._impact.before_publishing(self._app, article, draft, self._staff)
        return stopped if stopped is not None else self._impact.passed

    async def before_saving(self, article: Article, draft: Draft) -> Passed | str | None:
        stopped = await self._impact.before_saving(self._app, article, draft, self._staff)
        return stopped if stopped is not None else self._impact.passed

    async def before_archiving(self, article: Article) -> Passed | str | None:
        stopped = await self._impact.before_archiving(self._app, article, self._staff)
        return stopped if stopped is not None else self._impact.passed

    async def _draw_files(self, article: Article) -> None:
        with self._files:
            await FilesPanel(self._app, article.id, self._form.insert, self._staff.login).show()

    def _draw_hints(self) -> None:
        found = lint(**self._form.words(), language=self._form.language or "en")
        with ui.element("section").classes("kb-panel").props('aria-label="Hints"'):
            with ui.element("h2"):
                ui.label("Hints" if found else "Hints: none, well written")
            with ui.element("div").classes("kb-form"):
                for hint in found[:HINTS]:
                    said = f"“{hint.words}”: " if hint.words else ""
                    ui.label(f"{hint.part.capitalize()} · {said}{hint.advice}").classes("kb-hint")

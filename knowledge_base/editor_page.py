"""One article's page: write, see how it will look, try it, publish it, go back to an older version."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from nicegui import ui

from knowledge_base import articles, catalogue
from knowledge_base.article_form import ArticleForm
from knowledge_base.articles import SavedByOther
from knowledge_base.drafts import Draft
from knowledge_base.linter import lint
from knowledge_base.models import Article, ArticleVersion, Status
from knowledge_base.rendering import render
from knowledge_base.trial_panel import trial_panel
from server.errors import HandrailError, NotFound


class EditorPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, login: str) -> None:
        self._app = app
        self._login = login
        self._article: Article | None = None
        self._form = ArticleForm(self._changed)
        self._dirty = False

    async def show(self, slug: str | None) -> None:
        """Draw the page for an article, or for a new one."""
        newest: ArticleVersion | None = None
        if slug is not None:
            try:
                async with self._app.database.read() as db:
                    self._article, newest = await catalogue.by_slug(db, slug)
            except NotFound as error:
                ui.label(str(error)).classes("kb-warn").props("role=alert")
                ui.link("All articles", "/staff/articles")
                return
        ui.link("‹ All articles", "/staff/articles")
        self._bar()
        self._trouble = ui.label().classes("kb-warn").props("role=alert")
        self._trouble.set_visibility(False)
        with ui.element("div").classes("kb-columns"):
            form = ui.element("div").classes("kb-panel")
            # Ctrl+S and ⌘S save from any field; the browser's own dialog is held back.
            for keys in ("keydown.ctrl.s.prevent", "keydown.meta.s.prevent"):
                form.on(keys, lambda: self._do(self._save))
            with form:
                self._form.draw(self._article, newest)
            with ui.element("div").classes("kb-form").style("gap: 16px"):
                self._hints = ui.refreshable(self._draw_hints)
                self._preview = ui.refreshable(self._draw_preview)
                self._versions = ui.refreshable(self._draw_versions)
                self._hints()
                self._preview()
                trial_panel(self._app)
                await self._versions()
        self._refresh_bar()

    def _bar(self) -> None:
        with ui.element("div").classes("kb-bar"):
            with ui.element("h1"):
                self._heading = ui.label()
            self._status = ui.label().props("role=status")
        with ui.element("div").classes("kb-bar"):
            ui.button("Save draft", on_click=lambda: self._do(self._save)).props("outline")
            self._review_button = ui.button(
                "Ask for review", on_click=lambda: self._do(self._submit)
            ).props("outline")
            ui.button("Publish", on_click=lambda: self._do(self._publish))
            self._archive_button = ui.button(
                "Archive", on_click=lambda: self._do(self._archive)
            ).props("flat")

    def _refresh_bar(self) -> None:
        article = self._article
        self._heading.text = self._form.title or "New article"
        parts = [article.status if article else "new"]
        if article and article.published and article.published != article.newest:
            parts.append(f"version {article.published} answers, {article.newest} is a draft")
        if self._dirty:
            parts.append("not saved")
        self._status.text = " · ".join(parts)
        self._status.classes(replace=f"kb-status kb-{article.status if article else 'draft'}")
        self._archive_button.set_visibility(
            article is not None and article.status != Status.ARCHIVED
        )

    def _changed(self) -> None:
        self._dirty = True
        self._refresh_bar()
        self._hints.refresh()
        self._preview.refresh()

    async def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        """Run what a button does, and say what came of it."""
        try:
            said = await work()
        except SavedByOther as error:
            self._complain(
                f"{error} Your words are still here: copy what you need before you load it again."
            )
            return
        except HandrailError as error:
            self._complain(str(error))
            return
        self._trouble.set_visibility(False)
        self._refresh_bar()
        self._versions.refresh()
        ui.notify(said, type="positive")

    def _complain(self, message: str) -> None:
        self._trouble.text = message
        self._trouble.set_visibility(True)
        ui.notify("That did not work.", type="negative")

    async def _save(self) -> str:
        await self._store(self._form.draft())
        return "Saved."

    async def _store(self, draft: Draft) -> Article:
        created = self._article is None
        async with self._app.database.write() as db:
            if self._article is None:
                saved = await articles.create(db, self._app.clock, draft, self._login)
            else:
                saved = await articles.save(
                    db,
                    self._app.clock,
                    self._article.id,
                    draft,
                    self._login,
                    expected=self._article.newest,
                )
        self._article, self._dirty = saved, False
        if created:
            self._form.fix_slug(saved.slug)
            with contextlib.suppress(RuntimeError):
                ui.navigate.history.replace(f"/staff/articles/{saved.slug}")
        return saved

    async def _saved(self) -> Article:
        """The article with everything on the page stored."""
        if self._article is None or self._dirty:
            return await self._store(self._form.draft())
        return self._article

    async def _submit(self) -> str:
        article = await self._saved()
        async with self._app.database.write() as db:
            self._article = await articles.submit(
                db, self._app.clock, article.id, expected=article.newest
            )
        return "Waiting for review."

    async def _publish(self) -> str:
        article = await self._saved()
        async with self._app.database.write() as db:
            published = await articles.publish(
                db, self._app.clock, article.id, expected=article.newest
            )
        self._article = published
        live = await self._app.knowledge.wait_for_revision(published.revision)
        return "Published. It answers now." if live else "Published. It answers in a moment."

    async def _archive(self) -> str:
        if self._article is None:
            return "There is nothing to archive."
        async with self._app.database.write() as db:
            self._article = await articles.archive(db, self._app.clock, self._article.id)
        await self._app.knowledge.wait_for_revision(self._article.revision)
        return "Archived. It answers no more; saving it makes it a draft again."

    def _draw_hints(self) -> None:
        found = lint(**self._form.words())
        with ui.element("section").classes("kb-panel").props('aria-label="Hints"'):
            with ui.element("h2"):
                ui.label("Hints" if found else "Hints: none, well written")
            with ui.element("div").classes("kb-form"):
                for hint in found[:12]:
                    said = f"“{hint.words}”: " if hint.words else ""
                    ui.label(f"{hint.part.capitalize()} · {said}{hint.advice}").classes("kb-hint")

    def _draw_preview(self) -> None:
        words = self._form.words()
        with ui.element("section").classes("kb-panel").props('aria-label="In the chat"'):
            with ui.element("h2"):
                ui.label("As the customer sees it")
            with ui.element("div").classes("kb-bubble"):
                for part in ("context", "action", "outcome"):
                    # Only the renderer's own allow-listed tags reach the page.
                    ui.html(render(str(words[part])), sanitize=False)
                ui.label(f"Source: {self._form.title or '…'}").classes("kb-muted")
            with ui.element("div").classes("kb-chips").props("aria-hidden=true"):
                ui.label("Did this solve it?").classes("kb-muted")
                for chip in ("Yes", "No"):
                    ui.label(chip).classes("kb-chip")

    async def _draw_versions(self) -> None:
        if self._article is None:
            return
        async with self._app.database.read() as db:
            found = await catalogue.versions(db, self._article.id, limit=30)
        with ui.element("section").classes("kb-panel").props("aria-label=Versions"):
            with ui.element("h2"):
                ui.label("Versions")
            for version in found:
                self._version_line(self._article.id, version)

    def _version_line(self, _: UUID, version: ArticleVersion) -> None:
        answers = self._article is not None and self._article.published == version.number
        with ui.element("div").classes("kb-bar"):
            at = version.created_at.strftime("%Y-%m-%d %H:%M")
            ui.label(
                f"{version.number} · {version.author} · {at}{' · answers' if answers else ''}"
            ).classes("kb-muted").style("flex: 1")
            ui.button("Restore", on_click=lambda _, chosen=version: self._restore(chosen)).props(
                f'flat dense aria-label="Restore version {version.number}"'
            )

    def _restore(self, version: ArticleVersion) -> None:
        self._form.fill(version)
        self._changed()
        ui.notify(f"Version {version.number} is in the form. Save or publish to keep it.")

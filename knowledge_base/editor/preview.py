"""How the article will look, while it is written: in the chat, or as a page of the help centre."""

from __future__ import annotations

import re
import uuid
from typing import Any

from nicegui import ui

from knowledge_base import files
from knowledge_base.drafts import Draft
from knowledge_base.editor.article_form import ArticleForm
from knowledge_base.help_centre.pages import Head, Pages, opened
from knowledge_base.rendering import Files, render
from knowledge_base.search.records import Record
from server.errors import HandrailError

CHAT, PAGE = "Chat", "Help page"
_LINK = re.compile(r'(<a\b[^>]*?)\shref="[^"]*"')


class PreviewPanel:
    """Call `show` once, `refresh` after each edit."""

    def __init__(self, app: Any, form: ArticleForm) -> None:
        self._app = app
        self._form = form
        self.article_id: uuid.UUID | None = None
        self._body = ui.refreshable(self._draw)

    async def show(self) -> None:
        with ui.element("section").classes("kb-panel").props('aria-label="Preview"'):
            with ui.element("div").classes("kb-bar"):
                with ui.element("h2").style("flex: 1"):
                    ui.label("As the customer sees it")
                self._where = ui.toggle([CHAT, PAGE], value=CHAT, on_change=self._body.refresh)
                self._where.props(
                    'dense no-caps unelevated padding="4px 12px" aria-label="Preview as"'
                )
            await self._body()

    def refresh(self) -> None:
        self._body.refresh()

    async def _draw(self) -> None:
        words = self._form.words()
        texts = [str(words[part]) for part in ("context", "action", "outcome")]
        shown: Files = {}
        if self.article_id is not None:
            async with self._app.database.read() as db:
                shown = await files.shown_in(db, self.article_id, *texts)
        if self._where.value == PAGE:
            self._page(shown)
        else:
            self._bubble(texts, shown)

    def _bubble(self, texts: list[str], shown: Files) -> None:
        with ui.element("div").classes("kb-bubble"):
            for text in texts:
                # Only the renderer's own allow-listed tags reach the page.
                ui.html(render(text, shown), sanitize=False)
            ui.label(f"Source: {self._form.title or '…'}").classes("kb-muted")
        with ui.element("div").classes("kb-chips").props("aria-hidden=true"):
            ui.label("Did this solve it?").classes("kb-muted")
            for chip in ("Yes", "No"):
                ui.label(chip).classes("kb-chip")

    def _page(self, shown: Files) -> None:
        try:
            draft = self._form.draft()
        except HandrailError as error:
            ui.label(f"The page can be shown once this is mended: {error}").classes("kb-hint")
            return
        frame = ui.element("iframe").classes("kb-frame")
        frame.props('sandbox="" title="The article as a page of the help centre"')
        frame.props["srcdoc"] = help_page(draft, self._app.settings.base_url, shown)


def help_page(draft: Draft, base: str, shown: Files) -> str:
    """The article's page as the help centre would send it; its links lead nowhere."""
    record = Record.of_draft(draft, uuid.UUID(int=0))
    answer = Pages(base).show(
        "article.html",
        Head(f"{record.title} · Help centre"),
        opened=opened(record, shown),
        related=[],
        variants=[],
        said="",
        found="",
    )
    return _LINK.sub(r"\1", bytes(answer.body).decode())

"""A part of the editor's page that shows stored facts about one article."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from nicegui import ui

from knowledge_base.models import Article


class ArticlePanel(ABC):
    """Call `show` once, inside a layout, and `refresh` when the article has changed; empty without one."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._article: Article | None = None
        self._body = ui.refreshable(self._draw_if_any)

    async def show(self, article: Article | None) -> None:
        self._article = article
        await self._body()

    def refresh(self, article: Article | None) -> None:
        self._article = article
        self._body.refresh()

    async def _draw_if_any(self) -> None:
        if self._article is not None:
            await self._draw(self._article)

    @abstractmethod
    async def _draw(self, article: Article) -> None:
        """Draw the panel for this article."""

"""In the editor: wordings that customers used in vain and that are near this article, one click each."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from nicegui import ui


class QuestionForm(Protocol):
    """What the panel needs of the editor's form."""

    @property
    def title(self) -> str: ...

    def words(self) -> dict[str, Any]:
        """With the list ``questions``."""
        ...

    def add_question(self, question: str) -> None: ...


class SuggestPanel:
    """Draw it with `show`; it looks when it is asked to, so that typing stays free of searches."""

    def __init__(self, app: Any, form: QuestionForm, article_id: UUID | None = None) -> None:
        self._app = app
        self._form = form
        self._article_id = article_id
        self._found: list[str] | None = None

    async def show(self) -> None:
        with ui.element("section").classes("kb-panel").props('aria-label="Asked in vain"'):
            with ui.element("h2"):
                ui.label("Asked in vain, and near this article")
            self._lines = ui.refreshable(self._draw)
            self._lines()
            ui.button("Look again", on_click=self.refresh).props("flat dense")
        await self.refresh()

    async def refresh(self) -> None:
        """Look for wordings near what stands in the form now."""
        questions = [str(one) for one in self._form.words()["questions"]]
        self._found = await self._app.asked.near_article(self._form.title, questions)
        self._lines.refresh()

    def _draw(self) -> None:
        with ui.element("div").classes("kb-form").props("role=status"):
            if self._found is None:
                ui.label("Looking…").classes("kb-muted")
            elif not self._found:
                ui.label("Nothing near was asked in vain in the last 90 days.").classes("kb-muted")
        for text in self._found or ():
            with ui.element("div").classes("kb-step"):
                ui.label(text).style("flex: 1 1 12rem; overflow-wrap: anywhere")
                ui.button("Add", on_click=lambda _, text=text: self._add(text)).props(
                    "outline dense"
                ).props["aria-label"] = f"Add the question: {text}"

    def _add(self, text: str) -> None:
        self._form.add_question(text)
        self._found = [one for one in self._found or () if one != text]
        self._lines.refresh()
        ui.notify("Added to the questions. Save to keep it.", type="positive")

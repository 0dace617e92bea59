"""A dialog to choose an article by searching for it."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from knowledge_base import catalogue

FOUND = 8


async def pick_article(
    app: Any, *, title: str, said: str, first: tuple[str, str] | None = None
) -> str | None:
    """The slug of the chosen article; None when somebody changed their mind. `first` is offered at once."""
    with ui.dialog() as dialog, ui.card().classes("kb-dialog").props("role=dialog"):
        with ui.element("h2"):
            ui.label(title)
        ui.label(said).classes("kb-muted")
        words = ui.input("Search by title, category or address").classes("w-full")
        words.props("outlined dense clearable autofocus debounce=250 maxlength=200")

        @ui.refreshable
        async def results() -> None:
            typed = str(words.value or "").strip()[:200]
            offered = [first] if first and not typed else []
            if typed or not offered:
                async with app.database.read() as db:
                    found = await catalogue.list_all(db, words=typed, limit=FOUND)
                offered = [(one.article.slug, one.version.title) for one in found]
            with ui.element("div").classes("kb-form").props("role=status"):
                if not offered:
                    ui.label("No article has these words.").classes("kb-muted")
                for slug, name in offered:
                    ui.button(name, on_click=lambda _, slug=slug: dialog.submit(slug)).props(
                        "outline no-caps align=left"
                    ).classes("w-full")

        await results()
        words.on_value_change(results.refresh)
        ui.button("Cancel", on_click=lambda: dialog.submit(None)).props("flat")
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, str) else None

"""An article's languages on its page: go to a variant, start one that is missing."""

from __future__ import annotations

import re
from typing import Any

from nicegui import ui

from knowledge_base import variants
from knowledge_base.editor.article_panel import ArticlePanel
from knowledge_base.models import Article
from server.errors import HandrailError

_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")


class VariantsPanel(ArticlePanel):
    """`login` is who starts a variant."""

    def __init__(self, app: Any, login: str) -> None:
        super().__init__(app)
        self._login = login

    async def _draw(self, article: Article) -> None:
        async with self._app.database.read() as db:
            found = await variants.family(db, article.id)
        with ui.element("section").classes("kb-panel").props("aria-label=Languages"):
            with ui.element("h2"):
                ui.label("Languages")
            for one in found.members:
                with ui.element("div").classes("kb-step"):
                    if one.id == article.id:
                        ui.label(f"{one.language}: this article")
                    else:
                        ui.link(f"{one.language}: {one.slug}", f"/staff/articles/{one.slug}")
                    ui.label(one.status).classes(f"kb-status kb-{one.status}")
            if found.missing:
                ui.label(f"Missing: {', '.join(found.missing)}").classes("kb-hint")
            with ui.element("div").classes("kb-step"):
                code = ui.input("Add a variant in", placeholder="de, fr, pt-BR …")
                code.props("outlined dense maxlength=12 list=kb-languages").style("flex: 1 1 8rem")
                if found.missing:
                    code.value = found.missing[0]
                ui.button("Start a draft", on_click=lambda: self._add(str(code.value or "")))
            self._trouble = ui.label().classes("kb-warn").props("role=alert")
            self._trouble.set_visibility(False)

    async def _add(self, typed: str) -> None:
        language = typed.strip()
        try:
            if self._article is None or not _CODE.fullmatch(language):
                self._complain("Write a language code, such as de or pt-BR.")
                return
            async with self._app.database.write() as db:
                made = await variants.add(
                    db, self._app.clock, self._article.id, language, self._login
                )
        except HandrailError as error:
            self._complain(str(error))
            return
        ui.navigate.to(f"/staff/articles/{made.slug}")

    def _complain(self, message: str) -> None:
        self._trouble.text = message
        self._trouble.set_visibility(True)

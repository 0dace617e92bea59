"""`/staff/articles/questions`: the questions whose right article is known, and the golden ones among them."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from knowledge_base.asked import questions
from knowledge_base.asked.masking import LIMIT
from knowledge_base.asked.questions import Line, Listing
from knowledge_base.editor.dialogs import ask_note
from knowledge_base.review import golden as guarded
from knowledge_base.review.gate import is_lead
from knowledge_base.screens.pick_article import pick_article
from server.auth import Staff
from server.errors import HandrailError

SOURCES = {
    "": "Any source",
    questions.STARTER: "shipped",
    questions.EDITOR: "from editors",
    questions.CONFIRMED: "customers said yes",
    questions.REFUSED: "customers said no",
}
NO_ARTICLE = "no article answers it"


class QuestionsPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff, words: str = "") -> None:
        self._app = app
        self._staff = staff
        self._words = words[:200]
        self._page = 1
        self._right: tuple[str, str] | None = None

    async def show(self) -> None:
        with ui.element("div").classes("kb-bar"), ui.element("h1"):
            ui.label("Stored questions")
        ui.label(
            "They measure and tune the search. When publishing would cost a golden one its right "
            "article, publishing stops."
        ).classes("kb-muted")
        self._adding()
        with ui.element("div").classes("kb-bar"):
            self._search = ui.input("Search questions and articles", value=self._words)
            self._search.props("outlined dense clearable debounce=250 maxlength=200")
            self._search.style("flex: 1 1 16rem")
            self._source = ui.select(SOURCES, value="", label="Source")
            self._golden = ui.checkbox("Golden only")
            self._source.props("outlined dense").style("min-width: 11rem")
        self._table = ui.refreshable(self._draw)
        for one in (self._search, self._source, self._golden):
            one.on_value_change(lambda: self._turn(1))
        await self._table()

    def _adding(self) -> None:
        with ui.element("section").classes("kb-panel").style("margin-bottom: 12px") as section:
            section.props["aria-label"] = "Add a question"
            with ui.element("h2"):
                ui.label("Add a question")
            with ui.element("div").classes("kb-bar"):
                text = ui.input("As a customer would type it").style("flex: 1 1 18rem")
                text.props(f"outlined dense maxlength={LIMIT}")
                chosen = ui.button(f"Right article: {NO_ARTICLE}").props("outline no-caps")
                golden = ui.checkbox("Golden")
                add = ui.button("Add").props("unelevated")

            async def pick() -> None:
                slug = await pick_article(
                    self._app, title="The right article", said="The one that answers the question."
                )
                self._right = (slug, slug) if slug else None
                chosen.text = f"Right article: {slug or NO_ARTICLE}"

            async def store() -> None:
                slug = self._right[0] if self._right else None
                try:
                    async with self._app.database.write() as db:
                        await questions.add(
                            db,
                            self._app.clock,
                            str(text.value or ""),
                            slug,
                            golden=bool(golden.value),
                        )
                except HandrailError as error:
                    ui.notify(str(error), type="negative")
                    return
                text.value = ""
                ui.notify("Added.", type="positive")
                await self._turn(1)

            chosen.on_click(pick)
            add.on_click(store)
            text.on("keydown.enter", store)

    async def _turn(self, page: int) -> None:
        self._page = page
        await self._table.refresh()

    async def _draw(self) -> None:
        async with self._app.database.read() as db:
            found = await questions.listing(
                db,
                words=str(self._search.value or ""),
                source=str(self._source.value) or None,
                golden=True if self._golden.value else None,
                page=self._page,
            )
        questions_found = "1 question" if found.total == 1 else f"{found.total} questions"
        ui.label(questions_found).classes("kb-muted").props("role=status")
        if not found.lines:
            ui.label("None matches. Clear the search, or add the question above.")
            return
        with ui.element("div").classes("kb-scroll"), ui.element("table").classes("kb-list"):
            with ui.element("thead"), ui.element("tr"):
                for name in ("Question", "Right article", "Golden", "Source", ""):
                    with ui.element("th").props("scope=col"):
                        ui.label(name)
            with ui.element("tbody"):
                for line in found.lines:
                    self._row(line)
        self._pages(found)

    def _row(self, line: Line) -> None:
        one = line.question
        refused = one.source == questions.REFUSED

        async def pick() -> None:
            slug = await pick_article(
                self._app,
                title="The right article",
                said=one.text,
                first=(line.slug, line.title or line.slug) if line.slug else None,
            )
            if slug is not None:
                await self._label(line, slug, one.golden)

        async def remove() -> None:
            reason = await self._reason(f"Delete “{one.text}”") if one.golden else ""
            if reason is None:
                return
            try:
                async with self._app.database.write() as db:
                    await guarded.remove(
                        db, self._app.clock, one.id, staff=self._staff, reason=reason
                    )
            except HandrailError as error:
                ui.notify(str(error), type="negative")
            await self._table.refresh()

        with ui.element("tr"):
            with ui.element("td"):
                ui.label(one.text).style("overflow-wrap: anywhere")
            with ui.element("td"):
                if line.slug is not None:
                    ui.label("not:").classes("kb-muted").set_visibility(refused)
                    ui.link(line.title or line.slug, f"/staff/articles/{line.slug}")
                else:
                    ui.label(NO_ARTICLE).classes("kb-muted")
            with ui.element("td"):
                golden = ui.checkbox(
                    value=one.golden,
                    on_change=lambda event: self._label(line, line.slug, bool(event.value)),
                )
                golden.props["aria-label"] = f"Golden: {one.text}"
                # What customers refused has no right article that could be lost.
                golden.set_enabled(not refused)
            with ui.element("td"):
                ui.label(SOURCES[one.source]).classes("kb-muted")
            with ui.element("td"):
                for name, work in (("Change", pick), ("Delete", remove)):
                    button = ui.button(name, on_click=work).props("flat dense")
                    button.props["aria-label"] = f"{name}: {one.text}"

    async def _reason(self, title: str) -> str | None:
        """Why a golden question may lose its mark; None when it keeps it."""
        if not is_lead(self._staff):
            ui.notify("This question is golden: a lead may take that back, with a reason.")
            return None
        said = "It guards its right answer whenever somebody publishes. What you write is kept."
        return await ask_note(title, said, "Why (10 letters or more)", "Go on", needed=True)

    async def _label(self, line: Line, slug: str | None, golden: bool) -> None:
        held, reason = line.question, ""
        if held.golden and not (golden and slug == line.slug):
            said = await self._reason(f"Change “{held.text}”")
            if said is None:
                await self._table.refresh()
                return
            reason = said
        try:
            async with self._app.database.write() as db:
                await guarded.change(
                    db, self._app.clock, held.id, slug,
                    golden=golden, staff=self._staff, reason=reason,
                )  # fmt: skip
        except HandrailError as error:
            ui.notify(str(error), type="negative")
        await self._table.refresh()

    def _pages(self, found: Listing) -> None:
        if found.pages == 1:
            return
        with ui.element("div").classes("kb-bar"):
            back = ui.button("Back", on_click=lambda: self._turn(found.page - 1)).props("outline")
            ui.label(f"Page {found.page} of {found.pages}")
            on = ui.button("Next", on_click=lambda: self._turn(found.page + 1)).props("outline")
            back.set_enabled(found.page > 1)
            on.set_enabled(found.page < found.pages)

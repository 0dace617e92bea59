"""One article's page: write, see how it will look, what it would change; publish it, go back in time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from knowledge_base import catalogue
from knowledge_base.articles import SavedByOther
from knowledge_base.editor.article_form import ArticleForm
from knowledge_base.editor.bar import EditorBar
from knowledge_base.editor.deeds import Deeds
from knowledge_base.editor.history_panel import HistoryPanel, versions_of
from knowledge_base.editor.meeting import Meeting, Stand
from knowledge_base.editor.preview import PreviewPanel
from knowledge_base.editor.side import SidePanels
from knowledge_base.editor.steps import STAYS, Stays, Steps
from knowledge_base.editor.variants_panel import VariantsPanel
from knowledge_base.listing.facets import facets
from knowledge_base.models import Article, ArticleVersion
from knowledge_base.review import gate
from knowledge_base.screens.reports_panel import ReportsPanel
from server.auth import Staff
from server.errors import HandrailError, NotFound
from server.local_time import LocalTime

#: How often an open page looks whether somebody else saved (seconds).
LOOK = 15.0
#: Fields send their text 300 ms after the last key; Ctrl+S right after a word must not be faster.
_SEND_FIRST = "() => setTimeout(emit, 400)"


class EditorPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._deeds = Deeds(app, staff)
        self._stand = Stand()
        self._edits = self._stored_edits = 0
        # One deed at a time: two clicks on Save are one version.
        self._turn = asyncio.Lock()
        self._times = LocalTime()
        self._form = ArticleForm(self._changed, self._times)
        self._side = SidePanels(app, self._form, staff)
        self._steps = Steps(
            app, self._form, self._stand, self._side, self._deeds, self._saved, self._times
        )
        steps = {
            "save": self._save,
            "submit": self._steps.submit,
            "return": self._steps.send_back,
            "publish": self._steps.publish,
            "schedule": self._steps.schedule,
            "unschedule": self._steps.unschedule,
            "archive": self._steps.archive,
        }
        self._bar = EditorBar(
            {name: partial(self._do, step) for name, step in steps.items()},
            lambda days: self._do(partial(self._steps.reviewed, days)),
            self._times,
        )
        self._meeting = Meeting(
            app, self._form, self._stand, self._taken, lambda: self._do(self._save)
        )
        self._preview = PreviewPanel(app, self._form)
        self._history = HistoryPanel(app, self._times, self._restore)
        self._variants = VariantsPanel(app, staff.login)

    async def show(self, slug: str | None) -> None:
        """Draw the page for an article, or for a new one."""
        async with self._app.database.read() as db:
            if slug is not None:
                try:
                    self._stand.article, self._stand.base = await catalogue.by_slug(db, slug)
                except NotFound as error:
                    ui.label(str(error)).classes("kb-warn").props("role=alert")
                    ui.link("All articles", "/staff/articles")
                    return
            known = await facets(db)
        self._bar.draw()
        self._trouble = ui.label().classes("kb-warn").props("role=alert")
        self._trouble.set_visibility(False)
        self._meeting.place()
        if self._stand.article is not None:
            await ReportsPanel(self._app, self._staff, self._stand.article.id).show()
        with ui.element("div").classes("kb-columns"):
            form = ui.element("div").classes("kb-panel")
            # Ctrl+S and ⌘S save from any field; the browser's own dialog is held back.
            for keys in ("keydown.ctrl.s.prevent", "keydown.meta.s.prevent"):
                form.on(keys, lambda: self._do(self._save), js_handler=_SEND_FIRST)
            with form:
                self._form.draw(self._stand.article, self._stand.base, known, self._staff.login)
            with ui.element("div").classes("kb-side-column"):
                if self._stand.article is not None:
                    self._preview.article_id = self._stand.article.id
                self._side.show_first(self._stand.article)
                await self._preview.show()
                await self._side.show_rest(self._stand.article)
            with ui.element("div").classes("kb-below"):
                await self._side.show_files(self._stand.article)
                await self._variants.show(self._stand.article)
                await self._history.show(self._stand.article)
        self._refresh_bar()
        ui.timer(LOOK, self._look, immediate=False)
        ui.timer(0.05, self._localise, once=True)

    async def _localise(self) -> None:
        """Show the times in the reader's own zone, once the browser can say which."""
        if await self._times.ask():
            self._form.filing.localise(self._stand.article)
            self._refresh_bar()
            self._history.refresh(self._stand.article)

    async def _look(self) -> None:
        if not self._turn.locked():
            await self._meeting.look()

    @property
    def _dirty(self) -> bool:
        return self._edits != self._stored_edits

    def _refresh_bar(self) -> None:
        today = self._app.clock.now().date()
        self._bar.refresh(self._stand.article, self._form.title, dirty=self._dirty, today=today)

    def _changed(self) -> None:
        if not self._dirty:
            _warn_on_leaving(True)
        self._edits += 1
        self._refresh_bar()
        self._side.changed()
        self._preview.refresh()

    async def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        """Run what a button does, and say what came of it."""
        if self._turn.locked():
            return
        try:
            async with self._turn:
                said = await work()
        except SavedByOther:
            await self._do(self._meet)
            return
        except Stays:
            said = STAYS
        except HandrailError as error:
            self._complain(str(error))
            return
        self._trouble.set_visibility(False)
        self._refresh()
        ui.notify(said, type="info" if said == STAYS else "positive")

    def _refresh(self) -> None:
        self._refresh_bar()
        self._history.refresh(self._stand.article)
        self._variants.refresh(self._stand.article)

    def _complain(self, message: str) -> None:
        self._trouble.text = message
        self._trouble.set_visibility(True)
        ui.notify("That did not work.", type="negative")

    async def _meet(self) -> str:
        await self._meeting.show()
        return "Somebody else saved first. Your words are still here."

    def _taken(self) -> None:
        self._changed()
        self._history.refresh(self._stand.article)

    async def _save(self) -> str:
        await self._store()
        return "Saved."

    async def _store(self) -> Article:
        created, edits = self._stand.article is None, self._edits
        expired = self._stand.article.expires_at if self._stand.article else None
        draft, passed = self._form.draft(), None
        if self._stand.article is not None:
            asked = await self._side.before_saving(self._stand.article, draft)
            if isinstance(asked, str):
                raise Stays
            passed = asked
        saved = await self._deeds.store(self._stand.article, draft, passed)
        await self._now(saved)
        self._stored_edits = edits
        self._form.filing.adopt(saved)
        self._meeting.end()
        if not self._dirty:
            _warn_on_leaving(False)
        if created:
            self._form.fix_slug(saved.slug)
            self._preview.article_id = saved.id
            await self._side.saved_first(saved)
            with contextlib.suppress(RuntimeError):
                ui.navigate.history.replace(f"/staff/articles/{saved.slug}")
        if saved.expires_at not in (None, expired):
            await self._warn_of_expiry(saved)
        return saved

    async def _warn_of_expiry(self, article: Article) -> None:
        """The clock will ask nobody, so what the expiry costs is said when it is set."""
        if said := await gate.warn_of_expiry(self._app, article.id):
            ui.notify(said, type="warning", timeout=0, close_button="Understood")

    async def _now(self, article: Article) -> None:
        """From now on the form's words are based on this article's newest version."""
        self._stand.article = article
        (self._stand.base,) = await versions_of(self._app, article.id, article.newest)

    async def _saved(self) -> Article:
        """The article with everything on the page stored."""
        if self._stand.article is None or self._dirty:
            return await self._store()
        return self._stand.article

    def _restore(self, version: ArticleVersion) -> None:
        self._form.fill(version)
        self._changed()
        ui.notify(f"Version {version.number} is in the form. Save or publish to keep it.")


def _warn_on_leaving(unsaved: bool) -> None:
    """Have the browser ask before a page with unsaved words is closed."""
    ui.run_javascript(f"window.onbeforeunload = {'() => true' if unsaved else 'null'}")

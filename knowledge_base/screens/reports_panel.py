"""What agents reported, where the editor mends it: on the article's page, and on the Unanswered page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from knowledge_base import reports
from knowledge_base.reports import MISSING, Reported
from server.auth import Role, Staff
from server.errors import HandrailError


class ReportsPanel:
    """Of one article, or (without one) of the questions that have none; draws nothing while nothing waits."""

    def __init__(self, app: Any, staff: Staff, article_id: UUID | None = None) -> None:
        self._app = app
        self._staff = staff
        self._article_id = article_id
        self._place = ui.element("div").style("width: 100%")

    async def show(self) -> None:
        async with self._app.database.read() as db:
            if self._article_id is not None:
                found = await reports.of_article(db, self._article_id)
            else:
                found = await reports.waiting(db, MISSING)
        self._place.clear()
        if not found:
            return
        title = (
            "Agents say that this is wrong" if self._article_id else "Agents found no article for"
        )
        with self._place, ui.element("section").classes("kb-panel") as section:
            section.props["aria-label"] = title
            section.style("margin-bottom: 12px")
            with ui.element("h2"):
                ui.label(f"{title} ({len(found)})")
            for one in found:
                self._line(one)

    def _line(self, one: Reported) -> None:
        with ui.element("div").classes("kb-bar").style("margin: 6px 0 0"):
            with ui.element("div").style("flex: 1 1 14rem; min-width: 0"):
                if one.question:
                    ui.label(f"“{one.question}”").style("overflow-wrap: anywhere")
                if one.note:
                    ui.label(one.note).style("overflow-wrap: anywhere")
                ui.label(f"{one.by}, {one.at:%Y-%m-%d}").classes("kb-muted")
            if self._staff.may(Role.AGENT, Role.SUPERVISOR):
                ui.link("Chat", f"/staff/chat/{one.conversation_id}")
            if one.what == MISSING:
                draft = ui.button("Draft an article", on_click=lambda: self._draft(one.id))
                draft.props["aria-label"] = f"Draft an article: {one.question}"
            done = ui.button("Dealt with", on_click=lambda: self._settle(one.id)).props("outline")
            done.props["aria-label"] = f"Dealt with: {one.question or one.note or one.by}"

    async def _settle(self, report_id: UUID) -> None:
        try:
            async with self._app.database.write() as db:
                await reports.settle(db, self._app.clock, report_id, self._staff.login)
        except HandrailError as error:
            ui.notify(str(error), type="warning")
        await self.show()

    async def _draft(self, report_id: UUID) -> None:
        try:
            async with self._app.database.write() as db:
                slug = await reports.draft(db, self._app.clock, report_id, self._staff.login)
        except HandrailError as error:
            ui.notify(str(error), type="warning")
            await self.show()
            return
        ui.navigate.to(f"/staff/articles/{slug}")

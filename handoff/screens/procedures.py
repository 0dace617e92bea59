"""`/staff/desk/procedures`: how cases of each topic are handled, as lists to tick."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff import words
from handoff.cases import sops
from handoff.cases.models import Sop
from handoff.cases.sops import SopChange
from handoff.screens import fields
from handoff.screens.nav import desk_frame
from handoff.teams import explain, priority_book, roster
from handoff.teams.inputs import checked
from server.auth import Role, Staff
from server.local_time import LocalTime
from server.pages import page_services, require_page
from understanding.vague_times import ADVICE

PATH = "/staff/desk/procedures"
HINTS = 4


async def page() -> None:
    staff = await require_page(Role.AGENT, Role.SUPERVISOR)
    with desk_frame("Procedures", staff, PATH):
        await ProceduresPage(page_services(), staff).show()


class ProceduresPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._leads = staff.may(Role.SUPERVISOR)
        self._time = LocalTime()

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Procedures")
            if self._leads:
                new = ui.button("New procedure", icon="add", on_click=lambda: self._open(None))
                new.props("unelevated no-caps")
        ui.label(
            "The procedure of a chat’s topic stands beside it as a checklist; who ticks a step, and when, "
            "is kept with the case."
        ).classes("desk-muted")
        self._list = ui.refreshable(self._draw)
        self._list()
        self._dialog = ui.dialog()
        await ui.context.client.connected()
        if await self._time.ask():
            self._list.refresh()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._sops = await sops.every(db)
            book = await priority_book.read(db)
            topics = await explain.topics(db, book.rules, await roster.load(db))
        self._topics = sorted({*topics, *(name for one in self._sops for name in one.intents)})

    async def _again(self) -> None:
        self._dialog.close()
        await self._load()
        self._list.refresh()

    def _draw(self) -> None:
        active = [one for one in self._sops if not one.archived]
        if not active:
            ui.label(
                "There is no procedure yet. Begin with the topic that most chats are about."
            ).classes("desk-hint")
        for sop in active:
            self._one(sop)
        if archived := [one for one in self._sops if one.archived]:
            with ui.element("details").classes("desk-more desk-open"):
                with ui.element("summary"):
                    ui.label(f"{len(archived)} archived").style("display: inline")
                for sop in archived:
                    with ui.element("div").classes("desk-bar"):
                        ui.label(sop.title)
                        if self._leads:
                            self._button("Bring back", sop, self._restore)

    def _one(self, sop: Sop) -> None:
        with fields.panel(sop.title):
            topics = ", ".join(words.humanise(one) for one in sop.intents)
            about = [f"For: {topics}" if topics else "For no topic: chosen by hand"]
            if sop.resolution_minutes:
                about.append(f"{sop.resolution_minutes} minutes")
            if sop.escalate_to:
                about.append(f"Escalate to: {sop.escalate_to}")
            ui.label(" · ".join(about)).classes("desk-muted")
            with ui.element("details").classes("desk-more desk-open"):
                with ui.element("summary"):
                    ui.label(f"{len(sop.steps)} steps").style("display: inline")
                with ui.element("ol").classes("desk-steps"):
                    for step in sop.steps:
                        with ui.element("li"):
                            ui.label(step)
                if sop.reply:
                    ui.label("Reply").classes("desk-muted")
                    ui.label(sop.reply)
                by = "Shipped" if sop.by == sops.SHIPPED_BY else f"Written by {sop.by}"
                ui.label(f"{by}, {self._time.show(sop.at)}").classes("desk-muted")
            _hints(sop.steps, sop.reply)
            if self._leads:
                with ui.element("div").classes("desk-bar"):
                    self._button("Edit", sop, self._edit)
                    self._button("Archive", sop, self._archive)

    def _button(self, name: str, sop: Sop, deed: Any) -> None:
        async def pressed() -> None:
            await deed(sop)

        button = ui.button(name, on_click=pressed).props("outline dense no-caps")
        fields.named(button, f"{name}: {sop.title}")

    async def _edit(self, sop: Sop) -> None:
        self._open(sop)

    async def _archive(self, sop: Sop) -> None:
        await self._set_archived(sop, True, "Archived. Chats that follow it go on with it.")

    async def _restore(self, sop: Sop) -> None:
        await self._set_archived(sop, False, f"{sop.title} is back.")

    async def _set_archived(self, sop: Sop, archived: bool, done: str) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await sops.archive(db, self._app.clock, sop.id, self._staff, archived=archived)

        if await fields.attempt(store, done):
            await self._again()

    def _open(self, sop: Sop | None) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading(f"Edit {sop.title}" if sop else "New procedure", "h2")
            title = ui.input("Title", value=sop.title if sop else "")
            title.props("maxlength=80 autofocus").classes("desk-field")
            known = {one: words.humanise(one) for one in self._topics}
            intents = fields.some_of(known, sop.intents if sop else (), "Topics", new=True)
            steps = ui.textarea("Steps, one a line", value="\n".join(sop.steps) if sop else "")
            steps.props("autogrow").classes("desk-field")
            reply = ui.textarea("The form that replies take", value=sop.reply if sop else "")
            reply.props("autogrow maxlength=2000").classes("desk-field")
            escalate = ui.input("Escalate to", value=sop.escalate_to if sop else "")
            escalate.props("maxlength=120").classes("desk-field")
            minutes = ui.number(
                "Minutes to resolve", value=sop.resolution_minutes if sop else None, min=1
            ).classes("desk-field")
            hints = ui.refreshable(lambda: _hints(_lines(steps.value), str(reply.value or "")))
            hints()
            for text in (steps, reply):
                text.on("blur", hints.refresh)
            complaint = fields.Complaint()

            async def store() -> None:
                wanted = checked(
                    SopChange,
                    title=str(title.value or ""),
                    # One types a topic as words; domain.yml has it with lines between them.
                    intents=[str(one).replace(" ", "_") for one in intents.value],
                    steps=_lines(steps.value),
                    reply=str(reply.value or ""),
                    escalate_to=str(escalate.value or ""),
                    resolution_minutes=fields.whole(minutes.value, 0) or None,
                )
                async with self._app.database.write() as db:
                    await sops.save(
                        db, self._app.clock, sop.id if sop else None, wanted, self._staff
                    )

            async def save() -> None:
                if await complaint.unless(store, "Saved. It holds from now on."):
                    await self._again()

            with ui.element("div").classes("desk-bar"):
                ui.button("Save", on_click=save).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()


def _lines(value: object) -> list[str]:
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _hints(steps: list[str], reply: str) -> None:
    """Times that say nothing, for who writes the procedure."""
    found = list(dict.fromkeys(one.words for one in sops.vague(steps, reply)))
    if found:
        said = ", ".join(f"“{one}”" for one in found[:HINTS])
        ui.label(f"{said}: {ADVICE}").classes("desk-hint").props("role=status")

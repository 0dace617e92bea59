"""`/staff/desk/priorities`: the matrix, the rules, open outages and promises; tried before they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui
from pydantic import ValidationError

from handoff import rule_books
from handoff.clocks import book as clock_book
from handoff.models import DeskSetting, Priority
from handoff.priority import LEVELS, Rules
from handoff.screens import fields
from handoff.screens.nav import desk_frame
from handoff.screens.priority_dialogs import OutageDialog, PriorityRuleDialog, said
from handoff.screens.promises_panel import PromisesPanel
from handoff.screens.try_priority import TryPriority
from handoff.teams import explain, priority_book, roster
from handoff.teams.inputs import said as problems
from server.auth import Role, Staff
from server.errors import Invalid
from server.pages import page_services, require_page

PATH = "/staff/desk/priorities"
PRIORITIES = {one.value: one.value.capitalize() for one in Priority}


async def page() -> None:
    staff = await require_page(Role.SUPERVISOR)
    with desk_frame("Priorities", staff, PATH):
        await PrioritiesPage(page_services(), staff).show()


class PrioritiesPage:
    """The page's state for one browser window: a draft of the book, which holds when it is saved."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Priorities")
        ui.label(
            "Priority is impact times urgency. Every rule that matches may set an axis; the highest value of "
            "each axis counts, and an axis that no rule touches is medium."
        ).classes("desk-muted")
        self._matrix = ui.refreshable(self._draw_matrix)
        self._rules = ui.refreshable(self._draw_rules)
        self._outages = ui.refreshable(self._draw_outages)
        self._history = ui.refreshable(self._draw_history)
        with fields.panel("Matrix"):
            self._matrix()
        with fields.panel("Open outages"):
            self._outages()
        self._try = TryPriority(self._topics)
        self._try.show()
        with fields.panel("Rules"):
            self._rules()
        self._saving()
        self._judge()
        PromisesPanel(self._app, self._staff, self._promises, self._after_promises).show()
        with fields.panel("Who changed what"):
            self._history()
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            book = await priority_book.read(db)
            self._topics = await explain.topics(db, book.rules, await roster.load(db))
            self._promises = await clock_book.read(db)
            clocks = await rule_books.changes(db, clock_book.KEY)
        self._version, self._stored = book.version, book.rules.stored()
        self._draft: dict[str, Any] = book.rules.stored()
        marked = [("Priorities", one) for one in book.changes]
        marked += [("Promises", one) for one in clocks]
        self._changes: Sequence[tuple[str, DeskSetting]] = sorted(
            marked, key=lambda pair: pair[1].at, reverse=True
        )

    def _draw_matrix(self) -> None:
        with fields.table(
            ("Impact", *(f"Urgency {level}" for level in LEVELS)), "Priority by impact and urgency"
        ):
            for impact in reversed(LEVELS):
                with fields.row(impact.capitalize()):
                    for urgency in LEVELS:
                        with ui.element("td"):
                            self._choice(impact, urgency)
        self._warning = ui.label().classes("desk-hint").props("role=status")
        self._warning.set_visibility(False)

    def _choice(self, impact: str, urgency: str) -> None:
        row = self._draft["matrix"][impact]
        select = ui.select(PRIORITIES, value=row[urgency]).props("dense outlined")
        fields.named(select, f"Priority of impact {impact}, urgency {urgency}")

        def chosen() -> None:
            row[urgency] = select.value
            self._judge()

        select.on_value_change(chosen)

    def _draw_rules(self) -> None:
        head = ("Why", "When", "Impact", "Urgency", "Alarm", "Change")
        with fields.table(head, "Rules of priority"):
            for rule in self._draft["rules"]:
                self._rule_row(rule)
        ui.button("New rule", icon="add", on_click=lambda: self._edit_rule(None)).props(
            "flat no-caps"
        )

    def _rule_row(self, rule: dict[str, Any]) -> None:
        with fields.row(rule["why"]):
            fields.cell(said(rule["when"]))
            fields.cell(rule["impact"].capitalize())
            fields.cell(rule["urgency"].capitalize())
            fields.cell("Raised" if rule.get("moment_of_truth") else "")
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                fields.icon("edit", f"Edit {rule['why']}", lambda: self._edit_rule(rule))
                fields.icon("delete", f"Remove {rule['why']}", lambda: self._drop("rules", rule))

    def _draw_outages(self) -> None:
        if not self._draft["outages"]:
            ui.label(
                "None. Declare one while something is broken for many: rules may look at it, and the agent "
                "is told its name."
            ).classes("desk-muted")
        with ui.element("ul").classes("desk-holidays"):
            for outage in self._draft["outages"]:
                self._outage_line(outage)
        ui.button("Declare an outage", icon="add", on_click=self._declare).props("flat no-caps")

    def _outage_line(self, outage: dict[str, Any]) -> None:
        with ui.element("li"):
            ui.label(f"{outage['name']} ({said(outage)})")
            ui.button("It is over", on_click=lambda: self._drop("outages", outage)).props(
                "flat dense no-caps"
            )

    def _saving(self) -> None:
        with fields.panel("Save") as section:
            section.classes("desk-save")
            self._state = ui.label().props("role=status")
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                self._note = ui.input("Why, for those who come after").props("maxlength=500")
                self._note.classes("desk-field desk-grow")
                ui.button("Save priorities", on_click=self._save).props("unelevated no-caps")
                ui.button("Back to what holds", on_click=self._undo).props("flat no-caps")
                ui.button("Take the shipped book", on_click=self._take_shipped).props(
                    "flat no-caps"
                )

    def _edit_rule(self, rule: dict[str, Any] | None) -> None:
        def keep(made: dict[str, Any]) -> None:
            self._put("rules", rule, made)

        self._dialog.clear()
        with self._dialog:
            PriorityRuleDialog(rule, self._topics, keep, self._dialog.close).show()
        self._dialog.open()

    def _declare(self) -> None:
        def keep(made: dict[str, Any]) -> None:
            self._put("outages", None, made)

        self._dialog.clear()
        with self._dialog:
            OutageDialog(self._topics, keep, self._dialog.close).show()
        self._dialog.open()

    def _put(self, part: str, old: dict[str, Any] | None, new: dict[str, Any]) -> None:
        entries: list[dict[str, Any]] = self._draft[part]
        if old is None:
            entries.append(new)
        else:
            entries[next(at for at, one in enumerate(entries) if one is old)] = new
        self._dialog.close()
        self._redraw()

    def _drop(self, part: str, entry: dict[str, Any]) -> None:
        self._draft[part] = [one for one in self._draft[part] if one is not entry]
        self._redraw()

    def _redraw(self) -> None:
        for part in (self._matrix, self._rules, self._outages):
            part.refresh()
        self._judge()

    def _book(self) -> Rules:
        """Raises:
        Invalid: the draft is no rule book.
        """
        try:
            return Rules.model_validate(self._draft)
        except ValidationError as error:
            raise Invalid(problems(error)) from error

    def _judge(self) -> None:
        try:
            book = self._book()
        except Invalid as error:
            self._complaint.say(str(error))
            return
        self._complaint.say("")
        falls = book.falls()
        self._warning.text = f"Is this meant? {'; '.join(falls)}."
        self._warning.set_visibility(bool(falls))
        changed = book.stored() != self._stored
        self._state.text = (
            "Changed, and not saved yet: “Try it” judges by the draft."
            if changed
            else "This is the book that holds."
        )
        self._try.by(book)

    async def _save(self) -> None:
        async def store() -> None:
            book = self._book()
            async with self._app.priorities.changing(self._app.database) as db:
                await priority_book.change(
                    db,
                    self._app.clock,
                    book,
                    self._staff,
                    note=self._note.value or "",
                    seen=self._version,
                )

        if await self._complaint.unless(store, "Saved. It holds from the next request on."):
            self._note.value = ""
            await self._undo()

    async def _undo(self) -> None:
        await self._load()
        self._redraw()
        self._history.refresh()

    def _take_shipped(self) -> None:
        self._draft = Rules.load().stored()
        self._redraw()

    async def _after_promises(self) -> None:
        draft = self._draft
        await self._load()
        self._draft = draft
        self._history.refresh()

    def _draw_history(self) -> None:
        if not self._changes:
            ui.label("Nobody changed anything: the shipped books hold.").classes("desk-muted")
            return
        with fields.table(("When", "Who", "What", "Why"), "Changes, the newest first"):
            for book, change in self._changes:
                with fields.row(f"{change.at:%Y-%m-%d %H:%M} UTC"):
                    fields.cell(change.by)
                    fields.cell(book)
                    fields.cell(change.note)

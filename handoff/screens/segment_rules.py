"""The rules by which customers are told apart, and how many each segment would have."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from pydantic import ValidationError

from handoff import words
from handoff.customers import history, segments
from handoff.customers.segments import IS_WORDS, NUMBER_WORDS, Book, When
from handoff.screens import fields
from handoff.teams.inputs import said as problems
from server.auth import Staff
from server.errors import Invalid


class SegmentRules:
    """A draft of the book, which holds when it is saved."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff

    async def show(self) -> None:
        await self._load()
        with fields.panel("Segments"):
            ui.label(
                "The first rule that holds decides. Of attributes only those count that your site has signed. "
                "Routing and priorities can name a segment."
            ).classes("desk-muted")
            self._rows = ui.refreshable(self._draw)
            self._rows()
            with ui.element("div").classes("desk-bar"):
                new = ui.button("New rule", icon="add", on_click=lambda: self._edit(None))
                new.props("flat no-caps")
                ui.button("How many would that be?", on_click=self._count).props("outline no-caps")
            self._sizes = ui.label().classes("desk-answer").props("role=status")
            note = ui.input("Why it changes").props("maxlength=500").classes("desk-field")
            complaint = fields.Complaint()

            async def store() -> None:
                books = self._app.desk.segments.books
                async with books.changing(self._app.database) as db:
                    await segments.change(
                        db, self._app.clock, self._book(), self._staff,
                        note=str(note.value or ""), seen=self._version,
                    )  # fmt: skip

            async def save() -> None:
                if await complaint.unless(store, "Saved. It holds from now on."):
                    await self._load()
                    self._rows.refresh()

            ui.button("Save segments", on_click=save).props("unelevated no-caps")
        self._dialog = ui.dialog()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            self._version = await segments.version(db)
            self._draft: list[dict[str, Any]] = (await segments.read(db)).stored()["rules"]

    def _book(self) -> Book:
        try:
            return Book.model_validate({"rules": self._draft})
        except ValidationError as error:
            raise Invalid(problems(error)) from error

    def _draw(self) -> None:
        if not self._draft:
            ui.label("All customers are alike. Add a rule to tell some apart.").classes("desk-hint")
            return
        with fields.table(("Segment", "Why", "When", "Change"), "Rules of segments, in order"):
            for place, rule in enumerate(self._draft):
                self._row(place, rule)

    def _row(self, place: int, rule: dict[str, Any]) -> None:
        name = f"{words.humanise(rule['segment'])}: {rule['why']}"
        with fields.row(words.humanise(rule["segment"])):
            fields.cell(rule["why"])
            fields.cell(When.model_validate(rule["when"]).said())
            with ui.element("td"), ui.element("div").classes("desk-buttons"):
                up = fields.icon("arrow_upward", f"Move {name} up", lambda: self._move(place, -1))
                up.set_enabled(place > 0)
                down = fields.icon(
                    "arrow_downward", f"Move {name} down", lambda: self._move(place, 1)
                )
                down.set_enabled(place < len(self._draft) - 1)
                fields.icon("edit", f"Edit {name}", lambda: self._edit(place))
                fields.icon("delete", f"Remove {name}", lambda: self._remove(place))

    def _move(self, place: int, by: int) -> None:
        self._draft.insert(place + by, self._draft.pop(place))
        self._changed()

    def _remove(self, place: int) -> None:
        self._draft.pop(place)
        self._changed()

    def _changed(self) -> None:
        self._sizes.text = "Changed, not saved yet."
        self._rows.refresh()

    async def _count(self) -> None:
        async def count() -> None:
            book = self._book()
            async with self._app.database.read() as db:
                found = await history.everybody(db, self._app.clock.now())
            sizes = segments.sizes(book, found)
            parts = [f"{words.humanise(name)} {count}" for name, count in sizes.most_common()]
            rest = len(found) - sizes.total()
            self._sizes.text = f"Of {len(found)} customers of the last 90 days: " + ", ".join(
                [*parts, f"no segment {rest}"]
            )

        await fields.attempt(count)

    def _edit(self, place: int | None) -> None:
        empty: dict[str, Any] = {"segment": "", "why": "", "when": {}}
        rule = empty if place is None else self._draft[place]
        when = rule["when"]
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("Rule of a segment", "h2")
            known = {*(one["segment"] for one in self._draft), "at_risk", "high_value", "frequent"}
            segment = ui.input("Segment", value=words.humanise(rule["segment"]), autocomplete=[
                words.humanise(one) for one in sorted(known)
            ]).props("maxlength=40 autofocus").classes("desk-field")  # fmt: skip
            why = ui.input("Why, as agents read it", value=rule["why"]).props("maxlength=120")
            why.classes("desk-field")
            ui.label(
                "All that you fill in must hold, “at least” each; leave the rest empty."
            ).classes("desk-muted")
            with ui.element("div").classes("desk-pair"):
                numbers = {
                    name: ui.number(label, value=when.get(name), min=0).classes("desk-field")
                    for name, label in NUMBER_WORDS.items()
                }
            first: dict[str, Any] = next(iter(when.get("attributes", ())), {})
            with ui.element("div").classes("desk-pair"):
                name = ui.input("Signed attribute", value=first.get("name", ""))
                name.props("maxlength=40").classes("desk-field")
                is_ = fields.one_of(IS_WORDS, first.get("is"), "Comparison")
                value = ui.input("Value", value=_written(first.get("value", "")))
                value.props("maxlength=200").classes("desk-field")
            complaint = fields.Complaint()

            async def keep() -> None:
                conditions: dict[str, Any] = {
                    name: _least(name, field.value)
                    for name, field in numbers.items()
                    if field.value
                }
                asked = list(when.get("attributes", ()))[1:]
                if str(name.value or "").strip():
                    given = _meant(str(value.value or ""))
                    asked.insert(0, {"name": name.value.strip(), "is": is_.value, "value": given})
                if asked:
                    conditions["attributes"] = asked
                code = "_".join(str(segment.value or "").lower().split())
                changed = {"segment": code, "why": str(why.value or ""), "when": conditions}
                try:
                    Book.model_validate({"rules": [changed]})
                except ValidationError as error:
                    raise Invalid(problems(error)) from error
                if place is None:
                    self._draft.append(changed)
                else:
                    self._draft[place] = changed

            async def done() -> None:
                if await complaint.unless(keep, "Kept. Save the segments to let it hold."):
                    self._dialog.close()
                    self._changed()

            with ui.element("div").classes("desk-bar"):
                ui.button("Keep", on_click=done).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()


def _least(name: str, value: float) -> float:
    return value if name in ("frustration_30", "remedied_90") else fields.whole(value, 0)


def _written(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
    return str(value)


def _meant(text: str) -> str | float | bool:
    """What was typed: yes, no, a number or a text."""
    text = text.strip()
    if text.lower() in ("yes", "true"):
        return True
    if text.lower() in ("no", "false"):
        return False
    try:
        return float(text)
    except ValueError:
        return text

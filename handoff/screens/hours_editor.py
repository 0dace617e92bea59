"""A week's staffed hours and the holidays, to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from nicegui import ui

from handoff.screens import fields
from handoff.teams.calendar import countries, public_holidays
from handoff.teams.inputs import DAYS, SPANS_AT_MOST
from server.errors import HandrailError

MORNING = ["09:00", "17:00"]
HOME_COUNTRY = "BE"


class HoursEditor:
    """Holds what is typed; ``week`` and ``holidays`` are as the table `teams` keeps them."""

    def __init__(
        self,
        week: Mapping[str, Sequence[Sequence[str]]],
        holidays: Sequence[Mapping[str, str]],
        today: date,
    ) -> None:
        self._week = {str(day): [list(span) for span in week.get(str(day), ())] for day in range(7)}
        self._holidays = {one["day"]: one["name"] for one in holidays}
        self._today = today

    @property
    def week(self) -> dict[str, list[list[str]]]:
        return {
            # In a browser's time field the midnight that ends a day is 00:00.
            day: [[opens, "24:00" if closes == "00:00" else closes] for opens, closes in spans]
            for day, spans in self._week.items()
        }

    @property
    def holidays(self) -> list[dict[str, str]]:
        return [{"day": day, "name": name} for day, name in sorted(self._holidays.items())]

    def show(self) -> None:
        self._days = ui.refreshable(self._draw_days)
        self._free = ui.refreshable(self._draw_holidays)
        fields.heading("Staffed hours", "h3")
        self._days()
        fields.heading("Holidays", "h3")
        self._free()

    def _draw_days(self) -> None:
        with ui.element("div").classes("desk-week"):
            for number, name in enumerate(DAYS):
                self._draw_day(str(number), name)
        ui.button("Give Tuesday to Friday Monday’s hours", on_click=self._copy).props(
            "flat dense no-caps"
        )

    def _draw_day(self, day: str, name: str) -> None:
        spans = self._week[day]
        with ui.element("div").classes("desk-day").props("role=group") as group:
            group.props["aria-label"] = name
            ui.label(name).classes("desk-day-name")
            with ui.element("div").classes("desk-spans"):
                if not spans:
                    ui.label("Closed").classes("desk-muted")
                for place, span in enumerate(spans):
                    self._draw_span(name, place, span, spans)
            if len(spans) < SPANS_AT_MOST:
                add = ui.button("Add hours", icon="add", on_click=lambda: self._add(day))
                add.props("flat dense no-caps")
                fields.named(add, f"Add hours on {name}")

    def _draw_span(self, name: str, place: int, span: list[str], spans: list[list[str]]) -> None:
        which = f" ({place + 1})" if place else ""
        with ui.element("div").classes("desk-span"):
            for end, label in enumerate(("opens", "closes")):
                shown = "00:00" if span[end] == "24:00" else span[end]
                field = ui.input(value=shown).props("type=time dense outlined")
                fields.named(field, f"{name} {label}{which}")
                field.on_value_change(lambda event, end=end: _set(span, end, event.value))
                if not end:
                    ui.label("to")

            def remove() -> None:
                spans.pop(next(at for at, one in enumerate(spans) if one is span))
                fields.focus_next(f"Add hours on {name}")
                self._days.refresh()

            fields.icon("close", f"Remove the hours on {name}{which}", remove)

    def _add(self, day: str) -> None:
        spans = self._week[day]
        which = f" ({len(spans) + 1})" if spans else ""
        fields.focus_next(f"{DAYS[int(day)]} opens{which}")
        spans.append([spans[-1][1], "20:00"] if spans else list(MORNING))
        self._days.refresh()

    def _copy(self) -> None:
        for day in "1234":
            self._week[day] = [list(span) for span in self._week["0"]]
        self._days.refresh()

    def _draw_holidays(self) -> None:
        if not self._holidays:
            ui.label("None yet. On a holiday the team is closed.").classes("desk-muted")
        with ui.element("ul").classes("desk-holidays"):
            for day, name in sorted(self._holidays.items()):
                self._draw_holiday(day, name)
        with ui.element("div").classes("desk-bar"):
            on = ui.input("Day").props("type=date stack-label dense")
            title = ui.input("Name").props("dense maxlength=80")
            ui.button("Add holiday", on_click=lambda: self._take(on.value, title.value)).props(
                "flat dense no-caps"
            )
        with ui.element("div").classes("desk-bar"):
            country = fields.one_of(countries(), HOME_COUNTRY, "Country", search=True)
            next_year = self._today.year + (self._today.month > 6)
            year = fields.number("Year", next_year, 2000, 2100)
            add = ui.button(on_click=lambda: self._take_public(country.value, year.value))
            add.props("flat dense no-caps")

            def tell() -> None:
                name = countries().get(country.value or "", "the country")
                add.text = f"Add {name}’s holidays for {fields.whole(year.value, next_year)}"

            country.on_value_change(tell)
            year.on_value_change(tell)
            tell()

    def _draw_holiday(self, day: str, name: str) -> None:
        with ui.element("li"):
            ui.label(f"{_weekday(day)} {day}").classes("desk-date")
            ui.label(name)
            fields.icon("close", f"Remove {name}, {day}", lambda: self._drop(day))

    def _take(self, day: str | None, name: str | None) -> None:
        if not day or not (name or "").strip():
            ui.notify("Give the holiday a day and a name.", type="warning")
            return
        self._holidays[day] = (name or "").strip()
        self._free.refresh()

    def _take_public(self, country: str | None, year: float | None) -> None:
        try:
            found = public_holidays(country or "", fields.whole(year, 0))
        except HandrailError as error:
            ui.notify(str(error), type="negative")
            return
        for day, name in found.items():
            self._holidays.setdefault(day.isoformat(), name[:80])
        self._free.refresh()

    def _drop(self, day: str) -> None:
        self._holidays.pop(day, None)
        self._free.refresh()


def _set(span: list[str], end: int, value: str | None) -> None:
    span[end] = value or ""


def _weekday(day: str) -> str:
    try:
        return DAYS[date.fromisoformat(day).weekday()][:3]
    except ValueError:
        return ""

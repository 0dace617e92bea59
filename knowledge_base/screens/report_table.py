"""The rows of an import's plan or report, by outcome, a page at a time."""

from __future__ import annotations

from nicegui import ui

from knowledge_base.exchange.report import OUTCOMES, Report, Row

ALL = "all"
PER_PAGE = 50
_STYLES = {"created": "kb-published", "updated": "kb-published", "kept": "kb-review"}


class ReportTable:
    """Call `show` inside a layout; errors are shown first where there are any."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._shown = PER_PAGE

    def show(self, report: Report) -> None:
        """Draw the counts, the filter and the rows."""
        counts: dict[str, int] = {ALL: len(report.rows)}
        counts.update({name: report.counts[name] for name in OUTCOMES})
        choices = {name: f"{count} {name}" for name, count in counts.items() if count}
        chosen = "error" if report.errors else ALL
        table = ui.refreshable(self._draw)

        def choose(outcome: str) -> None:
            self._shown = PER_PAGE
            self._rows = [row for row in report.rows if outcome in (ALL, row.outcome)]
            table.refresh()

        self._more = table
        said = ", ".join(f"{report.counts[name]} {name}" for name in OUTCOMES)
        ui.label(said).classes("kb-muted").props("role=status")
        ui.toggle(choices, value=chosen, on_change=lambda event: choose(str(event.value))).props(
            'unelevated no-caps aria-label="Show rows"'
        ).style("margin: 8px 0; flex-wrap: wrap")
        self._rows = [row for row in report.rows if chosen in (ALL, row.outcome)]
        self._shown = PER_PAGE
        table()

    def _draw(self) -> None:
        with ui.element("table").classes("kb-list"):
            with ui.element("thead"), ui.element("tr"):
                for name, wide in (("Row", False), ("Article", True), ("", False), ("Why", False)):
                    with ui.element("th").props("scope=col").classes("kb-wide" if wide else ""):
                        ui.label(name or "Outcome")
            with ui.element("tbody"):
                for row in self._rows[: self._shown]:
                    _line(row)
        left = len(self._rows) - self._shown
        if left > 0:
            ui.button(f"Show more ({left})", on_click=self._show_more).props("flat")

    def _show_more(self) -> None:
        self._shown += 4 * PER_PAGE
        self._more.refresh()


def _line(row: Row) -> None:
    with ui.element("tr"):
        with ui.element("td"):
            ui.label(row.row).style("overflow-wrap: anywhere")
        with ui.element("td").classes("kb-wide").style("white-space: normal"):
            ui.label(row.title or row.slug or "–").style("overflow-wrap: anywhere")
        with ui.element("td"):
            ui.label(row.outcome).classes(f"kb-status {_STYLES.get(row.outcome, '')}")
        with ui.element("td"):
            ui.label(row.message)
            if row.code:
                ui.label(row.code).classes("kb-muted")

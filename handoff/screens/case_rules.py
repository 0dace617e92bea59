"""The panel that sets when a topic recurs, and how much each level may give a customer."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff.cases import book
from handoff.cases.book import CaseRules, RemedyRules
from handoff.models import Level
from handoff.screens import fields
from handoff.teams.inputs import checked
from server.auth import Staff


class CaseRulesPanel:
    """Two small rule books, saved together."""

    def __init__(self, app: Any, staff: Staff, rules: CaseRules, remedies: RemedyRules) -> None:
        self._app = app
        self._staff = staff
        self._rules = rules
        self._remedies = remedies

    def show(self) -> None:
        rules, remedies = self._rules, self._remedies
        with fields.panel("Rules"):
            with ui.element("div").classes("desk-pair"):
                after = fields.number(
                    "Ask for the five whys from so many cases", rules.recurs_after, 2, 1000
                )
                days = fields.number("within so many days", rules.within_days, 1, 366)
                later = fields.number(
                    "A follow-up without a day is due in days", rules.follow_up_days, 1, 90
                )
            required = ui.switch(
                "Such a case is closed only with its first three whys", value=rules.whys_required
            )
            fields.heading("Remedies in one case", "h3")
            with ui.element("div").classes("desk-pair"):
                currency = ui.input("Currency", value=remedies.currency).props("maxlength=3")
                currency.classes("desk-field")
                amounts = {
                    level: fields.number(
                        f"{fields.LEVELS[level.value]} gives up to",
                        remedies.limits[level], 0, 1_000_000, step=0.01,
                    )
                    for level in Level
                }  # fmt: skip
                per_customer = fields.number(
                    "A customer gets up to",
                    remedies.per_customer, 0, 1_000_000, step=0.01,
                ).props('hint="empty: no limit"')  # fmt: skip
                per_days = fields.number("within so many days", remedies.per_customer_days, 1, 366)
            note = ui.input("Why it changes").props("maxlength=500").classes("desk-field")
            complaint = fields.Complaint()

            async def store() -> None:
                cases = checked(
                    CaseRules,
                    recurs_after=fields.whole(after.value, 0),
                    within_days=fields.whole(days.value, 0),
                    follow_up_days=fields.whole(later.value, 0),
                    whys_required=bool(required.value),
                )
                giving = checked(
                    RemedyRules,
                    currency=str(currency.value or "").upper(),
                    limits={level: field.value for level, field in amounts.items()},
                    per_customer=per_customer.value,
                    per_customer_days=fields.whole(per_days.value, 0),
                )
                async with self._app.database.write() as db:
                    for one in (cases, giving):
                        book.write(db, self._app.clock, one, self._staff, str(note.value or ""))

            async def save() -> None:
                await complaint.unless(store, "Saved. It holds for what is closed from now on.")

            ui.button("Save rules", on_click=save).props("unelevated no-caps")

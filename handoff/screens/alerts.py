"""`/staff/desk/alerts`: which other systems hear of alarms, missed times, absences and mentions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from nicegui import ui

from handoff.alerts import hooks
from handoff.alerts.happenings import EVENTS, TEST
from handoff.alerts.models import Delivery, Webhook
from handoff.screens import fields
from handoff.screens.nav import desk_frame
from server.auth import Role, Staff
from server.local_time import LocalTime
from server.pages import page_services, require_page

PATH = "/staff/desk/alerts"
NAMES = {**EVENTS, TEST: "Test"}


async def page() -> None:
    staff = await require_page(Role.SUPERVISOR)
    with desk_frame("Alerts", staff, PATH):
        await AlertsPage(page_services(), staff).show()


class AlertsPage:
    """The page's state for one browser window."""

    def __init__(self, app: Any, staff: Staff) -> None:
        self._app = app
        self._staff = staff
        self._time = LocalTime()

    async def show(self) -> None:
        await self._load()
        with ui.element("div").classes("desk-bar"):
            fields.heading("Alerts")
            ui.button("New webhook", icon="add", on_click=self._add).props("unelevated no-caps")
        ui.label(
            "A webhook tells another system of yours, such as a pager or a chat room, what happens here. "
            "Each call is signed and is tried again until it is taken. It holds codes and a link, and "
            "nothing a customer wrote."
        ).classes("desk-muted")
        self._list = ui.refreshable(self._draw)
        self._list()
        self._dialog = ui.dialog()
        await ui.context.client.connected()
        if await self._time.ask():
            self._list.refresh()

    async def _load(self) -> None:
        async with self._app.database.read() as db:
            found = await hooks.listed(db)
            self._hooks = [(hook, await hooks.deliveries(db, hook.id)) for hook in found]

    async def _again(self) -> None:
        await self._load()
        self._list.refresh()

    def _draw(self) -> None:
        if not self._hooks:
            ui.label(
                "No other system is told anything yet. Add a webhook with its address, press Test, and see "
                "here whether it arrived."
            ).classes("desk-hint")
        for hook, told in self._hooks:
            with fields.panel(hook.url):
                self._hook(hook)
                self._deliveries(told)

    def _hook(self, hook: Webhook) -> None:
        ui.label("; ".join(EVENTS[event] for event in hook.events if event in EVENTS))
        state = "On" if hook.active else "Off: nothing is sent"
        ui.label(f"{state}. Added by {hook.by}, {self._show(hook.created_at)}.").classes(
            "desk-muted"
        )
        with ui.element("div").classes("desk-bar"):
            self._button("Test", hook, self._test)
            self._button("Switch off" if hook.active else "Switch on", hook, self._switch)
            self._button("Remove", hook, self._ask_remove)

    def _button(self, name: str, hook: Webhook, deed: Any) -> None:
        async def pressed() -> None:
            await deed(hook)

        button = ui.button(name, on_click=pressed).props("outline dense no-caps")
        fields.named(button, f"{name}: {hook.url}")

    def _deliveries(self, told: Sequence[Delivery]) -> None:
        if not told:
            ui.label("Nothing was sent yet.").classes("desk-muted")
            return
        with fields.table(("What", "When", "Result"), "Last deliveries"):
            for one in told:
                with fields.row(NAMES.get(one.event, one.event)):
                    fields.cell(self._show(one.created_at))
                    fields.cell(*self._result(one))

    def _result(self, one: Delivery) -> tuple[str, str]:
        if one.delivered_at is not None:
            return "Taken", f"at try {one.attempts}" if one.attempts > 1 else ""
        if one.next_try_at is None:
            return "Given up", one.problem
        again = f"next try {self._show(one.next_try_at)}"
        return "Waiting", f"{one.problem} {again}".strip() if one.attempts else again

    def _show(self, at: datetime) -> str:
        return self._time.show(at)

    async def _test(self, hook: Webhook) -> None:
        made: list[UUID] = []

        async def put() -> None:
            async with self._app.database.write() as db:
                made.append(await hooks.queue_test(db, self._app.clock, hook.id, self._staff))

        if not await fields.attempt(put):
            return
        taken = await self._app.alerts.send(made[0])
        await self._again()
        ui.notify(
            "Taken." if taken else "Not taken; see the reason below.",
            type="positive" if taken else "negative",
        )

    async def _switch(self, hook: Webhook) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await hooks.change(db, hook.id, events=None, active=not hook.active)

        await fields.attempt(store)
        await self._again()

    async def _ask_remove(self, hook: Webhook) -> None:
        async def store() -> None:
            async with self._app.database.write() as db:
                await hooks.remove(db, hook.id)

        async def remove() -> None:
            await fields.attempt(store, "Removed.")
            self._dialog.close()
            await self._again()

        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("Remove this webhook?", "h2")
            ui.label(hook.url)
            ui.label("It is told nothing any more, and its list of deliveries goes, too.")
            with ui.element("div").classes("desk-bar"):
                ui.button("Remove", on_click=remove).props("unelevated no-caps color=negative")
                ui.button("Keep it", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

    def _add(self) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("New webhook", "h2")
            url = ui.input("Address", placeholder="https://pager.example/handrail").classes(
                "desk-field"
            )
            events = fields.some_of(EVENTS, list(EVENTS), "Tell it of")
            complaint = fields.Complaint()
            made: list[Webhook] = []

            async def store() -> None:
                async with self._app.database.write() as db:
                    made.append(
                        await hooks.add(
                            db, self._app.clock, self._app.alerts.caller, self._staff,
                            url=str(url.value or ""), events=list(events.value),
                        )
                    )  # fmt: skip

            async def save() -> None:
                if await complaint.unless(store, "Added."):
                    await self._again()
                    self._tell_secret(made[0])

            with ui.element("div").classes("desk-bar"):
                ui.button("Add", on_click=save).props("unelevated no-caps")
                ui.button("Close", on_click=self._dialog.close).props("flat no-caps")
        self._dialog.open()

    def _tell_secret(self, hook: Webhook) -> None:
        self._dialog.clear()
        with self._dialog, ui.card().classes("desk-dialog"):
            fields.heading("Its secret", "h2")
            ui.label(
                "Give this to the other system now: it checks our signature with it. It is shown this once."
            )
            secret = ui.input("Secret", value=hook.secret).props("readonly").classes("desk-field")
            fields.named(secret, "The webhook’s secret")
            with ui.element("div").classes("desk-bar"):
                ui.button("I have it", on_click=self._dialog.close).props("unelevated no-caps")

"""The side of the threshold page: save with a reason, and what was saved before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from server.auth import Staff
from server.errors import HandrailError
from training.mood_replay.desk import MoodReplay
from training.mood_replay.threshold import REASON, REASON_LIMIT, Change, Setting


class Saving:
    """What is saved holds from the next message of every customer on."""

    def __init__(
        self, desk: MoodReplay, staff: Staff, saved: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk, self._staff, self._saved = desk, staff, saved
        self._setting = Setting(0, 0.0)
        self._threshold = 0.0
        with ui.element("section").classes("tr-panel"):
            with ui.element("h2"):
                ui.label("Save")
            self._now = ui.label()
            self._reason = ui.textarea("Why", on_change=self._enable)
            self._reason.props(f"outlined autogrow dense maxlength={REASON_LIMIT}")
            self._hint = ui.label().classes("tr-quiet")
            self._save = ui.button("Save", on_click=self._keep)
        with ui.element("section").classes("tr-panel"):
            with ui.element("h2"):
                ui.label("Changes so far")
            self._history = ui.element("ol").classes("fr-history")

    async def show(self, setting: Setting, threshold: float) -> None:
        """Show what holds and how it came to be."""
        self._setting = setting
        self._now.set_text(f"{setting.handoff:.2f} holds now.")
        self.moved(threshold)
        history = await self._desk.patience.history()
        self._history.clear()
        with self._history:
            for change in history:
                self._build_change(change)
            self._build_shipped(bool(history))

    def moved(self, threshold: float) -> None:
        """Follow the slider."""
        self._threshold = threshold
        self._enable()

    def _enable(self) -> None:
        same = self._threshold == self._setting.handoff
        missing = REASON - len(self._why)
        self._save.set_text("Save" if same else f"Save {self._threshold:.2f}")
        self._save.set_enabled(not same and missing <= 0)
        if same:
            hint = "Move the threshold to change it."
        elif missing > 0:
            hint = f"Say why in a few words, {REASON} characters or more."
        else:
            hint = "It holds from the next message of every customer on."
        self._hint.set_text(hint)

    @property
    def _why(self) -> str:
        return " ".join(str(self._reason.value or "").split())

    async def _keep(self) -> None:
        try:
            setting = await self._desk.patience.save(
                self._threshold, self._why, self._staff, seen=self._setting.version
            )
        except HandrailError as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        self._reason.value = ""
        ui.notify(f"{setting.handoff:.2f} holds from the next message on.", type="positive")
        await self._saved()

    def _build_change(self, change: Change) -> None:
        with ui.element("li"):
            with ui.element("strong"):
                ui.label(f"{change.before:.2f} → {change.handoff:.2f}")
            ui.label(f"{change.by or 'somebody'}, {change.at:%d %b %Y, %H:%M} UTC").classes(
                "tr-quiet"
            )
            ui.label(change.reason).classes("fr-reason")
            if change.version != self._setting.version and change.handoff != self._setting.handoff:
                self._build_restore(change.version, change.handoff)

    def _build_shipped(self, changed: bool) -> None:
        shipped = self._desk.patience.shipped
        with ui.element("li"):
            with ui.element("strong"):
                ui.label(f"{shipped:.2f}")
            ui.label("As set up" if changed else "As set up; nobody has changed it.").classes(
                "tr-quiet"
            )
            if changed and shipped != self._setting.handoff:
                self._build_restore(0, shipped)

    def _build_restore(self, version: int, handoff: float) -> None:
        button = ui.button("Bring back…", on_click=lambda: self._ask(version, handoff))
        button.props("flat dense no-caps")
        button.props["aria-label"] = f"Bring {handoff:.2f} back"

    def _ask(self, version: int, handoff: float) -> None:
        with ui.dialog() as dialog, ui.card().classes("fr-dialog"):
            with ui.element("h2"):
                ui.label(f"Bring {handoff:.2f} back?")
            why = ui.textarea("Why").props(
                f"outlined dense autogrow autofocus maxlength={REASON_LIMIT}"
            )

            async def restore() -> None:
                try:
                    await self._desk.patience.restore(
                        version, str(why.value or ""), self._staff, seen=self._setting.version
                    )
                except HandrailError as error:
                    ui.notify(str(error), type="negative", multi_line=True)
                    return
                dialog.close()
                await self._saved()

            with ui.element("div").classes("tr-actions"):
                ui.button("Bring back", on_click=restore)
                ui.button("Cancel", on_click=dialog.close).props("flat")
        dialog.open()

"""Small questions the editor's page asks before it does something."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from knowledge_base.history import NOTE_LIMIT
from server.local_time import LocalTime


async def ask_note(
    title: str, said: str, label: str, yes: str, *, needed: bool = False
) -> str | None:
    """What somebody wrote, perhaps nothing unless `needed`; None when they changed their mind."""
    with ui.dialog() as dialog, ui.card().classes("kb-dialog").props("role=dialog"):
        _head(title, said)
        note = ui.input(label).props(f"outlined autofocus maxlength={NOTE_LIMIT}").classes("w-full")
        with ui.element("div").classes("kb-bar"):
            go = ui.button(yes, on_click=lambda: dialog.submit(str(note.value or "").strip()))
            ui.button("Cancel", on_click=lambda: dialog.submit(None)).props("flat")
        if needed:
            go.bind_enabled_from(note, "value", lambda value: bool(str(value or "").strip()))
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, str) else None


async def ask_time(
    title: str, said: str, yes: str, now: datetime, times: LocalTime
) -> datetime | None:
    """A time that somebody chose, in their zone; None when they changed their mind."""
    with ui.dialog() as dialog, ui.card().classes("kb-dialog").props("role=dialog"):
        _head(title, said)
        field = ui.input(f"Day and time ({times.name})").classes("w-full")
        field.props(f"type=datetime-local outlined stack-label autofocus min={times.field(now)}")
        far = ui.label(_away(None, now, times)).classes("kb-muted")
        far.props("role=status")
        with ui.element("div").classes("kb-bar"):
            go = ui.button(yes, on_click=lambda: dialog.submit(times.read(field.value)))
            ui.button("Cancel", on_click=lambda: dialog.submit(None)).props("flat")
        go.bind_enabled_from(field, "value", lambda value: (times.read(value) or now) > now)
        field.on_value_change(lambda: far.set_text(_away(times.read(field.value), now, times)))
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, datetime) else None


def _away(at: datetime | None, now: datetime, times: LocalTime) -> str:
    if at is None:
        return f"It is {times.show(now)} now."
    minutes = int((at - now).total_seconds() // 60)
    if minutes < 0:
        return "This time has passed already."
    if minutes < 120:
        return f"{minutes + 1} minutes from now."
    return (
        f"{minutes // 60} hours from now."
        if minutes < 2880
        else f"{minutes // 1440} days from now."
    )


def _head(title: str, said: str) -> None:
    with ui.element("h2"):
        ui.label(title)
    ui.label(said)

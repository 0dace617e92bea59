"""Questions before a step that customers would notice: why, and, for a worse model, which one by name."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from training.promoting.rules import REASON_LEAST

LIMIT = 500


@dataclass(frozen=True)
class Said:
    reason: str
    confirm: str = ""


async def ask(
    title: str,
    text: str,
    yes: str,
    *,
    label: str = "Why",
    least: int = 1,
    name: str | None = None,
    proposed: str = "",
) -> Said | None:
    """Return the reason that somebody gave (`proposed` stands there already), and the name they typed where one
    is asked; None: they changed their mind."""
    with ui.dialog() as dialog, ui.card().style("width: min(460px, 92vw)") as card:
        card.props["role"], card.props["aria-label"] = "dialog", title
        with ui.element("h2").style("font-size: 1.15rem; line-height: 1.3; font-weight: 650"):
            ui.label(title)
        ui.label(text).style("overflow-wrap: anywhere")
        # A text area shows a long reason whole; Enter sends it like any other field.
        reason = ui.textarea(label, value=proposed[:LIMIT]).classes("w-full")
        reason.props(f"outlined autogrow autofocus rows=1 maxlength={LIMIT}")
        typed = None
        if name is not None:
            with ui.element("p"):
                ui.label("To confirm, type the model's name:")
                ui.label(name).style("font-weight: 600; overflow-wrap: anywhere; user-select: all")
            typed = ui.input("Name of the model").props("outlined maxlength=200").classes("w-full")
        with ui.element("div").classes("tr-actions"):
            confirm = ui.button(yes, on_click=lambda: dialog.submit(_said(reason, typed)))
            ui.button("Cancel", on_click=lambda: dialog.submit(None)).props("flat")

        def check() -> None:
            said = _said(reason, typed)
            named = name is None or said.confirm == name
            confirm.set_enabled(len(said.reason) >= least and named)

        def enter() -> None:
            check()
            if confirm.enabled:
                dialog.submit(_said(reason, typed))

        for field in (reason, typed):
            if field is not None:
                field.on_value_change(check)
                field.on("keydown.enter.prevent", enter)
        check()
    answer = await dialog
    dialog.delete()
    return answer if isinstance(answer, Said) else None


async def ask_promote(proposed: str) -> Said | None:
    """Ask why a model that passed its comparison shall serve; None: it shall not."""
    return await ask(
        "Promote the new model?",
        "It starts and warms up beside the one in service: no customer waits. You can roll back at any time.",
        "Promote",
        proposed=proposed,
    )


async def ask_knowingly(against: str, name: str) -> Said | None:
    """Ask whether a model that did not pass its comparison shall serve; None: no."""
    return await ask(
        "Promote it all the same?",
        against,
        "Promote",
        label=f"Why it shall serve ({REASON_LEAST} characters or more)",
        least=REASON_LEAST,
        name=name,
    )


async def ask_roll_back(name: str) -> Said | None:
    """Ask why the model of this name shall serve again; None: it shall not."""
    return await ask(
        "Roll back?",
        f"{name} takes over again, started and warmed beside the one in service: customers notice no pause.",
        "Roll back",
    )


def _said(reason: ui.textarea, typed: ui.input | None) -> Said:
    return Said(
        (reason.value or "").strip(), (typed.value or "").strip() if typed is not None else ""
    )

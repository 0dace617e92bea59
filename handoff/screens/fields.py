"""Small parts that the desk's set-up pages share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from conversations.desk import Reason
from handoff import words
from handoff.models import Level
from handoff.teams.languages import LANGUAGES
from server.choosing import marking
from server.errors import HandrailError

LEVELS = {level.value: words.humanise(level.value) for level in Level}
REASONS = {reason.value: words.reason(reason.value) for reason in Reason}
NOTHING = ""
Deed = Callable[[], Awaitable[None]]


@contextmanager
def panel(title: str) -> Iterator[ui.element]:
    """A section with a heading, which is also its name for screen readers."""
    with ui.element("section").classes("desk-panel") as section:
        section.props["aria-label"] = title
        heading(title, "h2")
        yield section


def heading(title: str, tag: str = "h1") -> None:
    with ui.element(tag):
        ui.label(title)


def table(head: Sequence[str], caption: str) -> ui.element:
    """A table's body to fill with rows; on a phone a row stands by itself, a cell under its column's name."""
    with ui.element("div").classes("desk-scroll"), ui.element("table").classes("desk-list") as made:
        for at, name in enumerate(head, 1):
            # Set one by one: `style("…")` would parse a name, which may hold a colon.
            made.style[f"--column-{at}"] = json.dumps(name, ensure_ascii=False)
        with ui.element("caption").classes("desk-spoken"):
            ui.label(caption)
        with ui.element("thead"), ui.element("tr"):
            for name in head:
                with ui.element("th").props("scope=col"):
                    ui.label(name)
        return ui.element("tbody")


@contextmanager
def row(name: str) -> Iterator[None]:
    """A row of a table that begins with its name."""
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.label(name)
        yield


def cell(text: str, note: str = "") -> None:
    with ui.element("td"):
        ui.label(text)
        if note:
            ui.label(note).classes("desk-muted")


def icon(name: str, label: str, deed: Callable[[], Any]) -> ui.button:
    """A small button that shows a sign and says its name."""
    button = ui.button(icon=name, on_click=deed).props("flat dense")
    button.props["aria-label"] = label
    return button


def focus_next(*labels: str) -> None:
    """Bring the focus to the first field or button of these names that can take it.

    Call it before the redrawing that takes the pressed button away, and with it its place on the page.
    """
    ui.run_javascript(
        f"setTimeout(() => {json.dumps(labels)}.map((label) => [...document.querySelectorAll("
        "'[aria-label]')].find((one) => one.getAttribute('aria-label') === label && !one.disabled)"
        ").find(Boolean)?.focus(), 250)"
    )


def named(field: ui.element, label: str) -> None:
    """Say more to a screen reader than the label beside others that look alike does."""
    field.props["aria-label"] = label


def one_of(
    options: Mapping[str, str], value: str | None, label: str, *, search: bool = False
) -> ui.select:
    """Choose one; a value that is not offered (any more) is no choice."""
    known = dict(options)
    chosen = value if value in known else next(iter(known), None)
    field = ui.select(known, value=chosen, label=label, with_input=search).classes("desk-field")
    return marking(field) if search else field


def some_of(
    options: Mapping[str, str], value: Collection[str], label: str, *, new: bool = False
) -> ui.select:
    """Choose several; with `new` one may type what is not on the list, and press Enter."""
    known = {**options, **{one: options.get(one, words.humanise(one)) for one in sorted(value)}}
    if new:
        return (
            ui.select(
                known,
                value=sorted(value),
                label=label,
                multiple=True,
                with_input=True,
                new_value_mode="add-unique",
                key_generator=lambda typed: " ".join(str(typed).lower().split()),
            )
            .props("use-chips")
            .classes("desk-field")
        )
    return (
        ui.select(known, value=sorted(value), label=label, multiple=True, with_input=True)
        .props("use-chips")
        .classes("desk-field")
    )


def languages(value: Collection[str], label: str) -> ui.select:
    return some_of({code: f"{name} ({code})" for code, name in LANGUAGES.items()}, value, label)


def number(
    label: str, value: float | None, low: float, high: float, *, step: float | None = None
) -> ui.number:
    return ui.number(label, value=value, min=low, max=high, step=step or 1).classes("desk-field")


class Complaint:
    """The line that says why something was refused; it is read out when it appears."""

    def __init__(self) -> None:
        self._label = ui.label().classes("desk-error").props("role=alert")
        self._label.set_visibility(False)

    def say(self, text: str) -> None:
        self._label.text = text
        self._label.set_visibility(bool(text))

    async def unless(self, deed: Deed, done: str = "") -> bool:
        """Do it and say so, or say why not; whether it was done."""
        try:
            await deed()
        except HandrailError as error:
            self.say(str(error))
            return False
        self.say("")
        if done:
            ui.notify(done, type="positive")
        return True


async def attempt(deed: Deed, done: str = "") -> bool:
    """Do it, or say why not where there is no form to say it in."""
    try:
        await deed()
    except HandrailError as error:
        ui.notify(str(error), type="negative", timeout=8000)
        return False
    if done:
        ui.notify(done, type="positive")
    return True


def whole(value: object, otherwise: int) -> int:
    """The number in a field that may be empty."""
    return round(value) if isinstance(value, (int, float)) else otherwise

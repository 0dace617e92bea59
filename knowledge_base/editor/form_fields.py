"""Fields of a form by name: what stands in them, and who is told of an edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement


class Fields:
    """`changed` is called after each edit by hand, never after `set`."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._tell = changed
        self._fields: dict[str, ValueElement[Any]] = {}
        self._quiet = False

    def add(
        self, name: str, element: ValueElement[Any], limit: int | None = None
    ) -> ValueElement[Any]:
        """Keep an element under a name; `limit` is in characters."""
        element.props("outlined dense debounce=300").classes("w-full")
        if limit:
            element.props(f"maxlength={limit}")
        element.on_value_change(self._edited)
        self._fields[name] = element
        return element

    def __getitem__(self, name: str) -> ValueElement[Any]:
        return self._fields[name]

    def set(self, **values: str) -> None:
        """Put texts into fields."""
        self._quiet = True
        for name, value in values.items():
            self._fields[name].value = value
        self._quiet = False

    def text(self, name: str) -> str:
        return str(self._fields[name].value or "").strip()

    def lines(self, name: str, mark: str) -> list[str]:
        return [part.strip() for part in self.text(name).split(mark) if part.strip()]

    def _edited(self) -> None:
        if not self._quiet:
            self._tell()


def suggestions(name: str, values: tuple[str, ...]) -> None:
    """A list that an input with ``list=name`` suggests from; the browser's own, so keys just work."""
    with ui.element("datalist").props(f"id={name}"):
        for value in values[:200]:
            option = ui.element("option")
            option.props["value"] = value

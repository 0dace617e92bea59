"""A field in which one of many is chosen by typing: the first that fits is marked, and Enter chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

# Quasar marks nothing by itself: Enter after typing would choose nothing, without a word. The list is narrowed in
# the same tick, and what was marked in it is forgotten then.
_MARK_FIRST = """(typed) => setTimeout(() => {
  const box = getElement(%d)?.$refs.qRef;
  if (typed && box && box.getOptionIndex() < 0) box.moveOptionSelection(1, true);
}, 20)"""


def choice(options: Mapping[str, str], *, label: str | None = None, value: Any = None) -> ui.select:
    """A select with a field to type into."""
    field = ui.select(dict(options), label=label, value=value, with_input=True)
    return marking(field)


def marking(field: ui.select) -> ui.select:
    """The first option that fits what is typed is marked."""
    field.on("input-value", js_handler=_MARK_FIRST % field.id)
    # Tab leaves the field, as everywhere: what is marked is not chosen by it.
    return field.props("disable-tab-selection")

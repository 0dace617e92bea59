"""The story tests of a comparison: what fails first, what passes folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from training import words as room_words
from training.comparing import words
from training.comparing.parts import fold, quiet

Row = Mapping[str, Any]


def build_stories(section: Mapping[str, Any]) -> None:
    """Draw the panel; a comparison of before there was one has nothing to draw."""
    if not section:
        return
    with ui.element("section").classes("cp-panel").props("aria-labelledby=cp-stories"):
        with ui.element("h2").props("id=cp-stories"):
            ui.label("Story tests")
        ui.label(words.stories(section))
        rows: Sequence[Row] = section.get("rows", ())
        failing = [row for row in rows if row["after"] is not True]
        passing = [row for row in rows if row["after"] is True]
        if failing:
            _list(failing)
        if passing:
            title = room_words.plural(len(passing), "story passes", "stories pass")
            fold(title, lambda: _list(passing))


def _list(rows: Sequence[Row]) -> None:
    with ui.element("ul"):
        for row in rows:
            with ui.element("li").classes("cp-change"):
                ui.label(row["title"]).classes("cp-text").props("dir=auto")
                for failure in row["failures"]:
                    quiet(failure[:1].upper() + failure[1:])
                with ui.element("div").classes("cp-chips"):
                    tone, said = words.story(row)
                    ui.label(said).classes(f"cp-chip cp-chip--{tone}")

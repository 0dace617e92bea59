"""Differences between two versions on a page, word by word; also for ears."""

from __future__ import annotations

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from knowledge_base.editor.compare import PartChange, Run

#: Of a long passage that stayed, so many characters are shown on each side of a change.
NEARBY = 160
_SPOKEN = {"added": "Added: ", "removed": "Removed: "}


class Words(TextElement):
    """A piece of text in a tag of its own; the text stays text."""

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=text)


def diff_view(changes: list[PartChange]) -> None:
    """Draw each changed part; says so when nothing changed."""
    if not changes:
        ui.label("The words are the same.").classes("kb-muted")
    for change in changes:
        with ui.element("section").classes("kb-diff-part"):
            with ui.element("h3"):
                ui.label(change.part.capitalize())
            part_view(change)


def part_view(change: PartChange) -> None:
    """One part's text with what came and went."""
    with ui.element("div").classes("kb-diff"):
        for at, run in enumerate(change.runs):
            _run(run, first=at == 0, last=at == len(change.runs) - 1)


def _run(run: Run, *, first: bool, last: bool) -> None:
    if run.kind == "same":
        Words("span", _shortened(run.text, first=first, last=last))
        return
    with ui.element("ins" if run.kind == "added" else "del"):
        Words("span", _SPOKEN[run.kind]).classes("kb-spoken")
        Words("span", run.text)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    head, tail = (0 if first else NEARBY), (0 if last else NEARBY)
    if len(text) <= head + tail + 40:
        return text
    return f"{text[:head]} … {text[len(text) - tail :]}"

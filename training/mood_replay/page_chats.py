"""The chats that would go otherwise, with the message at which they would, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nicegui import ui

from training.mood_replay import words
from training.mood_replay.desk import SHOWN, Loaded, MoodReplay, Shown
from training.mood_replay.replay import Change, Changed

ALL = ""


class ChatList:
    """Customer text stands in labels only: never in HTML or markdown."""

    def __init__(self, desk: MoodReplay) -> None:
        self._desk = desk
        self._loaded: Loaded | None = None
        self._changed: Sequence[Changed] = ()
        self._threshold = 0.0
        self._kind = ALL
        self._limit = SHOWN
        with ui.element("div").classes("fr-head"):
            with ui.element("h2"):
                ui.label("Chats that would have gone otherwise")
            self._choice = ui.select(
                {ALL: "All"}, value=ALL, on_change=lambda e: self._narrow(str(e.value or ALL))
            )
            self._choice.props('outlined dense options-dense aria-label="Which changes"')
        self._body = ui.element("div")

    async def show(self, loaded: Loaded, threshold: float) -> None:
        """Show the chats for this threshold."""
        self._loaded, self._threshold, self._limit = loaded, threshold, SHOWN
        self._changed = loaded.replay.changed(threshold)
        counts = Counter(one.change for one in self._changed)
        names = {kind: words.CHANGES[kind].capitalize() for kind in Change}
        if self._kind and not counts[Change(self._kind)]:
            self._kind = ALL
        self._choice.set_options(
            {ALL: f"All ({len(self._changed):,})"}
            | {kind.value: f"{names[kind]} ({counts[kind]:,})" for kind in Change if counts[kind]},
            value=self._kind,
        )
        await self._draw()

    async def _narrow(self, kind: str) -> None:
        if kind != self._kind:
            self._kind, self._limit = kind, SHOWN
            await self._draw()

    async def _more(self) -> None:
        self._limit += SHOWN
        await self._draw()

    async def _draw(self) -> None:
        loaded = self._loaded
        if loaded is None:
            return
        threshold = self._threshold
        wanted = [one for one in self._changed if self._kind in (ALL, one.change.value)]
        shown = await self._desk.show(wanted[: self._limit], loaded.version)
        if threshold != self._threshold:
            return  # The slider has moved on meanwhile.
        self._body.clear()
        with self._body:
            if not shown:
                self._build_empty(loaded)
                return
            with ui.element("ol").classes("fr-chats"):
                for one in shown:
                    _build_chat(one)
            if len(wanted) > len(shown):
                ui.button("Show more", on_click=self._more).props("flat no-caps")

    def _build_empty(self, loaded: Loaded) -> None:
        same = self._threshold == loaded.setting.handoff
        heading, advice = words.nothing(loaded, same=same)
        with ui.element("div").classes("tr-empty"):
            with ui.element("h3"):
                ui.label(heading)
            ui.label(advice).classes("tr-quiet")


def _build_chat(one: Shown) -> None:
    with ui.element("li"):
        with ui.element("div").classes("fr-line"):
            ui.label(words.CHANGES[one.change].capitalize()).classes(f"fr-chip fr-{one.change}")
            ui.label(f"{one.started_at:%a %d %b, %H:%M} UTC").classes("tr-quiet")
        ui.label(words.would(one)).classes("fr-would")
        if one.text:
            ui.label(one.text).classes("fr-text").props("dir=auto")
        if one.signals:
            ui.label(words.signals(one.signals)).classes("tr-quiet")
        ui.label(words.went(one)).classes("tr-quiet")

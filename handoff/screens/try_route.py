"""The line on which a routing rule is tried: who would get such a request, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nicegui import ui

from handoff import words
from handoff.screens import fields
from handoff.screens.rule_dialog import SEGMENTS
from handoff.teams import explain, roster
from handoff.teams.languages import LANGUAGES
from handoff.teams.roster import RouteFacts

ANY = {fields.NOTHING: "Any"}


class TryRoute:
    """Judges again at every choice."""

    def __init__(self, app: Any, topics: Collection[str], segments: Collection[str]) -> None:
        self._app = app
        self._topics = topics
        self._segments = segments

    async def show(self) -> None:
        with fields.panel("Try it"):
            with ui.element("div").classes("desk-pair"):
                topics = {one: words.humanise(one) for one in self._topics}
                self._topic = fields.one_of(ANY | topics, "", "Topic", search=True)
                self._language = fields.one_of(ANY | LANGUAGES, "en", "Language", search=True)
                segments = {
                    one: words.humanise(one) for one in sorted({*SEGMENTS, *self._segments})
                }
                self._segment = fields.one_of(ANY | segments, "", "Segment")
                self._reason = fields.one_of(ANY | fields.REASONS, "asked", "Reason")
            self._answer = ui.label().classes("desk-answer").props("role=status")
            self._who = ui.label().classes("desk-muted")
            for field in (self._topic, self._language, self._segment, self._reason):
                field.on_value_change(self.judge)
        await self.judge()

    async def judge(self) -> None:
        """Say what would happen by the rules that hold now."""
        facts = RouteFacts(
            reason=self._reason.value or "",
            intents=frozenset({self._topic.value} if self._topic.value else ()),
            language=self._language.value or None,
            segment=self._segment.value or None,
        )
        async with self._app.database.read() as db:
            found = await explain.trial(db, await roster.load(db), facts)
        route = found.route
        needs = [f"with the skill {route.skill}"] if route.skill else []
        if route.level != "front_line":
            needs.append(f"level {fields.LEVELS[route.level].lower()} or above")
        wanted = f", {', '.join(needs)}" if needs else ""
        self._answer.text = f"Goes to {route.team.name}{wanted}: {route.because}."
        self._who.text = (
            f"Could take it: {', '.join(found.able)}."
            if found.able
            else f"{found.gap} It would wait for whoever of the desk is free."
        )

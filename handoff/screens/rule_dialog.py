"""One routing rule, to make or to change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from nicegui import ui

from handoff import words
from handoff.models import Level
from handoff.screens import fields
from handoff.teams import rules, versions
from handoff.teams.inputs import RuleChange, checked
from handoff.teams.models import RoutingRule
from server.auth import Staff

# What customers are sorted into by the shipped book; the house may type its own.
SEGMENTS = ("at_risk", "frequent", "high_value")


class RuleDialog:
    """The form's state; `rule` is None for a new one. `done` hears whether anything changed."""

    def __init__(
        self,
        app: Any,
        staff: Staff,
        rule: RoutingRule | None,
        teams: Mapping[str, str],
        topics: Collection[str],
        skills: Collection[str],
        done: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._app = app
        self._staff = staff
        self._rule = rule
        self._teams = teams
        self._topics = topics
        self._skills = skills
        self._done = done

    def show(self) -> None:
        rule = self._rule
        when = rule.when if rule else {}
        skill = (rule.skill if rule else None) or fields.NOTHING
        with ui.card().classes("desk-dialog"):
            fields.heading(f"Edit {rule.name}" if rule else "New rule", "h2")
            self._name = ui.input("Name", value=rule.name if rule else "").props(
                "maxlength=80 autofocus"
            )
            self._name.classes("desk-field")
            ui.label("All that you fill in must hold; leave the rest empty.").classes("desk-muted")
            self._intents = fields.some_of(
                {one: words.humanise(one) for one in self._topics},
                when.get("intents", ()),
                "Topics",
                new=True,
            )
            self._languages = fields.languages(when.get("languages", ()), "Languages")
            self._segments = fields.some_of(
                {one: words.humanise(one) for one in SEGMENTS},
                when.get("segments", ()),
                "Segments",
                new=True,
            )
            self._reasons = fields.some_of(fields.REASONS, when.get("reasons", ()), "Reasons")
            self._team = fields.one_of(
                self._teams, str(rule.team_id) if rule else None, "Goes to team", search=True
            )
            self._skill = fields.one_of(
                {fields.NOTHING: "None"}
                | {one: one for one in sorted({*self._skills, skill} - {""})},
                skill,
                "Needs the skill",
            )
            self._level = fields.one_of(
                fields.LEVELS,
                rule.level if rule else Level.FRONT_LINE.value,
                "Needs at least the level",
            )
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Save rule", on_click=self._save).props("unelevated no-caps")
                ui.button("Close", on_click=lambda: self._done(False)).props("flat no-caps")

    async def _save(self) -> None:
        async def store() -> None:
            wanted = checked(
                RuleChange,
                name=self._name.value or "",
                when={
                    "intents": self._intents.value,
                    "languages": self._languages.value,
                    "segments": self._segments.value,
                    "reasons": self._reasons.value,
                },
                team_id=self._team.value,
                skill=self._skill.value or None,
                level=self._level.value,
            )
            async with versions.changing(self._app, self._staff) as db:
                if self._rule is None:
                    await rules.add(db, wanted, self._staff)
                else:
                    await rules.change(db, self._rule.id, wanted, self._staff)

        if await self._complaint.unless(store, "Saved. It holds from the next request on."):
            await self._done(True)

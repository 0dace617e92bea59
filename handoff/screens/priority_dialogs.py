"""One rule of priority, or one outage, to write down; both are checked before they join the draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from nicegui import ui
from pydantic import BaseModel

from handoff import words
from handoff.priority import LEVELS, Outage, Rule
from handoff.screens import fields
from handoff.screens.rule_dialog import SEGMENTS
from handoff.teams.inputs import checked
from server.errors import Invalid

LEVEL_NAMES: dict[str, str] = {level: level.capitalize() for level in LEVELS}
Keep = Callable[[dict[str, Any]], None]


def said(when: Mapping[str, Any]) -> str:
    """The conditions as a sentence."""
    parts = [
        " or ".join(words.reason(one) for one in when.get("reasons", ())),
        " or ".join(words.humanise(one) for one in when.get("intents", ())),
        _words(when.get("words", ())),
        " or ".join(f"segment {words.humanise(one).lower()}" for one in when.get("segments", ())),
    ]
    if "frustration" in when:
        parts.append(f"frustration {when['frustration']:g} or more")
    if "returns" in when:
        parts.append(f"back in the queue {when['returns']} times or more")
    if when.get("outage"):
        parts.append("touches an open outage")
    return "; ".join(part for part in parts if part)


def _words(given: Collection[str]) -> str:
    return f"one of the words {', '.join(given)}" if given else ""


def typed_words(text: str | None) -> list[str]:
    return [word for word in re.split(r"[,\s]+", (text or "").lower()) if word]


def _stored(made: BaseModel) -> dict[str, Any]:
    return made.model_dump(mode="json", exclude_none=True)


class PriorityRuleDialog:
    """The form's state; `rule` is None for a new one."""

    def __init__(
        self,
        rule: Mapping[str, Any] | None,
        topics: Collection[str],
        keep: Keep,
        close: Callable[[], object],
    ) -> None:
        self._rule = rule or {"why": "", "when": {}, "impact": "medium", "urgency": "medium"}
        self._new = rule is None
        self._topics = topics
        self._keep = keep
        self._close = close

    def show(self) -> None:
        rule, when = self._rule, self._rule["when"]
        with ui.card().classes("desk-dialog"):
            fields.heading("New rule" if self._new else f"Edit “{rule['why']}”", "h2")
            self._why = ui.input("Why, as the agent reads it", value=rule["why"])
            self._why.props("maxlength=120 autofocus").classes("desk-field")
            ui.label("All that you fill in must hold; leave the rest empty.").classes("desk-muted")
            self._intents = fields.some_of(
                {one: words.humanise(one) for one in self._topics},
                when.get("intents", ()),
                "Topics",
                new=True,
            )
            self._words = ui.input(
                "Words the customer wrote", value=", ".join(when.get("words", ()))
            )
            self._words.classes("desk-field")
            self._segments = fields.some_of(
                {one: words.humanise(one) for one in SEGMENTS},
                when.get("segments", ()),
                "Segments",
                new=True,
            )
            self._reasons = fields.some_of(fields.REASONS, when.get("reasons", ()), "Reasons")
            with ui.element("div").classes("desk-pair"):
                self._frustration = ui.number(
                    "Frustration at least (0 to 1)",
                    value=when.get("frustration"),
                    min=0,
                    max=1,
                    step=0.05,
                )
                self._returns = ui.number(
                    "Times back in the queue, at least", value=when.get("returns"), min=1, max=100
                )
                self._impact = fields.one_of(LEVEL_NAMES, rule["impact"], "Impact")
                self._urgency = fields.one_of(LEVEL_NAMES, rule["urgency"], "Urgency")
            self._outage = ui.checkbox("Touches an open outage", value=bool(when.get("outage")))
            self._alarm = ui.checkbox(
                "Raises the alarm (a moment of truth)", value=bool(rule.get("moment_of_truth"))
            )
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Take into the draft", on_click=self._take).props("unelevated no-caps")
                ui.button("Close", on_click=self._close).props("flat no-caps")

    def _take(self) -> None:
        returns = self._returns.value
        try:
            made = checked(
                Rule,
                why=(self._why.value or "").strip(),
                when={
                    "reasons": self._reasons.value,
                    "intents": self._intents.value,
                    "words": typed_words(self._words.value),
                    "segments": self._segments.value,
                    "frustration": self._frustration.value,
                    "returns": None if returns is None else fields.whole(returns, 0),
                    "outage": True if self._outage.value else None,
                },
                impact=self._impact.value,
                urgency=self._urgency.value,
                moment_of_truth=bool(self._alarm.value),
            )
        except Invalid as error:
            self._complaint.say(str(error))
            return
        self._keep(_stored(made))


class OutageDialog:
    """Declares an outage."""

    def __init__(self, topics: Collection[str], keep: Keep, close: Callable[[], object]) -> None:
        self._topics = topics
        self._keep = keep
        self._close = close

    def show(self) -> None:
        with ui.card().classes("desk-dialog"):
            fields.heading("Declare an outage", "h2")
            self._name = ui.input("What is broken").props("maxlength=120 autofocus")
            self._name.classes("desk-field")
            self._intents = fields.some_of(
                {one: words.humanise(one) for one in self._topics},
                (),
                "Customers ask about it under these topics",
                new=True,
            )
            self._words = ui.input("or with one of these words").classes("desk-field")
            self._complaint = fields.Complaint()
            with ui.element("div").classes("desk-bar"):
                ui.button("Take into the draft", on_click=self._take).props("unelevated no-caps")
                ui.button("Close", on_click=self._close).props("flat no-caps")

    def _take(self) -> None:
        try:
            made = checked(
                Outage,
                name=(self._name.value or "").strip(),
                intents=self._intents.value,
                words=typed_words(self._words.value),
            )
        except Invalid as error:
            self._complaint.say(str(error))
            return
        self._keep(_stored(made))

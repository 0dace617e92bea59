"""The line on which the rule book is tried: what priority a request would get, and why."""

from __future__ import annotations

from collections.abc import Collection

from nicegui import ui

from handoff import words
from handoff.priority import Facts, Rules
from handoff.screens import fields
from handoff.screens.rule_dialog import SEGMENTS

TEXT_AT_MOST = 4000


class TryPriority:
    """Judges again at every change of its fields, or of the book."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = topics
        self._rules: Rules | None = None

    def show(self) -> None:
        with fields.panel("Try it"):
            with ui.element("div").classes("desk-pair"):
                self._topic = fields.some_of(
                    {one: words.humanise(one) for one in self._topics}, (), "Topics", new=True
                )
                self._reason = fields.one_of(fields.REASONS, "asked", "Reason")
                self._text = ui.input("What the customer wrote").props(
                    f"maxlength={TEXT_AT_MOST} debounce=300"
                )
                self._segments = fields.some_of(
                    {one: words.humanise(one) for one in SEGMENTS}, (), "Segments", new=True
                )
                self._frustration = fields.number("Frustration (0 to 1)", 0, 0, 1, step=0.05)
                self._returns = fields.number("Times back in the queue", 0, 0, 100)
            self._answer = ui.label().classes("desk-answer").props("role=status")
            for field in (
                self._topic,
                self._reason,
                self._text,
                self._segments,
                self._frustration,
                self._returns,
            ):
                field.on_value_change(self._judge)

    def by(self, rules: Rules) -> None:
        """Judge by this book from now on."""
        self._rules = rules
        self._judge()

    def _judge(self) -> None:
        if self._rules is None:
            return
        verdict = self._rules.judge(
            Facts(
                reason=self._reason.value or "",
                intents=frozenset(self._topic.value),
                frustration=float(self._frustration.value or 0),
                text=(self._text.value or "")[:TEXT_AT_MOST],
                returns=fields.whole(self._returns.value, 0),
                segments=frozenset(self._segments.value),
            )
        )
        alarm = " The alarm is raised." if verdict.moment_of_truth else ""
        self._answer.text = (
            f"{verdict.priority.value.capitalize()}: {verdict.why} "
            f"(impact {verdict.impact}, urgency {verdict.urgency}).{alarm}"
        )

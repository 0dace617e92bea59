"""What the practice pages share: a transcript, the four standards to score, and two scores side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from nicegui import ui
from pydantic import ValidationError

from conversations.models import Stage
from handoff.practice.agreement import LATEST, STANDARDS, differences
from handoff.practice.inputs import Scores
from handoff.practice.masking import AGENT, ASSISTANT, CUSTOMER, Line
from handoff.practice.replay import YOU
from handoff.screens import fields
from server.errors import Invalid

PATH = "/staff/desk/practice"
STYLE = '<link rel="stylesheet" href="/staff/console/practice.css">'
NAMES = {name: name.capitalize() for name in STANDARDS}
MEANING = {
    Stage.ACKNOWLEDGE.value: "Does the reply name the customer’s problem and how it feels?",
    Stage.CLARIFY.value: "Is what is missing asked, all at once, and nothing twice?",
    Stage.RESOLVE.value: "Is it solved, or is it said what happens next, and when?",
    Stage.CONFIRM.value: "Is the customer asked whether it is solved?",
}
SCALE = "1: not done · 3: partly · 5: fully"
SPEAKERS = {CUSTOMER: "Customer", ASSISTANT: "Assistant", AGENT: "Agent"}
REALLY = "Really said"
_numbers = count()


def style() -> None:
    ui.add_head_html(STYLE)


def back() -> None:
    ui.link("Back to practice", PATH).classes("practice-back")


def nothing(text: str) -> None:
    """Instead of a page that is not the reader's to see, or not there."""
    fields.heading("Practice")
    ui.label(text).classes("desk-hint")
    back()


def transcript(
    lines: Sequence[Line], label: str, you: str = "You", focus: int | None = None
) -> None:
    """The chat as a list; the answer that was written stands before, and beside, the real one.

    `focus` is the place of the line that can take the focus (`to_focus`).
    """
    with ui.element("ol").classes("practice-chat") as chat:
        chat.props["aria-label"] = label
        answering = False
        for at, line in enumerate(lines):
            # What was really said follows one's own answer.
            answering = line.author == YOU or (answering and line.author == AGENT)
            who = you if line.author == YOU else REALLY if answering else SPEAKERS[line.author]
            _line(line, who, focus=at == focus)


def _line(line: Line, who: str, *, focus: bool) -> None:
    with ui.element("li").classes(f"practice-line practice-{line.author}") as item:
        if focus:
            item.props("tabindex=-1 id=practice-now")
        ui.label(who).classes("practice-who")
        ui.label(line.text).classes("practice-text").props("dir=auto")


def to_focus() -> None:
    """Bring the focus to the marked line, once it is drawn."""
    ui.run_javascript("setTimeout(() => document.getElementById('practice-now')?.focus(), 250)")


class ScoreFields:
    """Four rows of 1 to 5, by native radio buttons: the arrow keys choose, Tab goes on."""

    def __init__(self, of: str, scores: Mapping[str, int] | None = None) -> None:
        self._of = of
        self._chosen: dict[str, int] = dict(scores or {})

    def show(self) -> None:
        for standard in STANDARDS:
            self._row(standard)
        ui.label(SCALE).classes("desk-muted")

    def read(self) -> Scores:
        """What was chosen.

        Raises:
            Invalid: a standard has no score yet.
        """
        missing = [NAMES[name] for name in STANDARDS if name not in self._chosen]
        if missing:
            raise Invalid(f"{self._of}: give a score for {', '.join(missing)}.")
        return Scores.model_validate(self._chosen)

    def _row(self, standard: str) -> None:
        group = f"practice-score-{next(_numbers)}"
        with ui.element("fieldset").classes("practice-score"):
            with ui.element("legend"):
                ui.label(NAMES[standard]).classes("practice-standard")
            ui.label(MEANING[standard]).classes("desk-muted practice-meaning")
            with ui.element("div").classes("practice-scale"):
                for value in range(1, 6):
                    with ui.element("label"):
                        button = ui.element("input").props(f"type=radio value={value}")
                        button.props["name"] = group
                        if self._chosen.get(standard) == value:
                            button.props("checked")
                        button.on("change", lambda _, v=value: self._choose(standard, v), args=[])
                        ui.label(str(value))

    def _choose(self, standard: str, value: int) -> None:
        self._chosen[standard] = value


def side_by_side(
    caption: str, first: tuple[str, Mapping[str, int]], second: tuple[str, Mapping[str, int]]
) -> None:
    """Two scores and by how much the first lies above or below the second."""
    (name, scores), (other, others) = first, second
    apart = differences(scores, others)
    with _scores(("Standard", name, other, "Difference"), caption):
        for standard in STANDARDS:
            with fields.row(NAMES[standard]):
                fields.cell(str(scores[standard]))
                fields.cell(str(others[standard]))
                fields.cell(signed(apart[standard]))


def one_score(caption: str, name: str, scores: Mapping[str, int]) -> None:
    with _scores(("Standard", name), caption):
        for standard in STANDARDS:
            with fields.row(NAMES[standard]):
                fields.cell(str(scores[standard]))


def _scores(head: Sequence[str], caption: str) -> ui.element:
    """The body of a narrow table: scores are read across, on a phone as well."""
    with ui.element("table").classes("practice-scores"):
        with ui.element("caption").classes("desk-spoken"):
            ui.label(caption)
        with ui.element("thead"), ui.element("tr"):
            for name in head:
                with ui.element("th").props("scope=col"):
                    ui.label(name)
        return ui.element("tbody")


def signed(difference: int) -> str:
    """
    >>> signed(-2), signed(0), signed(1)
    ('2 lower', 'the same', '1 higher')
    """
    if not difference:
        return "the same"
    return f"{abs(difference)} {'higher' if difference > 0 else 'lower'}"


def apart(mean: Mapping[str, float], lately: Mapping[str, float]) -> Iterable[str]:
    """ "You and your lead differ by 0.8 on Clarify.", the widest first; `lately` of the latest tries, if known."""
    for name in sorted(mean, key=lambda name: -mean[name]):
        differ = f"differ by {mean[name]:.1f}" if mean[name] else "agree"
        line = f"You and your lead {differ} on {NAMES[name]}"
        yield (
            f"{line}, in the latest {LATEST} tries by {lately[name]:.1f}." if lately else f"{line}."
        )


def checked(error: ValidationError, otherwise: str) -> Invalid:
    """A form's refusal in the words of its page; what was typed is not repeated."""
    kinds = {str(one["type"]) for one in error.errors()}
    return Invalid("This is too long." if "string_too_long" in kinds else otherwise)
